package demo

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/roster"
)

func openShop(t *testing.T, members int) *shop {
	t.Helper()
	s, err := newShop(1, func() time.Time { return time.Date(2019, 7, 3, 12, 0, 0, 0, time.FixedZone("JST", 9*3600)) })
	if err != nil {
		t.Fatal(err)
	}
	for range members {
		if err := s.register(); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func recipients(letters []*letter) []string {
	var to []string
	for _, l := range letters {
		to = append(to, l.To.Email)
	}
	return to
}

// TestDefectIsTheAudience: without the defect a confirmation goes to its buyer
// and nobody else.
func TestDefectIsTheAudience(t *testing.T) {
	t.Parallel()
	s := openShop(t, 5)
	m := s.members
	for _, c := range []struct {
		name   string
		defect defect
		reach  int
		buyer  *customer
		want   []*customer
	}{
		{"off", noDefect, 4, m[2], []*customer{m[2]}},
		{"off, a guest", noDefect, 4, s.guest(), nil},
		{"owner first", ownerFirst, 4, m[2], []*customer{m[2], m[0], m[1], m[3], m[4]}},
		{"strangers first", strangersFirst, 4, m[2], []*customer{m[0], m[1], m[3], m[4], m[2]}},
		{"reaches two", ownerFirst, 2, m[0], []*customer{m[0], m[1], m[2]}},
		{"reaches nobody", ownerFirst, 0, m[0], []*customer{m[0]}},
	} {
		if c.want == nil {
			c.want = []*customer{c.buyer}
		}
		s.Defect, s.Reach = c.defect, c.reach
		letters := s.confirm(s.buy(c.buyer, nil))
		var want []string
		for _, w := range c.want {
			want = append(want, w.Email)
		}
		if diff := cmp.Diff(want, recipients(letters)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		for _, l := range letters {
			if l.right() != (l.To == c.buyer) {
				t.Errorf("%s: the letter to %s is right: %v", c.name, l.To.Email, l.right())
			}
		}
	}
}

// TestLettersAreOfTheirTime reads the shop's mails with the gateway's reader.
func TestLettersAreOfTheirTime(t *testing.T) {
	t.Parallel()
	s := openShop(t, 400)
	ids := map[string]bool{}
	for i, buyer := range s.members {
		friend := s.members[(i+1)%len(s.members)]
		o := s.buy(buyer, friend)
		for _, l := range append(s.confirm(o), s.ship(o)...) {
			data, err := l.bytes()
			if err != nil {
				t.Fatal(err)
			}
			if ids[l.ID] {
				t.Fatalf("%s is used twice", l.ID)
			}
			ids[l.ID] = true
			checkLetter(t, l, data)
		}
	}
}

func checkLetter(t *testing.T, l *letter, data []byte) {
	t.Helper()
	for i, b := range data {
		if b >= 0x80 {
			t.Fatalf("%s: byte %d is not ASCII", l.ID, i)
		}
	}
	for line := range bytes.Lines(data) {
		if len(line) > 998+2 || !bytes.HasSuffix(line, []byte("\r\n")) {
			t.Fatalf("%s: a line of %d bytes breaks RFC 5322 §2.1.1", l.ID, len(line))
		}
	}
	m := mail.Parse(data, mail.Limits{})
	texts := 0
	err := m.Walk(func(p *mail.Part, _ []int) error {
		if len(p.Faults) > 0 {
			t.Errorf("%s: faults %v", l.ID, p.Faults)
		}
		if strings.HasPrefix(p.MediaType, "text/") {
			texts++
		}
		return nil
	})
	if err != nil || texts != 2 {
		t.Errorf("%s has %d text parts, %v", l.ID, texts, err)
	}
	if got := messageID(data); got != l.ID {
		t.Errorf("the relay reads %q as Message-ID of %q", got, l.ID)
	}
}

// TestRosterIsWhatKakitomeImports: every member, and no bad row.
func TestRosterIsWhatKakitomeImports(t *testing.T) {
	t.Parallel()
	s := openShop(t, 300)
	var csv bytes.Buffer
	if err := s.roster(&csv); err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	stats, err := roster.ParseCSV(&csv, func(p roster.Person) error { got[p.ID] = true; return nil },
		func(e roster.RowError) error { t.Error(e.Error()); return nil })
	if err != nil {
		t.Fatal(err)
	}
	if stats.People != 300 || !got["M-000001"] || !got["M-000300"] {
		t.Errorf("%d people", stats.People)
	}
}

// TestPicturesAreSealed: the vault opens a picture for its member only, keeps
// none in clear, and no mail has one.
func TestPicturesAreSealed(t *testing.T) {
	t.Parallel()
	s := openShop(t, 2)
	want, err := identityPicture("M-000001")
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.vault.open("M-000001")
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("the picture does not open: %v", err)
	}
	if bytes.Contains(s.vault.sealed["M-000001"], want[:16]) {
		t.Error("the picture is kept in clear")
	}
	s.vault.sealed["M-000001"] = s.vault.sealed["M-000002"]
	if _, err := s.vault.open("M-000001"); err == nil {
		t.Error("the picture of another member opens")
	}
	if _, err := s.vault.open("M-000009"); err == nil {
		t.Error("a picture nobody gave opens")
	}
	for _, l := range s.confirm(s.buy(s.members[0], nil)) {
		if data, err := l.bytes(); err != nil || bytes.Contains(data, []byte("PNG")) || bytes.Contains(data, []byte("image/")) {
			t.Errorf("a mail has a picture: %v", err)
		}
	}
}
