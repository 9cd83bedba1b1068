package extract

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kakitome/kakitome/internal/mail"
)

// reader is one reading of one mail: the units so far, and what of the limits
// is used up.
type reader struct {
	lim      Limits
	open     func(*reader, *unit, content, int) // reads one file; openForm but in tests
	units    []*unit
	entries  int
	unpacked int
	work     int
}

func newReader(lim Limits) *reader {
	return &reader{lim: lim.withDefaults(), open: (*reader).openForm}
}

// unit is a Unit being filled.
type unit struct {
	Unit
	r      *reader
	prefix string // place of the unit, before the place of its runs: "enclosed mail/"
	text   int    // bytes of text so far
	full   bool   // a limit was reached and is listed

	alternative uint8 // of the runs that are added now
}

// done are the units read.
func (r *reader) done() []Unit {
	units := make([]Unit, len(r.units))
	for i, u := range r.units {
		units[i] = u.Unit
	}
	return units
}

func (r *reader) add(kind UnitKind, name, prefix string) *unit {
	u := &unit{Unit: Unit{Kind: kind, Name: name}, r: r, prefix: prefix}
	r.units = append(r.units, u)
	return u
}

// alternative is the number of the reading after i others.
func alternative(i int) uint8 { return uint8(min(i+1, MostAlternatives)) } //nolint:gosec // bounded by the line

// run adds text; blank text is no text.
func (u *unit) run(where, text string, line int) {
	if u.full || strings.TrimSpace(text) == "" {
		return
	}
	if len(u.Runs) >= u.r.lim.Runs || len(text) > u.r.lim.Text-u.text {
		u.full = true
		u.unread(where, "", whyText)
		return
	}
	u.text += len(text)
	u.Runs = append(u.Runs, Run{Text: text, Where: u.prefix + where, Line: line, Alternative: u.alternative})
}

// also adds a second reading of text that is in a run already.
func (u *unit) also(where, text, reading string) {
	if reading != text {
		u.run(where, reading, 0)
	}
}

func (u *unit) unread(where, mediaType, why string) {
	u.list(Unread{Where: where, Type: mediaType, Why: why})
}

// list adds to what is unread. Beyond the limit one entry stands for the rest,
// and it is none that a stream may let pass.
func (u *unit) list(n Unread) {
	n.Where = u.prefix + n.Where
	switch last := len(u.Unread) - 1; {
	case last >= 0 && u.Unread[last] == n:
	case len(u.Unread) < u.r.lim.Runs:
		u.Unread = append(u.Unread, n)
	case u.Unread[last].Inline:
		u.Unread[last] = Unread{Where: n.Where, Why: whyText}
	}
}

// prose adds running text: as is, and the links in it decoded.
func (u *unit) prose(where, text string, line int) {
	u.run(where, text, line)
	counted := 0
	for at, link := range links(text) {
		if line > 0 {
			line += strings.Count(text[counted:at], "\n")
			counted = at
		}
		for _, reading := range unescapeLink(link) {
			u.run(where, reading, line)
		}
	}
}

// faults lists what the parser found wrong with a part.
func (u *unit) faults(where string, p *mail.Part) {
	for _, f := range p.Faults {
		why := f.Detail
		if why == "" {
			why = faultWords[f.Kind]
		}
		if f.Unreadable() {
			u.unread(where, p.MediaType, why)
		} else {
			u.Remarks = append(u.Remarks, u.prefix+where+": "+why)
		}
	}
}

var faultWords = map[mail.FaultKind]string{
	mail.BadHeader:       "a header line that is no field",
	mail.BadEncoding:     "broken transfer encoding",
	mail.UnknownEncoding: "unknown transfer encoding",
	mail.BadCharset:      "no charset reads this cleanly",
	mail.Relabelled:      "missing or wrong charset label",
	mail.BadStructure:    "broken structure",
	mail.OverLimit:       "limit reached",
}

// Why something is unread.
const (
	whyText       = "more text than may be read"
	whyImage      = "image"
	whyNoImage    = "labelled as image but is not a known one"
	whyFormat     = "format not read"
	whyEncrypted  = "encrypted"
	whyBinary     = "labelled as text but is not"
	whyJunk       = "mostly unprintable characters"
	whyDepth      = "nested too deep"
	whyEntries    = "too many files in archives"
	whyWork       = "more bytes than may be read"
	whyFailed     = "the reader failed"
	whyUnpacked   = "unpacks to more than may be read"
	whyOldOffice  = "old office format"
	whyRatio      = "unpacks to far more than its size"
	whyBroken     = "broken archive"
	whyOverlap    = "overlapping files in archive"
	whyHidden     = "bytes in archive that belong to no file"
	whyName       = "file name in no known charset"
	whyFragment   = "fragment of a mail"
	whyEncoded    = "holds encoded content"
	whyEntities   = "defines entities"
	whyDataLink   = "content within a link"
	whyBrokenFile = "broken file"
	whyChecksum   = "a checksum that is wrong"
	whyDocument   = "broken document"
	whyDrawing    = "drawing without text"
	whyGlyphs     = "characters that cannot be told"
	whyFilter     = "unknown compression"
	whyObject     = "embedded object"
	whyAfterEnd   = "data after the end of the file"
	whyRaw        = "binary data within text"
	whyNoMailRead = "enclosed mail not read"
)

// label makes a file name fit for a place.
func label(name, fallback string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if name == "." || name == "/" {
		return "(" + clip(fallback) + ")"
	}
	return clip(name)
}

const clipRunes = 80

// clip makes text fit for a place: short, one line, printable.
func clip(s string) string {
	runes := 0
	return strings.Map(func(c rune) rune {
		runes++
		switch {
		case runes > clipRunes:
			return -1
		case runes == clipRunes:
			return '…'
		case !unicode.IsPrint(c) || c == utf8.RuneError:
			return '?'
		}
		return c
	}, s)
}
