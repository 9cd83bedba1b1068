package check_test

import (
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

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/roster"
)

// A case is a text archive in testdata/cases, one story about one rule:
//
//	a comment: which incident the rule stops here
//	-- roster.csv --      people, columns as in interface.md
//	-- policy --          key: value lines, see caseWorld.policy
//	-- mail 1 to a@example.jp,b@example.jp [at +2s] [from x] [stream s] [client c] [times 20] --
//	the mail; ${i} counts when times is given
//	-- want --            a line per mail and recipient:
//	1 a@example.jp hold ownership M-2 address,name,phone
//	1 b@example.jp release
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
			for _, f := range archive.Files {
				switch {
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
				if err := os.WriteFile(file, txtar.Format(archive), 0o600); err != nil {
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
	got    []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	h, err := roster.NewHasher([]byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	w := &world{t: t, hasher: h, index: roster.NewIndex(h), now: start, counts: check.NewCounts(start), ids: map[roster.Key]string{}}
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

// policy reads lines such as "fan_out: 2", "mode: observe", "code order_no: KK-\d{8}",
// "company: support@shop.example", "staff: @shop.example",
// "grant: @carrier.example name,address,phone", "unread_ok: image/png", "stream: x" (the lines after it are its).
func (w *world) policy(text string) {
	w.t.Helper()
	spec := policy.Spec{Streams: []policy.Stream{policy.DefaultStream("order")}}
	for _, line := range lines(text) {
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
		w.judge(in, strings.ReplaceAll(text, "${i}", strconv.Itoa(i+1)), i+1)
	}
}

type caseMail struct {
	number, stream, from, client string
	to                           []string
	times                        int
}

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
	case "times":
		n, err := strconv.Atoi(value)
		w.check(err)
		c.times = n
	default:
		w.t.Fatalf("unknown word %q", key)
	}
}

func (w *world) judge(c caseMail, text string, i int) {
	env := mail.Envelope{From: c.from}
	for _, to := range c.to {
		env.Recipients = append(env.Recipients, mail.Recipient{Address: strings.ReplaceAll(to, "${i}", strconv.Itoa(i))})
	}
	raw := strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
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
			words = append(words, w.ids[r.Person])
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
