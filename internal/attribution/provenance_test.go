package attribution

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/roster"
)

var tokyo = time.FixedZone("Asia/Tokyo", 9*60*60)

func TestReadProvenance(t *testing.T) {
	t.Parallel()
	got, err := ReadProvenance("given.csv", strings.NewReader("\ufeffperson_id,partner,given_at\r\nM-900001,\"配送, 例示\",2026-11-01\r\nM-900001,mailer,2026-11-02T09:00:00+09:00\nM-900002,mailer,2026-11-02T00:00:00Z"), tokyo)
	want := map[string][]Handoff{
		"M-900001": {{"配送, 例示", time.Date(2026, 11, 1, 0, 0, 0, 0, tokyo)}, {"mailer", time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)}},
		"M-900002": {{"mailer", time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)}},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// What is wrong is told with file, line, field and hint, all at once.
func TestReadProvenanceErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                             "g.csv:1: the file is empty (the first line is person_id,partner,given_at)",
		"partner,person_id,given_at\n": "g.csv:1: not the columns (the first line is person_id,partner,given_at)",
		"person_id,partner,given_at\nM-1,mailer\n,mailer,2026-11-01\nM-2, x,2026-11-01\nM-2,mailer,1 Nov\nM-3,m\x00,2026-11-01\nM-4,mailer,2026-11-01\nM-4,mailer,2026-11-02\nM-5,\xff,2026-11-01\nM-6,y,2026-02-30\n": `g.csv:2: 2 fields instead of 3 (put fields with commas in quotes)
g.csv:3: person_id: empty
g.csv:4: partner: has blanks at its ends, or characters that do not show
g.csv:5: given_at: neither a day nor a time (such as 2026-11-01, or 2026-11-01T09:00:00+09:00)
g.csv:6: partner: has blanks at its ends, or characters that do not show
g.csv:8: partner: this canary was given to this partner before (keep the row with the earlier time)
g.csv:9: partner: not UTF-8
g.csv:10: given_at: neither a day nor a time (such as 2026-11-01, or 2026-11-01T09:00:00+09:00)`,
		"person_id,partner,given_at\nM-1,\"mai\"ler,2026-11-01\n": "g.csv:2: not CSV (a field with a quote or a comma in it stands in quotes, and quotes in it are doubled)",
	} {
		_, err := ReadProvenance("g.csv", strings.NewReader(text), tokyo)
		if fault.KindOf(err) != fault.Invalid || fault.Outside(err) != want {
			t.Errorf("%q:\n%v\nwant\n%s", text, err, want)
		}
	}
	many := "person_id,partner,given_at\n" + strings.Repeat("M-1,mailer,never\n", 30)
	if _, err := ReadProvenance("g.csv", strings.NewReader(many), tokyo); strings.Count(err.Error(), "\n") != maxProblems || !strings.HasSuffix(err.Error(), "g.csv: and more") {
		t.Errorf("thirty: %v", err)
	}
	huge := io.MultiReader(strings.NewReader("person_id,partner,given_at\nM-1,\""), io.LimitReader(endless{}, maxProvenance))
	if _, err := ReadProvenance("g.csv", huge, tokyo); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("a huge file: %v", err)
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	return len(b), nil
}

// noise is random enough, and the same for the same seed.
type noise struct{ state [32]byte }

func (n *noise) Read(b []byte) (int, error) {
	n.state = sha256.Sum256(n.state[:])
	return copy(b, n.state[:4]), nil
}

func TestMakeCanaries(t *testing.T) {
	t.Parallel()
	m := Making{Partners: []string{"配送, 例示", "mailer"}, Each: 50, Controls: 60, At: first, Domains: []string{"@mail.example", "post.example"},
		IDPrefix: "M-", FirstID: 900_001, Phones: []string{"090-0000-0000"}, Addresses: []PostalAddress{{"100-0000", "東京都例示区見本町1-2-3"}}}
	var people, given bytes.Buffer
	if err := MakeCanaries(m, &noise{}, &people, &given); err != nil {
		t.Fatal(err)
	}
	var ids []string
	addresses := map[string]bool{}
	ordinary := regexp.MustCompile(`^[a-z]{2,10}[._-][a-z]{2,10}[._-][a-z]{2,10}\d{4}@(mail|post)\.example$`)
	stats, err := roster.ParseCSV(bytes.NewReader(people.Bytes()), func(p roster.Person) error {
		ids = append(ids, p.ID)
		addresses[p.Values[0].Value] = true
		if !p.Canary || len(p.Values) != 6 || !ordinary.MatchString(p.Values[0].Value) {
			t.Errorf("%+v", p)
		}
		return nil
	}, func(e roster.RowError) error { return &e })
	if err != nil || stats.People != 160 || len(addresses) != 160 || ids[0] != "M-900001" || ids[159] != "M-900160" {
		t.Fatalf("%+v, %d addresses, %v", stats, len(addresses), err)
	}
	from, err := ReadProvenance("given.csv", &given, tokyo)
	if err != nil || len(from) != 100 {
		t.Fatalf("%d given, %v", len(from), err)
	}
	for i, id := range ids[:100] {
		if h := from[id]; len(h) != 1 || h[0].Partner != m.Partners[i/50] || !h[0].At.Equal(first) {
			t.Errorf("%s was given %+v", id, h)
		}
	}
	var again bytes.Buffer
	if err := MakeCanaries(m, &noise{}, &again, io.Discard); err != nil || !bytes.Equal(again.Bytes(), people.Bytes()) {
		t.Errorf("the same bytes make other people: %v", err)
	}
	bare := Making{Controls: 1, Domains: []string{"mail.example"}}
	again.Reset()
	if err := MakeCanaries(bare, &noise{}, &again, io.Discard); err != nil || !strings.HasPrefix(again.String(), "person_id,email,phone,name,name_kana,postal_code,address,canary\n000000,") || !strings.HasSuffix(again.String(), ",,,yes\n") {
		t.Errorf("without numbers and addresses of one's own: %s%v", again.String(), err)
	}
}

func TestMakeCanariesRefuses(t *testing.T) {
	t.Parallel()
	good := Making{Partners: []string{"mailer"}, Each: 2, Domains: []string{"mail.example"}}
	for want, change := range map[error]func(*Making){
		errMakingCount:   func(m *Making) { m.Each = 0 },
		errMakingDomain:  func(m *Making) { m.Domains = nil },
		errMakingPartner: func(m *Making) { m.Partners = []string{"mailer", "mailer"} },
	} {
		m := good
		change(&m)
		if err := MakeCanaries(m, &noise{}, io.Discard, io.Discard); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	if err := MakeCanaries(good, strings.NewReader("few bytes"), io.Discard, io.Discard); !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("no more random bytes: %v", err)
	}
	if err := MakeCanaries(good, endless{}, io.Discard, io.Discard); !errors.Is(err, errMakingRandom) {
		t.Errorf("random bytes that repeat: %v", err)
	}
}

// The words are as many as the promise of 40 bits needs, and all different.
func TestCanaryWords(t *testing.T) {
	t.Parallel()
	for name, words := range map[string][]string{"words": canaryWords, "families": canaryFamilies, "givens": canaryGivens} {
		if n := len(slices.Compact(slices.Sorted(slices.Values(words)))); n != len(words) {
			t.Errorf("%s: %d of %d are different", name, n, len(words))
		}
	}
	if bits := 3*math.Log2(float64(len(canaryWords))) + 2*math.Log2(float64(len(separators))) + math.Log2(digitsMost); bits < 40 {
		t.Errorf("%.1f bits", bits)
	}
	for _, w := range canaryWords {
		if !regexp.MustCompile(`^[a-z]{2,10}$`).MatchString(w) {
			t.Errorf("word %q", w)
		}
	}
}

// FuzzReadProvenance: never panics; an error is Invalid or TooLarge and names the
// file; what is read can be written and is read the same again.
func FuzzReadProvenance(f *testing.F) {
	f.Add("person_id,partner,given_at\nM-1,mailer,2026-11-01\nM-1,post,2026-11-02T09:00:00+09:00\n")
	f.Add("\ufeffperson_id,partner,given_at\r\nM-1,\"配送, \"\"例示\"\"\",2026-11-01\r\n")
	f.Add("person_id,partner,given_at\nM-1,\"open\n")
	f.Add("a;b;c\n")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ReadProvenance("g.csv", strings.NewReader(text), tokyo)
		if err != nil {
			if k := fault.KindOf(err); k != fault.Invalid && k != fault.TooLarge || !strings.HasPrefix(fault.Outside(err), "g.csv") {
				t.Fatalf("%v (%v)", err, k)
			}
			return
		}
		var out bytes.Buffer
		w := csv.NewWriter(&out)
		_ = w.Write(provenanceHeader)
		for id, given := range got {
			for _, h := range given {
				_ = w.Write([]string{id, h.Partner, h.At.Format(time.RFC3339Nano)})
			}
		}
		w.Flush()
		again, err := ReadProvenance("g.csv", &out, tokyo)
		if err != nil {
			t.Fatalf("cannot be read again: %v", err)
		}
		if diff := cmp.Diff(got, again); diff != "" {
			t.Fatalf("reads in two ways:\n%s", diff)
		}
	})
}
