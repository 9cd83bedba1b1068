package extract

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"

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
	archive, err := zip.NewReader(bytes.NewReader(c.data), int64(len(c.data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		u.unread(where, mediaType, whyBroken)
		return
	}
	names := make([]string, len(archive.File))
	for i, f := range archive.File {
		names[i] = entryName(f)
	}
	kind := officeType(names)
	if kind != "" {
		where = c.where
	}
	if why := layoutFault(c.data, archive.File); why != "" {
		u.unread(where, mediaType, why)
	}
	u.zipName(where, "comment", archive.Comment)
	var files []content
	for i, f := range archive.File {
		if r.entries++; r.entries > r.lim.Entries {
			u.unread(where, mediaType, whyEntries)
			break
		}
		name := names[i]
		if kind == "" || office.Telling(name) {
			name = u.zipName(where, "file name", name)
		}
		file, ok := r.entry(u, where, name, f)
		switch {
		case !ok:
		case kind != "":
			files = append(files, file)
		default:
			r.content(u, file, depth)
		}
	}
	if kind != "" {
		r.office(u, c, kind, files, depth)
	}
}

// entry unpacks an entry that is a file.
func (r *reader) entry(u *unit, where, name string, f *zip.File) (file content, ok bool) {
	u.zipName(where, "comment", f.Comment)
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
	if f.Method != zip.Store && f.Method != zip.Deflate {
		return nil, fmt.Sprintf("compression method %d", f.Method)
	}
	in, err := f.Open()
	if err != nil {
		return nil, whyBroken
	}
	defer in.Close() //nolint:errcheck // only reads
	return r.inflate(in, int(min(f.CompressedSize64, math.MaxInt32)))
}

// zipName adds a name or comment as text, and returns it decoded.
func (u *unit) zipName(where, what, raw string) string {
	text, ok := zipText(raw)
	if !ok {
		u.unread(where, "", whyName)
	}
	u.prose(where+" "+what, text, 0)
	return text
}

// zipText decodes a name: UTF-8 (whether or not bit 11 says so), else cp932,
// which Japanese Windows writes.
func zipText(raw string) (text string, ok bool) {
	if utf8.ValidString(raw) {
		return raw, true
	}
	text, err := japanese.ShiftJIS.NewDecoder().String(raw)
	if err != nil || strings.ContainsRune(text, utf8.RuneError) {
		return strings.ToValidUTF8(raw, "\uFFFD"), false
	}
	return text, true
}

// entryName is the name of an entry, from the Info-ZIP Unicode Path field where
// there is one (APPNOTE 4.6.9).
func entryName(f *zip.File) string {
	const unicodePath, head = 0x7075, 5
	for extra := f.Extra; len(extra) >= 4; {
		id, size := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if size > len(extra)-4 {
			break
		}
		if field := extra[4 : 4+size]; id == unicodePath && size > head && utf8.Valid(field[head:]) {
			return string(field[head:])
		}
		extra = extra[4+size:]
	}
	return f.Name
}

// layoutFault tells what is wrong with the layout of an archive. Entries must
// follow each other without overlap (bombs) and without bytes between, before
// or after them that another program might read as more entries.
func layoutFault(data []byte, files []*zip.File) string {
	type span struct{ start, end int64 }
	spans := make([]span, 0, len(files))
	for _, f := range files {
		start, err := f.DataOffset()
		end := start + int64(f.CompressedSize64) //nolint:gosec // checked below
		if err != nil || end < start || end > int64(len(data)) {
			return whyBroken
		}
		spans = append(spans, span{start, end})
	}
	slices.SortFunc(spans, func(a, b span) int { return int(a.start - b.start) })
	last := int64(0)
	for _, s := range spans {
		if s.start < last {
			return whyOverlap
		}
		if !localHeader(data[last:s.start], last == 0) {
			return whyHidden
		}
		last = s.end
	}
	if !directory(data[last:], last == 0) {
		return whyHidden
	}
	return ""
}

// descriptors are the sizes a data descriptor after an entry may have (APPNOTE
// 4.3.9): none, with and without signature, with 32-bit and 64-bit sizes.
var descriptors = []int{0, 12, 16, 20, 24}

// localHeader tells whether gap is one local file header (APPNOTE 4.3.7), after
// the data descriptor of the entry before.
func localHeader(gap []byte, first bool) bool {
	for _, skip := range descriptors {
		if first && skip > 0 || skip+30 > len(gap) {
			return false
		}
		h := gap[skip:]
		size := 30 + int(binary.LittleEndian.Uint16(h[26:])) + int(binary.LittleEndian.Uint16(h[28:]))
		if bytes.HasPrefix(h, []byte("PK\x03\x04")) && size == len(h) {
			return true
		}
	}
	return false
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
