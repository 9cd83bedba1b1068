package check

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kakitome/kakitome/internal/extract"
)

// Quote is a line of a mail in which identifiers stand, as a clerk may see it.
type Quote struct {
	Unit     string    // attachment or enclosed mail; empty for the body
	Where    string    // "text/plain line 14"
	Text     string    // the line; each identifier is between ‹ and ›, written as asked
	Findings []Finding // in the order of Text; Value is as written here
}

// spot is where an identifier stands.
type spot struct {
	run   extract.Run
	where string
	at    span
	ident Key
}

// ExamineQuoting is Examine that also gives the lines in which identifiers
// stand, in the order of the mail, at most mostQuotes of each unit. The value
// function says how an identifier is written.
func ExamineQuoting(in Input, k Knowledge, value func(*Finding) string) (*Examined, []Quote) {
	x := newExaminer(in, k)
	x.quoting = true
	e := x.examine()
	var quotes []Quote
	for i, spots := range x.spots {
		quotes = append(quotes, quote(&e.Units[i], spots, value)...)
	}
	return e, quotes
}

// mostQuotes bounds the lines shown of one unit: a customer list need not be
// read to the end.
const mostQuotes = 200

// quote makes the lines of one unit.
func quote(u *Unit, spots []spot, value func(*Finding) string) []Quote {
	var quotes []Quote
	for len(spots) > 0 && len(quotes) < mostQuotes {
		n := 1 // spots of one run stand together
		for n < len(spots) && spots[n].run == spots[0].run {
			n++
		}
		quotes = append(quotes, quoteRun(u, spots[:n], value)...)
		spots = spots[n:]
	}
	return quotes[:min(len(quotes), mostQuotes)]
}

func quoteRun(u *Unit, spots []spot, value func(*Finding) string) []Quote {
	slices.SortStableFunc(spots, func(a, b spot) int {
		return cmp.Or(cmp.Compare(a.at.start, b.at.start), cmp.Compare(b.at.end, a.at.end))
	})
	text := spots[0].run.Text
	var quotes []Quote
	for i := 0; i < len(spots); {
		line := lineAround(text, spots[i].at)
		q := Quote{Unit: unitName(u), Where: spots[i].where}
		var b strings.Builder
		done := line.start
		for ; i < len(spots) && spots[i].at.start < line.end; i++ {
			s := spots[i]
			f := u.find(s.ident)
			f.Value = text[s.at.start:s.at.end]
			q.Findings = append(q.Findings, f)
			if s.at.end <= done { // stands within the one before
				continue
			}
			if s.at.end > line.end { // goes on in the next line
				line.end = lineAround(text, s.at).end
			}
			f.Value = text[max(s.at.start, done):s.at.end]
			b.WriteString(beside(text[done:max(s.at.start, done)]) + "‹" + value(&f) + "›")
			done = s.at.end
		}
		b.WriteString(beside(text[done:line.end]))
		q.Text = strings.TrimSpace(strings.ReplaceAll(b.String(), "\n", "⏎"))
		quotes = append(quotes, q)
	}
	return quotes
}

// lineAround is the line, or the lines, in which a span stands.
func lineAround(text string, at span) span {
	start := strings.LastIndexByte(text[:at.start], '\n') + 1
	end := strings.IndexByte(text[at.end:], '\n')
	if end < 0 {
		return span{start, len(text)}
	}
	return span{start, at.end + end}
}

// beside is what stands beside an identifier, cut where it is long.
func beside(text string) string {
	const most = 60
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most/2]) + " … " + string(runes[len(runes)-most/2:])
}

// find is the finding of an identifier.
func (u *Unit) find(ident Key) Finding {
	i := slices.IndexFunc(u.Findings, func(f Finding) bool { return f.Ident == ident })
	return u.Findings[i]
}

func unitName(u *Unit) string {
	switch {
	case u.Kind == extract.Body:
		return ""
	case u.Name == "":
		return u.Kind.String()
	}
	return u.Kind.String() + " " + u.Name
}
