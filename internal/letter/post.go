package letter

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
)

// Paper is a letter for somebody without mail. Name and address are the only
// personal values of this package, and stand nowhere but in the window of the
// envelope and in the list for the post.
type Paper struct {
	ID         string // of the letter
	Sheet      Sheet
	PostalCode string
	Address    []string // lines
	Name       string   // without 様
}

// Window is where an envelope shows the address, in millimetres from the left
// and the top edge of an A4 page. Envelopes differ: measure yours.
type Window struct{ Left, Top, Width, Height int }

// DefaultWindow fits common Japanese window envelopes for A4 folded in three
// (長形3号).
func DefaultWindow() Window { return Window{Left: 22, Top: 14, Width: 88, Height: 42} }

// Print writes the letters as one HTML page to be printed on A4, each on sheets of
// its own.
func Print(papers []Paper, w Window) ([]byte, error) {
	if w.Left < 0 || w.Top < 0 || w.Width < 40 || w.Height < 20 || w.Left+w.Width > 210 || w.Top+w.Height > 99 {
		return nil, errors.New("print letters: the window is not on the upper third of an A4 page")
	}
	var b bytes.Buffer
	b.WriteString("<!DOCTYPE html>\n<html lang=\"ja\">\n<head>\n<meta charset=\"utf-8\">\n<title>Letters</title>\n<style>" +
		"@page{size:A4;margin:15mm 20mm}body{margin:0;font:10.5pt/1.6 serif;color:#000;background:#fff}" +
		"article{break-after:page}article:last-child{break-after:auto}" +
		// The first page's margin is 15 mm and 20 mm; the window counts from the edge.
		fmt.Sprintf("address{box-sizing:border-box;margin:%dmm 0 0 %dmm;width:%dmm;height:%dmm;overflow:hidden;font:11pt/1.5 sans-serif}", w.Top-15, w.Left-20, w.Width, w.Height) +
		fmt.Sprintf("main{padding-top:%dmm}", max(0, 99-w.Top-w.Height)) + // the first fold
		"h1{font-size:13pt}h2{font-size:11pt;margin:1em 0 .3em;break-after:avoid}ul{padding-left:1.2em}" +
		"</style>\n</head>\n<body>\n")
	for i := range papers {
		p := &papers[i]
		if err := p.check(); err != nil {
			return nil, err
		}
		b.WriteString("<article>\n<address>\n〒" + escape.Replace(p.PostalCode) + "<br>\n")
		for _, line := range p.Address {
			b.WriteString(escape.Replace(line) + "<br>\n")
		}
		b.WriteString(escape.Replace(p.Name) + " 様\n</address>\n")
		_, body, _ := strings.Cut(p.Sheet.HTML, "<body>\n")
		body, _, _ = strings.Cut(body, "</body>")
		b.WriteString(body + "</article>\n")
	}
	b.WriteString("</body>\n</html>\n")
	return b.Bytes(), nil
}

// PostCSV lists letters for the post: letter, kind, postal_code, address, name. It is UTF-8
// with a byte order mark, so that spreadsheets read it, with no cell they would
// compute (RFC 4180).
func PostCSV(papers []Paper) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	rows := [][]string{{"letter", "kind", "postal_code", "address", "name"}}
	for i := range papers {
		p := &papers[i]
		if err := p.check(); err != nil {
			return nil, err
		}
		rows = append(rows, []string{p.ID, p.Sheet.Kind.String(), p.PostalCode, strings.Join(p.Address, " "), p.Name})
	}
	if err := w.WriteAll(rows); err != nil {
		return nil, fmt.Errorf("write list for the post: %w", err)
	}
	return b.Bytes(), nil
}

const maxAddressLines = 5 // that fit a window

// check refuses what cannot be printed or delivered. It quotes nothing but the
// letter's id.
func (p *Paper) check() error {
	bad := func(msg string) error { return fmt.Errorf("letter %s: %s", p.ID, msg) }
	cells := append([]string{p.ID, p.PostalCode, p.Name}, p.Address...)
	for _, c := range cells {
		switch {
		case strings.TrimSpace(c) == "":
			return bad("postal code, address or name is empty")
		case strings.ContainsFunc(c, unprintable):
			return bad("postal code, address or name has control characters")
		case strings.ContainsAny(c[:1], "=+-@\t"):
			return bad("postal code, address or name begins like a formula")
		}
	}
	switch {
	case len(p.Address) == 0 || len(p.Address) > maxAddressLines:
		return bad(fmt.Sprintf("the address needs one to %d lines", maxAddressLines))
	case !p.Sheet.Paper:
		return bad("it was written as a mail; write it for paper")
	case p.Sheet.HTML == "":
		return bad("it says nothing")
	}
	return nil
}
