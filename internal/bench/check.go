package bench

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"html"
	"io"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/kakitest/people"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/roster"
)

// Checks are the figures of one check of one mail, beside a plain walk of its
// parts.
type Checks struct {
	People int        `json:"people"`
	Rows   []CheckRow `json:"rows"`
	Load   float64    `json:"load_average"`
}

// CheckRow is one step of one mail.
type CheckRow struct {
	Mail   string  `json:"mail"`
	Bytes  int     `json:"bytes"`
	Step   string  `json:"step"` // walk (nothing is checked), parse, check (parse, examine, decide)
	US     float64 `json:"us"`
	Ratio  float64 `json:"ratio"` // to walk
	Allocs int64   `json:"allocs"`
	Alloc  int64   `json:"alloc_bytes"`
}

// Checking measures the whole check of an order confirmation in ISO-2022-JP of
// 4 KB and of one in HTML of 24 KB, with n people in the roster.
func Checking(n int, talk io.Writer) (*Checks, error) {
	_, _ = fmt.Fprintf(talk, "building the index of %d people\n", n)
	secret := sha256.Sum256([]byte("bench"))
	hasher, err := roster.NewHasher(secret[:])
	if err != nil {
		return nil, err
	}
	m := &matching{hasher: hasher, index: roster.NewIndex(hasher), all: people.New(peopleSeed), n: n}
	if err := m.build(&Match{}); err != nil {
		return nil, err
	}
	pol, err := policy.Compile(policy.Spec{
		Company: policy.CompanySpec{Identifiers: []string{"03-1234-5678", "support@shop.example", sender}, Recipients: []string{"@shop.example"}},
		Codes:   []policy.CodeSpec{{Kind: jp.OrderNo, Pattern: `KK-\d{8}`}},
	})
	if err != nil {
		return nil, fmt.Errorf("compile policy: %w", err)
	}
	know := check.Knowledge{Hasher: hasher, Roster: m.index.Snapshot(), Policy: pol}
	plain, err := orderLetter(m.all, 7%n, 1, 3500)
	if err != nil {
		return nil, err
	}
	c := &Checks{People: n, Load: loadAverage()}
	for _, l := range []struct {
		name string
		letter
	}{{"iso-2022-jp", plain}, {"multipart html", htmlLetter(m.all, 7%n, 1, 14_000)}} {
		_, _ = fmt.Fprintf(talk, "checking %s, %d bytes\n", l.name, len(l.data))
		if err := c.measure(l.name, l.letter, know); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *Checks) measure(name string, l letter, know check.Knowledge) error {
	stream, _ := know.Policy.Stream(policy.Default)
	env := mail.Envelope{From: sender, Recipients: []mail.Recipient{{Address: l.to}}}
	counts := check.NewCounts(time.Now())
	base := 0.0
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"walk", func() error { return walk(l.data) }},
		{"parse", func() error {
			if mail.Parse(l.data, mail.Limits{}).Root.Faults != nil {
				return errors.New("the letter has faults")
			}
			return nil
		}},
		{"check", func() error {
			e := check.Examine(check.Input{
				Message: mail.Parse(l.data, mail.Limits{}), Envelope: env, Stream: stream, At: counts.Now, Client: "bench",
			}, know)
			if v := check.Decide(e, counts); v.Recipients[0].Hold || len(e.Units[0].Findings) == 0 {
				return errors.New("the letter is held, or nothing was found in it")
			}
			return nil
		}},
	} {
		var failed error
		r := testing.Benchmark(func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := step.do(); err != nil {
					failed = err
					b.FailNow()
				}
			}
		})
		if failed != nil {
			return fmt.Errorf("%s %s: %w", step.name, name, failed)
		}
		us := float64(r.NsPerOp()) / 1000
		if base == 0 {
			base = us
		}
		c.Rows = append(c.Rows, CheckRow{
			Mail: name, Bytes: len(l.data), Step: step.name, US: us, Ratio: us / base,
			Allocs: r.AllocsPerOp(), Alloc: r.AllocedBytesPerOp(),
		})
	}
	return nil
}

// Tell prints the figures.
func (c *Checks) Tell(w io.Writer) error {
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(tab, "mail\tbytes\tstep\tµs\t× walk\tallocations\tbytes\t")
	for _, r := range c.Rows {
		_, _ = fmt.Fprintf(tab, "%s\t%d\t%s\t%.1f\t%.1f\t%d\t%d\t\n", r.Mail, r.Bytes, r.Step, r.US, r.Ratio, r.Allocs, r.Alloc)
	}
	if err := tab.Flush(); err != nil {
		return fmt.Errorf("print figures: %w", err)
	}
	_, err := fmt.Fprintf(w, "%d people, load average %.1f\n", c.People, c.Load)
	return err
}

// htmlLetter is a confirmation to person i as text and HTML in base64
// (multipart/alternative), the HTML of size bytes.
func htmlLetter(all *people.People, i, order, size int) letter {
	p := all.At(i)
	text := confirmation(&p, i, order)
	var page strings.Builder
	page.WriteString("<!DOCTYPE html><html><body><table>\n")
	for line := range strings.Lines(text) {
		fmt.Fprintf(&page, "<tr><td style=\"padding:4px 8px;font-size:14px\">%s</td></tr>\n", html.EscapeString(strings.TrimSpace(line)))
	}
	page.WriteString("</table>\n")
	for page.Len() < size {
		for line := range strings.Lines(terms) {
			fmt.Fprintf(&page, "<p style=\"margin:0;line-height:1.5\">%s</p>\n", strings.TrimSpace(line))
		}
	}
	page.WriteString("</body></html>\n")
	var b bytes.Buffer
	head(&b, p.Email, order)
	b.WriteString("Content-Type: multipart/alternative; boundary=bound\r\n\r\n")
	for _, part := range []struct{ kind, text string }{{"text/plain", text}, {"text/html", page.String()}} {
		fmt.Fprintf(&b, "--bound\r\nContent-Type: %s; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n", part.kind)
		data := base64.StdEncoding.EncodeToString([]byte(strings.ReplaceAll(part.text, "\n", "\r\n")))
		for ; len(data) > 76; data = data[76:] {
			b.WriteString(data[:76] + "\r\n")
		}
		b.WriteString(data + "\r\n")
	}
	b.WriteString("--bound--\r\n")
	return letter{p.Email, b.Bytes()}
}
