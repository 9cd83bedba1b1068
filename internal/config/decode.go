package config

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/kakitome/kakitome/internal/jp"
)

// value decodes a node into v and notes all that is wrong with it.
func (l *loader) value(node ast.Node, key string, v reflect.Value) {
	if t := node.GetToken(); t != nil {
		if _, ok := l.lines[key]; !ok {
			l.lines[key] = t.Position.Line
		}
	}
	switch node.(type) {
	case *ast.NullNode: // as if it were not there
		return
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		l.wrong(key, "write the value itself", "anchors, aliases and tags are not read")
		return
	}
	switch {
	case isScalar(v.Type()):
		l.scalar(node, key, v)
	case v.Kind() == reflect.Struct:
		l.mapping(node, key, v)
	default:
		l.sequence(node, key, v)
	}
}

func (l *loader) mapping(node ast.Node, key string, v reflect.Value) {
	var values []*ast.MappingValueNode
	switch n := node.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		l.wrong(key, "write key: value, one a line", "not a mapping")
		return
	}
	fields := fieldsOf(v.Type())
	for _, kv := range values {
		name := kv.Key.GetToken().Value
		path := join(key, name)
		l.lines[path] = kv.Key.GetToken().Position.Line
		at := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
		if at < 0 {
			l.wrong(path, keyHint(name, fields), "there is no such key")
			continue
		}
		l.value(kv.Value, path, v.Field(fields[at].index))
	}
}

// keyHint names the keys there are; somebody who writes a secret into the file
// is told where it belongs.
func keyHint(name string, fields []field) string {
	var names []string
	for _, f := range fields {
		if f.name == name+"_file" {
			return "secrets are not kept here: name a file with " + f.name
		}
		names = append(names, f.name)
	}
	return "known here: " + strings.Join(names, ", ")
}

func join(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}

func (l *loader) sequence(node ast.Node, key string, v reflect.Value) {
	list, ok := node.(*ast.SequenceNode)
	if !ok {
		l.wrong(key, "write [a, b], or one a line after a dash", "not a list")
		return
	}
	made := reflect.MakeSlice(v.Type(), len(list.Values), len(list.Values))
	for i, n := range list.Values {
		path := fmt.Sprintf("%s[%d]", key, i)
		l.defaults(path, made.Index(i))
		if n == nil || n.Type() == ast.NullType {
			l.wrong(path, "write a value, or remove the dash", "nothing there")
			continue
		}
		l.value(n, path, made.Index(i))
	}
	v.Set(made)
}

// scalar decodes a single value. Numbers and truth values where text is wanted
// are refused: 0120 would lose its zero.
func (l *loader) scalar(node ast.Node, key string, v reflect.Value) {
	var text string
	quoted := true
	switch n := node.(type) {
	case *ast.StringNode:
		text = n.Value
	case *ast.LiteralNode:
		text = strings.TrimRight(n.Value.Value, "\n")
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		text, quoted = n.GetToken().Value, false
	default:
		l.wrong(key, "", "not a single value")
		return
	}
	plain := reflect.New(v.Type()).Elem()
	if err := parse(text, plain); err != nil {
		l.wrong(key, hintFor(v.Type()), "%v", err)
		return
	}
	if isText := v.Kind() == reflect.String; isText != quoted && v.Type() == reflect.TypeFor[string]() {
		l.wrong(key, "put it in quotes", "a number or truth value where text is wanted")
		return
	}
	v.Set(plain)
}

func isScalar(t reflect.Type) bool {
	return t == reflect.TypeFor[time.Time]() || t.Kind() != reflect.Struct && t.Kind() != reflect.Slice
}

// parse reads the text of a single value by the type of v.
func parse(text string, v reflect.Value) (err error) {
	switch p := v.Addr().Interface().(type) {
	case *time.Duration:
		*p, err = parseDuration(text)
	case *Size:
		*p, err = parseSize(text)
	case *time.Time:
		if *p, err = time.Parse(time.DateOnly, text); err != nil {
			err = fmt.Errorf("not a date")
		}
	case *jp.Kind:
		var ok bool
		if *p, ok = jp.ParseKind(text); !ok {
			err = fmt.Errorf("not a kind of data")
		}
	case encoding.TextUnmarshaler:
		err = p.UnmarshalText([]byte(text))
	case *string:
		*p = text
	case *[]string: // a default; in the file it is a list
		*p = strings.Split(text, ",")
	case *int:
		if *p, err = strconv.Atoi(text); err != nil {
			err = fmt.Errorf("not a whole number")
		}
	case *float64:
		if *p, err = strconv.ParseFloat(text, 64); err != nil {
			err = fmt.Errorf("not a number")
		}
	case *bool:
		if *p = text == "true"; !*p && text != "false" {
			err = fmt.Errorf("neither true nor false")
		}
	default:
		err = fmt.Errorf("no way to read a %s", v.Type())
	}
	return err
}

func hintFor(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[time.Duration]():
		return "such as 90s, 5m, 12h or 30d"
	case reflect.TypeFor[Size]():
		return "such as 512KiB, 50MiB or 1GiB"
	case reflect.TypeFor[time.Time]():
		return "such as 2027-03-31"
	case reflect.TypeFor[jp.Kind]():
		var names []string
		for k := jp.Email; k <= jp.Link; k++ {
			names = append(names, k.String())
		}
		return "known are " + strings.Join(names, ", ")
	case reflect.TypeFor[bool]():
		return "write true or false"
	default:
		return ""
	}
}

// field is a key of a mapping.
type field struct {
	name  string
	index int
	tag   reflect.StructTag
	of    reflect.Type
}

func fieldsOf(t reflect.Type) []field {
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		if name := f.Tag.Get("yaml"); name != "-" {
			fields = append(fields, field{name, i, f.Tag, f.Type})
		}
	}
	return fields
}

// defaults fills in the defaults of the tags.
func (l *loader) defaults(key string, v reflect.Value) {
	if v.Kind() != reflect.Struct || isScalar(v.Type()) {
		return
	}
	for _, f := range fieldsOf(v.Type()) {
		at := v.Field(f.index)
		if text, ok := f.tag.Lookup("default"); ok {
			if err := parse(text, at); err != nil {
				l.wrong(join(key, f.name), "a defect of the program", "default: %v", err)
			}
			continue
		}
		l.defaults(join(key, f.name), at)
	}
}
