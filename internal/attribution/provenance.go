package attribution

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/kakitome/kakitome/internal/fault"
)

// Limits of a provenance file.
const (
	maxProvenance = 16 << 20 // bytes
	maxName       = 100      // characters of a person id or partner
	maxProblems   = 20       // told at once
)

// provenanceHeader are the columns of the file, in their order.
var provenanceHeader = []string{"person_id", "partner", "given_at"}

const atHint = "such as 2026-11-01, or 2026-11-01T09:00:00+09:00"

// ReadProvenance reads to whom canaries were given: a CSV file in UTF-8 with the
// columns person_id, partner, given_at (RFC 4180; a day begins in zone). A
// partner may be a store of one's own. Canaries without a row are controls. The
// file is taken whole or not at all: the error is a fault.Invalid or TooLarge
// whose message has one line for each thing wrong, with file, line, field and
// hint.
func ReadProvenance(file string, r io.Reader, zone *time.Location) (map[string][]Handoff, error) {
	limited := &io.LimitedReader{R: r, N: maxProvenance + 1}
	p := &provenance{file: file, zone: zone, given: map[string][]Handoff{}, rows: csv.NewReader(limited)}
	p.rows.FieldsPerRecord = -1
	err := p.read()
	switch {
	case limited.N <= 0:
		return nil, fault.Newf(fault.TooLarge, "read provenance", "%s is larger than %d bytes", file, maxProvenance)
	case err != nil:
		return nil, fault.Wrap(fault.Invalid, "read provenance", "the file "+file+" cannot be read", err)
	case len(p.problems) > 0:
		return nil, fault.New(fault.Invalid, "", strings.Join(p.problems, "\n"))
	}
	return p.given, nil
}

type provenance struct {
	file     string
	zone     *time.Location
	rows     *csv.Reader
	given    map[string][]Handoff
	problems []string
}

func (p *provenance) wrong(line int, field, msg, hint string) {
	if len(p.problems) == maxProblems {
		p.problems = append(p.problems, p.file+": and more")
	}
	if len(p.problems) > maxProblems {
		return
	}
	s := fmt.Sprintf("%s:%d: ", p.file, line)
	if field != "" {
		s += field + ": "
	}
	if s += msg; hint != "" {
		s += " (" + hint + ")"
	}
	p.problems = append(p.problems, s)
}

// read goes through the file. The error is one of reading, not of what is there.
func (p *provenance) read() error {
	for first := true; ; first = false {
		cells, err := p.rows.Read()
		var bad *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			if first {
				p.wrong(1, "", "the file is empty", "the first line is "+strings.Join(provenanceHeader, ","))
			}
			return nil
		case errors.As(err, &bad):
			p.wrong(bad.Line, "", "not CSV", "a field with a quote or a comma in it stands in quotes, and quotes in it are doubled")
			return nil
		case err != nil:
			return err
		}
		line, _ := p.rows.FieldPos(0)
		if !first {
			p.row(line, cells)
			continue
		}
		cells[0] = strings.TrimPrefix(cells[0], "\ufeff")
		if strings.Join(cells, ",") != strings.Join(provenanceHeader, ",") {
			p.wrong(line, "", "not the columns", "the first line is "+strings.Join(provenanceHeader, ","))
			return nil
		}
	}
}

func (p *provenance) row(line int, cells []string) {
	if len(cells) != len(provenanceHeader) {
		p.wrong(line, "", fmt.Sprintf("%d fields instead of %d", len(cells), len(provenanceHeader)), "put fields with commas in quotes")
		return
	}
	for i, cell := range cells[:2] {
		if msg := badName(cell); msg != "" {
			p.wrong(line, provenanceHeader[i], msg, "")
			return
		}
	}
	at, err := parseAt(cells[2], p.zone)
	if err != nil {
		p.wrong(line, provenanceHeader[2], "neither a day nor a time", atHint)
		return
	}
	for _, h := range p.given[cells[0]] {
		if h.Partner == cells[1] {
			p.wrong(line, provenanceHeader[1], "this canary was given to this partner before", "keep the row with the earlier time")
			return
		}
	}
	p.given[cells[0]] = append(p.given[cells[0]], Handoff{cells[1], at})
}

func badName(s string) string {
	switch {
	case s == "":
		return "empty"
	case !utf8.ValidString(s):
		return "not UTF-8"
	case utf8.RuneCountInString(s) > maxName:
		return fmt.Sprintf("longer than %d characters", maxName)
	case strings.TrimSpace(s) != s || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }):
		return "has blanks at its ends, or characters that do not show"
	}
	return ""
}

func parseAt(s string, zone *time.Location) (time.Time, error) {
	if at, err := time.ParseInLocation(time.DateOnly, s, zone); err == nil {
		return at, nil
	}
	return time.Parse(time.RFC3339, s)
}
