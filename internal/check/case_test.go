package check_test

import (
	stdcmp "cmp"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/roster"
)

// A case is a text archive in testdata/cases, one story about one rule:
//
//	a comment: which incident the rule stops here
//	-- roster.csv --      people, columns as in interface.md; later ones change some; without one before the first mail: default.csv
//	-- crowd 200 --       that many people more, who have nothing to do with the story
//	-- policy --          key: value lines beside those of defaultPolicy, see world.policy
//	-- mail 1 to a@example.jp,b@example.jp [at +2s] [from x] [stream s] [client c] [times 20] [charset iso-2022-jp] --
//	the mail; ${i}, ${i+1} … count when times is given, @{M-1.name} is what the roster says
//	-- pause order --     a person pauses the stream, or resumes it
//	-- want --            a line per mail and recipient:
//	1 a@example.jp hold ownership M-2 address,name,phone
//	1 b@example.jp release
//	1 listed image/png    a part that passed unread
//	1 remark              readable, but worth listing
//	paused order          streams paused at the end
func TestCases(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			w := newWorld(t)
			var want string
			if i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "roster.csv" || mailHead.MatchString(f.Name) }); i < 0 || archive.Files[i].Name != "roster.csv" {
				w.people(defaultPeople(t))
			}
			for _, f := range archive.Files {
				switch {
				case strings.HasPrefix(f.Name, "crowd "):
					w.crowd(f.Name)
				case strings.HasPrefix(f.Name, "pause "), strings.HasPrefix(f.Name, "resume "):
					act, stream, _ := strings.Cut(f.Name, " ")
					w.counts.Streams[stream].Paused = act == "pause"
				case f.Name == "roster.csv":
					w.people(string(f.Data))
				case f.Name == "policy":
					w.policy(string(f.Data))
				case f.Name == "want":
					want = string(f.Data)
				default:
					w.mail(f.Name, string(f.Data))
				}
			}
			w.finish()
			if os.Getenv("UPDATE_CASES") != "" {
				archive.Files[len(archive.Files)-1].Data = []byte(strings.Join(w.got, "\n") + "\n")
				if err := os.WriteFile(file, txtar.Format(archive), 0o600); err != nil { // as long as the last section is want
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(lines(want), w.got); diff != "" {
				t.Errorf("verdicts differ (-want +got):\n%s", diff)
			}
		})
	}
}

const defaultPolicy = `
company: 03-0000-0000
company: support@shop.example
staff: @shop.example
code order_no: KK-\d{8}
`

func defaultPeople(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/default.csv")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func lines(s string) []string {
	var list []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// world is a roster, a policy and counts that go on from mail to mail.
type world struct {
	t      *testing.T
	hasher *roster.Hasher
	index  *roster.Index
	pol    *policy.Policy
	counts *check.Counts
	now    time.Time
	ids    map[roster.Key]string
	values map[string]string // "M-1.name" → the first value
	got    []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	h, err := roster.NewHasher([]byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	w := &world{t: t, hasher: h, index: roster.NewIndex(h), now: start, counts: check.NewCounts(start), ids: map[roster.Key]string{}, values: map[string]string{}}
	w.policy("")
	return w
}

func (w *world) people(text string) {
	w.t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		w.t.Fatal(err)
	}
	var all []roster.Hashed
	for _, row := range rows[1:] {
		p := roster.Person{}
		for i, cell := range row {
			switch column := rows[0][i]; {
			case column == "person_id":
				p.ID = cell
			case column == "canary":
				p.Canary = cell == "yes"
			case cell != "":
				kind, ok := jp.ParseKind(column)
				if !ok {
					w.t.Fatalf("unknown column %s", column)
				}
				p.Values = append(p.Values, roster.Value{Kind: kind, Value: cell})
				w.values[p.ID+"."+column] = cell
			}
		}
		hashed, errs := w.hasher.Hash(p)
		if len(errs) > 0 {
			w.t.Fatalf("%s: %v", p.ID, errs)
		}
		w.ids[hashed.Person] = p.ID
		all = append(all, hashed)
	}
	if err := w.index.Apply(w.index.Snapshot().Version()+1, all, nil); err != nil {
		w.t.Fatal(err)
	}
}

// crowd adds people who have nothing to do with the story, each at another domain.
func (w *world) crowd(section string) {
	w.t.Helper()
	n, err := strconv.Atoi(strings.TrimPrefix(section, "crowd "))
	w.check(err)
	var b strings.Builder
	b.WriteString("person_id,email\n")
	for i := range n {
		fmt.Fprintf(&b, "X-%d,someone@crowd%d.example\n", i, i)
	}
	w.people(b.String())
}

// policy reads lines such as "fan_out: 2", "mode: observe", "code order_no: KK-\d{8}",
// "company: support@shop.example", "staff: @shop.example",
// "grant: @carrier.example name,address,phone", "unread_ok: image/png", "stream: x" (the lines after it are its).
func (w *world) policy(text string) {
	w.t.Helper()
	spec := policy.Spec{Streams: []policy.Stream{policy.DefaultStream("order")}}
	for _, line := range lines(defaultPolicy + text) {
		key, value, _ := strings.Cut(line, ": ")
		s := &spec.Streams[len(spec.Streams)-1]
		duration := func() time.Duration { d, err := time.ParseDuration(value); w.check(err); return d }
		number := func() int { n, err := strconv.Atoi(value); w.check(err); return n }
		switch key {
		case "stream":
			spec.Streams = append(spec.Streams, policy.DefaultStream(value))
		case "mode":
			w.check(s.Mode.UnmarshalText([]byte(value)))
		case "fan_out":
			s.FanOut = number()
		case "fan_in":
			s.FanIn = number()
		case "window":
			s.Window = duration()
		case "max_age":
			s.MaxAge = duration()
		case "unread_ok":
			s.UnreadOK = strings.Split(value, ",")
		case "company":
			spec.Company.Identifiers = append(spec.Company.Identifiers, value)
		case "staff":
			spec.Company.Recipients = append(spec.Company.Recipients, value)
		case "grant":
			spec.Grants = append(spec.Grants, w.grant(value))
		default:
			name, ok := strings.CutPrefix(key, "code ")
			kind, known := jp.ParseKind(name)
			if !ok || !known {
				w.t.Fatalf("unknown policy line %q", line)
			}
			spec.Codes = append(spec.Codes, policy.CodeSpec{Kind: kind, Pattern: value})
		}
	}
	pol, err := policy.Compile(spec)
	w.check(err)
	w.pol = pol
}

func (w *world) grant(value string) policy.GrantSpec {
	to, kinds, _ := strings.Cut(value, " ")
	g := policy.GrantSpec{To: to}
	for name := range strings.SplitSeq(kinds, ",") {
		kind, ok := jp.ParseKind(name)
		if !ok {
			w.t.Fatalf("unknown kind %s", name)
		}
		g.Kinds = append(g.Kinds, kind)
	}
	return g
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

var mailHead = regexp.MustCompile(`^(?:mail|again) (\d+)(.*)$`)

// mail judges a mail, or several alike, and remembers the verdicts.
func (w *world) mail(head, text string) {
	w.t.Helper()
	m := mailHead.FindStringSubmatch(head)
	if m == nil {
		w.t.Fatalf("unknown section %q", head)
	}
	in := caseMail{number: m[1], stream: "order", from: "shop@shop.example", client: "app", times: 1}
	words := strings.Fields(m[2])
	for i := 0; i+1 < len(words); i += 2 {
		in.set(w, words[i], words[i+1])
	}
	for i := range in.times {
		w.judge(in, text, i+1)
	}
}

type caseMail struct {
	number, stream, from, client, charset string
	to                                    []string
	times                                 int
}

// fill puts in numbers and what the roster says.
func (w *world) fill(text string, i int) string {
	text = counter.ReplaceAllStringFunc(text, func(m string) string {
		plus, _ := strconv.Atoi(strings.Trim(m, "${i+}"))
		return strconv.Itoa(i + plus)
	})
	return rosterValue.ReplaceAllStringFunc(text, func(m string) string {
		value, ok := w.values[m[2:len(m)-1]]
		if !ok {
			w.t.Fatalf("%s is not in the roster", m)
		}
		return value
	})
}

var counter = regexp.MustCompile(`\$\{i(\+\d+)?\}`)

var rosterValue = regexp.MustCompile(`@\{[^}\n]+\}`)

var charsets = map[string]encoding.Encoding{"": encoding.Nop, "iso-2022-jp": japanese.ISO2022JP, "shift_jis": japanese.ShiftJIS, "euc-jp": japanese.EUCJP}

func (c *caseMail) set(w *world, key, value string) {
	switch key {
	case "to":
		c.to = strings.Split(value, ",")
	case "at":
		d, err := time.ParseDuration(strings.TrimPrefix(value, "+"))
		w.check(err)
		w.now = w.now.Add(d)
	case "from":
		c.from = value
	case "stream":
		c.stream = value
	case "client":
		c.client = value
	case "charset":
		c.charset = value
	case "times":
		n, err := strconv.Atoi(value)
		w.check(err)
		c.times = n
	default:
		w.t.Fatalf("unknown word %q", key)
	}
}

func (w *world) judge(c caseMail, text string, i int) {
	w.t.Helper()
	env := mail.Envelope{From: c.from}
	for _, to := range c.to {
		env.Recipients = append(env.Recipients, mail.Recipient{Address: w.fill(to, i)})
	}
	text = strings.ReplaceAll(strings.ReplaceAll(w.fill(text, i), "\r\n", "\n"), "\n", "\r\n")
	raw, err := charsets[c.charset].NewEncoder().String(text)
	w.check(err)
	stream, _ := w.pol.Stream(c.stream)
	e := check.Examine(check.Input{
		Message: mail.Parse([]byte(raw), mail.Limits{}), Envelope: env, Stream: stream, At: w.now, Client: c.client,
	}, check.Knowledge{Hasher: w.hasher, Roster: w.index.Snapshot(), Policy: w.pol})
	v := check.Decide(e, w.counts)
	w.counts.Apply(e, v, "mail-"+c.number)
	name := c.number
	if c.times > 1 {
		name = fmt.Sprintf("%s.%d", c.number, i)
	}
	for k, d := range v.Recipients {
		w.got = append(w.got, strings.TrimSpace(name+" "+e.Recipients[k].Address+" "+w.say(&d)))
	}
	for _, u := range e.Passed {
		w.got = append(w.got, name+" listed "+u.Type)
	}
	if len(e.Remarks) > 0 {
		w.got = append(w.got, name+" remark")
	}
}

// say writes a decision in a line: the decision, then each reason as rule,
// person and kinds.
func (w *world) say(d *check.Decision) string {
	words := []string{d.String()}
	if len(d.Reasons) > 0 && !d.Hold {
		words = append(words, "(observed)")
	}
	if d.Duplicate != "" {
		words = append(words, d.Duplicate)
	}
	for _, r := range d.Reasons {
		words = append(words, string(r.Rule))
		if r.Person != (check.Key{}) {
			words = append(words, stdcmp.Or(w.ids[r.Person], "unknown"))
		}
		if r.Detail != "" && r.Rule != check.Template {
			words = append(words, "("+r.Detail+")")
		}
		var kinds []string
		for _, k := range r.Kinds {
			kinds = append(kinds, k.String())
		}
		if slices.Sort(kinds); len(kinds) > 0 {
			words = append(words, strings.Join(kinds, ","))
		}
	}
	return strings.Join(words, " ")
}

func (w *world) finish() {
	var paused []string
	for name, s := range w.counts.Streams {
		if s.Paused {
			paused = append(paused, "paused "+name)
		}
	}
	slices.Sort(paused)
	w.got = append(w.got, paused...)
}
