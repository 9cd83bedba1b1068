// Package extract turns a mail into the text in it, with the place of each
// piece. It keeps true: all text a person could read in a mail, with the eyes
// or with a program, is in a Run, or the part that holds it is named in Unread;
// never is something unreadable an empty string. Reading is pure, total and
// bounded, and a bound that was reached is an Unread, not a truncation.
//
// Hidden text is text: no style sheet is interpreted, comments and attributes
// are read. What is skipped on purpose: header fields that only machines
// write and read (see machinery), detached signatures that really are, and what
// stands beside the content of a signed message: certificates and signatures, the
// sender's own; the small binary properties in which Outlook keeps its state; the
// tables of RTF documents.
package extract

import (
	"fmt"
	"strings"

	"github.com/kakitome/kakitome/internal/mail"
)

// UnitKind says what a unit is a reading of.
type UnitKind uint8

// Kinds of unit. The judge weighs each unit by itself.
const (
	Body       UnitKind = iota + 1 // header fields and the text shown when the mail is opened
	Attachment                     // one attached file with its name; an archive with all its entries
	Enclosed                       // one mail inside the mail
)

// String returns the stable name of the kind.
func (k UnitKind) String() string {
	switch k {
	case Body:
		return "body"
	case Attachment:
		return "attachment"
	case Enclosed:
		return "enclosed"
	}
	return fmt.Sprintf("unit kind %d", uint8(k))
}

// Unit is what ownership is judged on: the body, one attachment, or one
// enclosed mail.
type Unit struct {
	Kind    UnitKind
	Name    string   // file name of an attachment or an enclosed file; else empty
	Type    string   // media type as labelled, lower case; of the root part for Body and Enclosed
	Runs    []Run    // all readable text
	Unread  []Unread // everything in the unit that could not be read
	Remarks []string // readable, but worth listing: a wrong charset label, a line that is no header field
	Bytes   []byte   // decoded content of an attachment or an enclosed mail, for its hash; nil for Body
}

// Run is one uninterrupted piece of text as a reader would see it. The same
// text may be in two runs when it can be read in two ways (an address in a
// link as written and decoded, folded lines as written and joined).
type Run struct {
	Text  string // UTF-8, line ends as \n; invisible characters are kept
	Where string // "subject", "header Reply-To", "text/html href", "attachment orders.csv", "zip a.zip/b.csv"; holds file names
	Line  int    // line of the first line of Text within that place, from 1; 0 where lines make no sense

	Alternative uint8 // which of several readings of the unit it belongs to, from 1: alternative bodies (RFC 2046 §5.1.4), sheets, files of an archive; 0: all of them
}

// MostAlternatives is how many alternatives are told apart; the last stands for
// all that follow it.
const MostAlternatives = 8

// Place names the place of the text at a byte offset, such as "text/plain line
// 14". Lines of HTML are lines as displayed, not as written.
func (r Run) Place(offset int) string {
	if r.Line == 0 {
		return r.Where
	}
	offset = max(0, min(offset, len(r.Text)))
	return fmt.Sprintf("%s line %d", r.Where, r.Line+strings.Count(r.Text[:offset], "\n"))
}

// Unread names something that may hold text nobody has read.
type Unread struct {
	Where  string // as in Run
	Type   string // media type as labelled, or what the bytes were found to be
	Why    string // for a clerk; never quotes content
	Inline bool   // an image shown within the body, not an attachment to open
}

// Limits bound what Read does. The zero value of a field means the default in
// parentheses.
type Limits struct {
	Depth    int         // archives and mails inside attached files, nested (3)
	Entries  int         // archive entries in the whole mail (1,000)
	Unpacked int         // bytes decoded from archives and the like in the whole mail (64 MiB)
	Work     int         // bytes of all files in the whole mail, each counted again in the one it is in (256 MiB)
	Ratio    int         // unpacked to packed size of one entry over 1 MiB (200)
	Text     int         // bytes of text in one unit (64 MiB)
	Runs     int         // runs in one unit (100,000)
	Mail     mail.Limits // for mails found inside attached files
}

func (l Limits) withDefaults() Limits {
	fill := func(field *int, value int) {
		if *field <= 0 {
			*field = value
		}
	}
	fill(&l.Depth, 3)
	fill(&l.Entries, 1000)
	fill(&l.Unpacked, 64<<20)
	fill(&l.Work, 256<<20)
	fill(&l.Ratio, 200)
	fill(&l.Text, 64<<20)
	fill(&l.Runs, 100_000)
	return l
}

// Read turns a mail into units: the body first, then attachments and enclosed
// mails in their order. It reads anything, never fails, and keeps parts of m
// alive but does not change them.
func Read(m *mail.Message, lim Limits) []Unit {
	r := newReader(lim)
	if m != nil {
		r.message(m, r.add(Body, "", ""), 0)
	}
	return r.done()
}
