package extract

import (
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/office"
)

// zip reads an archive into u: names, comments and every entry. depth counts
// this archive too.
func (r *reader) zip(u *unit, c content, depth int) {
	const mediaType = "application/zip"
	where := "zip " + label(c.name, "no name")
	if !c.whole {
		where = c.where
	}
	if depth > r.lim.Depth {
		u.unread(where, mediaType, whyDepth)
		return
	}
	if bytes.Count(c.data, []byte("PK\x01\x02")) > r.lim.Entries {
		u.unread(where, mediaType, whyEntries) // before the directory is built, which takes memory
		return
	}
	archive, err := openZip(c.data)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		u.unread(where, mediaType, whyBroken)
		return
	}
	names := make([]string, len(archive.File))
	for i, f := range archive.File {
		names[i] = entryName(f)
		if text, _ := zipText(f.Name); text != names[i] && f.Name != names[i] {
			u.zipName(where, "file name", f.Name, false) // programs differ in which they show
		}
	}
	kind := officeType(names)
	if kind != "" {
		where = c.where
	}
	others, why := layout(c.data, archive.File)
	if why != "" {
		u.unread(where, mediaType, why)
	}
	for _, name := range others {
		u.zipName(where, "file name", name, false)
	}
	u.zipName(where, "comment", archive.Comment, false)
	var files []content
	apart := u.alternative == 0 && len(archive.File) > 1 // each file is opened without the others
	for i, f := range archive.File {
		if r.entries++; r.entries > r.lim.Entries {
			u.unread(where, mediaType, whyEntries)
			break
		}
		name := names[i]
		if kind == "" || office.Telling(name) {
			name = u.zipName(where, "file name", name, f.Flags&utf8Names != 0 || name != f.Name)
		}
		file, ok := r.entry(u, where, name, f)
		switch {
		case !ok:
		case kind != "":
			files = append(files, file)
		default:
			if apart {
				u.alternative = alternative(i)
			}
			r.content(u, file, depth)
			if apart {
				u.alternative = 0
			}
		}
	}
	if kind != "" {
		r.office(u, c, kind, files, depth)
	}
}

func openZip(data []byte) (*zip.Reader, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if archive != nil {
		archive.RegisterDecompressor(bzip2Method, func(in io.Reader) io.ReadCloser { return io.NopCloser(bzip2.NewReader(in)) })
	}
	return archive, err
}

// entry unpacks an entry that is a file.
func (r *reader) entry(u *unit, where, name string, f *zip.File) (file content, ok bool) {
	u.zipName(where, "comment", f.Comment, f.Flags&utf8Names != 0)
	u.zipName(where, "comment", unicodeField(f, 0x6375), true)
	where += "/" + label(name, "no name")
	if strings.HasSuffix(f.Name, "/") && f.UncompressedSize64 == 0 {
		return content{}, false
	}
	data, why := r.unpack(f)
	if why != "" {
		u.unread(where, "", why)
		return content{}, false
	}
	return content{where: where, name: name, data: data}, true
}

// unpack returns the content of an entry, or why not. It never keeps more than
// the limits allow, whatever sizes the archive states.
func (r *reader) unpack(f *zip.File) (data []byte, why string) {
	if f.Flags&0x1 != 0 { // APPNOTE 4.4.4 bit 0
		return nil, whyEncrypted
	}
	if f.Method != zip.Store && f.Method != zip.Deflate && f.Method != bzip2Method {
		return nil, whyFilter
	}
	in, err := f.Open()
	if err != nil {
		return nil, whyBroken
	}
	defer in.Close() //nolint:errcheck // only reads
	return r.inflate(in, int(min(f.CompressedSize64, math.MaxInt32)))
}

const (
	utf8Names   = 0x800 // APPNOTE 4.4.4 bit 11
	bzip2Method = 12    // APPNOTE 4.4.5
)

// zipName adds a name or comment as text, and returns it decoded. Where nobody
// said that it is UTF-8, and it could be half-width kana as well, both are read.
func (u *unit) zipName(where, what, raw string, isUTF8 bool) string {
	text, ok := zipText(raw)
	if !ok {
		u.unread(where, "", whyName)
	}
	u.prose(where+" "+what, text, 0)
	if !isUTF8 {
		if kana, ok := mail.DecodePage([]byte(raw), 932); ok && !strings.ContainsFunc(kana, notKana) {
			u.also(where+" "+what, text, kana)
		}
	}
	return text
}

func notKana(c rune) bool { return c >= utf8.RuneSelf && (c < 0xff61 || c > 0xff9f) }

// zipText decodes a name: UTF-8 (whether or not bit 11 says so), else cp932,
// which Japanese Windows writes.
func zipText(raw string) (text string, ok bool) {
	if utf8.ValidString(raw) {
		return raw, true
	}
	if text, ok = mail.DecodePage([]byte(raw), 932); !ok {
		return strings.ToValidUTF8(raw, "\uFFFD"), false
	}
	return text, true
}

// entryName is the name of an entry, from the Info-ZIP Unicode Path field where
// there is one.
func entryName(f *zip.File) string {
	if name := unicodeField(f, 0x7075); name != "" {
		return name
	}
	return f.Name
}

// unicodeField is the text of an Info-ZIP Unicode Path or Comment field (APPNOTE
// 4.6.9, 4.6.8), or "".
func unicodeField(f *zip.File, wanted uint16) string {
	const head = 5 // version and checksum of what it stands for
	for extra := f.Extra; len(extra) >= 4; {
		id, size := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if size > len(extra)-4 {
			break
		}
		if field := extra[4 : 4+size]; id == wanted && size > head && utf8.Valid(field[head:]) {
			return string(field[head:])
		}
		extra = extra[4+size:]
	}
	return ""
}

// layout tells what is wrong with the layout of an archive. Entries must follow
// each other without overlap (bombs) and without bytes between, before or after
// them that another program might read as more entries. others are the names of
// entries that differ from those in the directory.
func layout(data []byte, files []*zip.File) (others []string, why string) {
	type span struct {
		start, end int64
		name       string
	}
	spans := make([]span, 0, len(files))
	for _, f := range files {
		start, err := f.DataOffset()
		end := start + int64(f.CompressedSize64) //nolint:gosec // checked below
		if err != nil || end < start || end > int64(len(data)) {
			return others, whyBroken
		}
		spans = append(spans, span{start, end, f.Name})
	}
	slices.SortFunc(spans, func(a, b span) int { return int(a.start - b.start) })
	last := int64(0)
	for _, s := range spans {
		if s.start < last {
			return others, whyOverlap
		}
		name, ok := localHeader(data[last:s.start], last == 0)
		if !ok {
			return others, whyHidden
		}
		if name != s.name {
			others = append(others, name)
		}
		last = s.end
	}
	if !directory(data[last:], last == 0) {
		return others, whyHidden
	}
	return others, ""
}

// descriptors are the sizes a data descriptor after an entry may have (APPNOTE
// 4.3.9): none, with and without signature, with 32-bit and 64-bit sizes.
var descriptors = []int{0, 12, 16, 20, 24}

// localHeader tells whether gap is one local file header (APPNOTE 4.3.7), after
// the data descriptor of the entry before, and the name in it.
func localHeader(gap []byte, first bool) (name string, ok bool) {
	for _, skip := range descriptors {
		if first && skip > 0 || skip+30 > len(gap) {
			return "", false
		}
		h := gap[skip:]
		nameEnd := 30 + int(binary.LittleEndian.Uint16(h[26:]))
		size := nameEnd + int(binary.LittleEndian.Uint16(h[28:]))
		if bytes.HasPrefix(h, []byte("PK\x03\x04")) && size == len(h) {
			return string(h[30:nameEnd]), true
		}
	}
	return "", false
}

// directory tells whether rest starts with the central directory.
func directory(rest []byte, empty bool) bool {
	for _, skip := range descriptors {
		if empty && skip > 0 || skip+4 > len(rest) {
			return false
		}
		switch string(rest[skip : skip+4]) {
		case "PK\x01\x02", "PK\x05\x06", "PK\x06\x06":
			return true
		}
	}
	return false
}
