package config

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/policy"
)

// maxFile bounds the configuration and a file with a secret, bytes.
const maxFile = 1 << 20

// Load reads the configuration at path, or at DefaultPath when path is empty.
// The file at DefaultPath need not be there. The error is a fault.Invalid whose
// message has one line for each thing wrong.
func Load(path string, env func(string) string, readFile func(string) ([]byte, error)) (*Config, error) {
	if path == "" {
		path = DefaultPath
	}
	text, err := readFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && path == DefaultPath:
		text = nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.Wrap(fault.NotFound, "read configuration", "there is no file "+path, err)
	case err != nil:
		return nil, fault.Wrap(fault.Invalid, "read configuration", "the file "+path+" cannot be read", err)
	case len(text) > maxFile:
		return nil, fault.Newf(fault.TooLarge, "read configuration", "%s is larger than %d bytes", path, maxFile)
	}
	l := &loader{file: path, lines: map[string]int{}, env: env, readFile: readFile}
	c := &Config{}
	l.defaults("", reflect.ValueOf(c).Elem())
	if body, ok := l.parse(text); ok {
		if body != nil {
			l.value(body, "", reflect.ValueOf(c).Elem())
		}
		l.secrets(c)
		l.check(c)
		l.policy(c)
	}
	if len(l.problems) > 0 {
		return nil, fault.New(fault.Invalid, "", l.report())
	}
	return c, nil
}

// loader gathers what is wrong with one file.
type loader struct {
	file     string
	lines    map[string]int // of each key in the file, by its path
	problems []problem
	env      func(string) string
	readFile func(string) ([]byte, error)
}

type problem struct {
	line           int // 0: none in particular
	key, msg, hint string
}

// wrong notes a problem at a key, such as "streams[1].fan_out". One that is
// not in the file is placed at what it would stand in. A key is named once: what
// is wrong with it further may follow from the first.
func (l *loader) wrong(key, hint, format string, args ...any) {
	if slices.ContainsFunc(l.problems, func(p problem) bool { return p.key == key }) {
		return
	}
	line := 0
	for at := key; ; {
		var ok bool
		if line, ok = l.lines[at]; ok || at == "" {
			break
		}
		at = at[:max(strings.LastIndexAny(at, ".["), 0)]
	}
	l.problems = append(l.problems, problem{line, key, fmt.Sprintf(format, args...), hint})
}

func (l *loader) report() string {
	slices.SortStableFunc(l.problems, func(a, b problem) int { return a.line - b.line })
	var lines []string
	for _, p := range l.problems {
		s := l.file
		if p.line > 0 {
			s += fmt.Sprintf(":%d", p.line)
		}
		if p.key != "" {
			s += ": " + p.key
		}
		s += ": " + p.msg
		if p.hint != "" {
			s += " (" + p.hint + ")"
		}
		lines = append(lines, s)
	}
	return strings.Join(lines, "\n")
}

// parse gives the body of the one document, nil when there is nothing in it.
func (l *loader) parse(text []byte) (ast.Node, bool) {
	tokens := lexer.Tokenize(string(text))
	if line := tooDeep(tokens); line > 0 {
		l.problems = append(l.problems, problem{line: line, msg: "nested too deeply"})
		return nil, false
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		l.syntax(err)
		return nil, false
	}
	if len(file.Docs) > 1 {
		l.problems = append(l.problems, problem{msg: "more than one document", hint: "remove the line ---"})
		return nil, false
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return nil, true
	}
	return file.Docs[0].Body, true
}

// maxDepth bounds nesting, which costs the parser its square. Nothing here needs
// more than five.
const maxDepth = 32

// tooDeep gives the line on which tokens nest too deeply, or 0.
func tooDeep(tokens token.Tokens) int {
	flow, same, line := 0, 0, 0 // depth of brackets; other nesting on one line
	for _, t := range tokens {
		if t.Position.Line != line {
			same, line = 0, t.Position.Line
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow--
		case token.SequenceEntryType, token.MappingKeyType, token.MappingValueType, token.AnchorType, token.TagType:
			if flow <= 0 {
				same++
			}
		default:
		}
		if flow > maxDepth || same > maxDepth {
			return line
		}
	}
	return 0
}

// maxSource is how much of the file an error of its syntax shows, bytes.
const maxSource = 2000

// syntax notes an error of the YAML itself, with the place pointed at.
func (l *loader) syntax(err error) {
	var at yaml.Error
	if !errors.As(err, &at) || at.GetToken() == nil {
		l.problems = append(l.problems, problem{msg: "not YAML: " + err.Error()})
		return
	}
	_, source, _ := strings.Cut(at.FormatError(false, true), "\n")
	msg := at.GetMessage()
	if source = strings.TrimRight(source, "\n "); source != "" && len(source) <= maxSource {
		msg += "\n" + source
	}
	l.problems = append(l.problems, problem{line: at.GetToken().Position.Line, msg: msg})
}

// policy notes what the rules find wrong.
func (l *loader) policy(c *Config) {
	_, err := c.Policy()
	if err == nil {
		return
	}
	all := []error{err}
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		all = joined.Unwrap()
	}
	for _, err := range all {
		var p *policy.Problem
		if errors.As(err, &p) {
			l.wrong(p.Path, p.Hint, "%s", p.Msg)
		} else {
			l.wrong("", "", "%v", err)
		}
	}
}

// secrets reads the files of secrets. The environment goes first.
func (l *loader) secrets(c *Config) {
	c.Relay.Password = l.secret("relay.password_file", c.Relay.PasswordFile, "KAKITOME_RELAY_PASSWORD")
	c.DatabasePassword = l.secret("database_password_file", c.DatabasePasswordFile, "KAKITOME_DATABASE_PASSWORD")
	for i := range c.Feeds {
		f := &c.Feeds[i]
		variable := "KAKITOME_FEED_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_")) + "_DSN"
		f.DSN = l.secret(fmt.Sprintf("feeds[%d].dsn_file", i), f.DSNFile, variable)
	}
}

func (l *loader) secret(key, path, variable string) Secret {
	if value := l.env(variable); value != "" {
		return Secret(value)
	}
	if path == "" {
		return ""
	}
	text, err := l.readFile(path)
	secret := strings.TrimRight(string(text), "\r\n")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		l.wrong(key, "write the password into it, mode 0600", "there is no file %s", path)
	case errors.Is(err, fs.ErrPermission):
		l.wrong(key, "let the user that runs Kakitome read it", "the file %s may not be read", path)
	case err != nil:
		l.wrong(key, "", "the file %s cannot be read", path)
	case secret == "" || len(text) > maxFile || strings.ContainsAny(secret, "\r\n\x00"):
		l.wrong(key, "one line with the password and nothing else", "the file %s is empty, or has more than one line", path)
	}
	return Secret(secret)
}
