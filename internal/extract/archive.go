package extract

import (
	"archive/tar"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"io"
	"path"
	"strings"
)

// gzip reads a compressed file (RFC 1952): the names and comments in it, and
// what its members are together. depth counts this file too.
func (r *reader) gzip(u *unit, c content, depth int) {
	const mediaType = "application/gzip"
	if depth > r.lim.Depth {
		u.unread(c.where, mediaType, whyDepth)
		return
	}
	rest := bytes.NewReader(c.data)
	in, err := gzip.NewReader(rest)
	if err != nil {
		u.unread(c.where, mediaType, whyBroken)
		return
	}
	var all []byte
	name := withoutExt(c.name)
	for {
		if r.entries++; r.entries > r.lim.Entries {
			u.unread(c.where, mediaType, whyEntries)
			return
		}
		in.Multistream(false)
		data, why := r.inflate(in, len(c.data))
		if why != "" {
			u.unread(c.where, mediaType, why)
			return
		}
		all = append(all, data...)
		if said := u.zipName(c.where, "file name", latinBytes(in.Name), false); said != "" {
			name = said
		}
		u.zipName(c.where, "comment", latinBytes(in.Comment), false)
		u.zipName(c.where, "comment", string(in.Extra), false)
		left := c.data[len(c.data)-rest.Len():]
		if len(bytes.TrimLeft(left, "\x00")) == 0 { // padding of tapes
			break
		}
		if err := in.Reset(rest); err != nil {
			u.unread(c.where, mediaType, whyAfterEnd)
			break
		}
	}
	r.packed(u, c, name, all, depth)
}

// bzip2 reads a file compressed by that program.
func (r *reader) bzip2(u *unit, c content, depth int) {
	const mediaType = "application/x-bzip2"
	if depth > r.lim.Depth {
		u.unread(c.where, mediaType, whyDepth)
		return
	}
	data, why := r.inflate(bzip2.NewReader(bytes.NewReader(c.data)), len(c.data))
	if why != "" {
		u.unread(c.where, mediaType, why)
		return
	}
	r.packed(u, c, withoutExt(c.name), data, depth)
}

// packed reads the one file that was in c.
func (r *reader) packed(u *unit, c content, name string, data []byte, depth int) {
	r.content(u, content{where: c.where + "/" + label(name, "no name"), name: name, data: data, inline: c.inline}, depth)
}

// withoutExt is the name of what is in a compressed file.
func withoutExt(name string) string {
	ext := path.Ext(name)
	name = strings.TrimSuffix(name, ext)
	switch strings.ToLower(ext) {
	case ".tgz", ".tbz", ".tbz2":
		return name + ".tar"
	}
	return name
}

// latinBytes are the bytes of a name that the library took for Latin-1.
func latinBytes(s string) string {
	b := make([]byte, 0, len(s))
	for _, c := range s {
		b = append(b, byte(c)) //nolint:gosec // Latin-1
	}
	return string(b)
}

// tar reads an archive of the tape program: what its headers say and every
// entry. depth counts this archive too.
func (r *reader) tar(u *unit, c content, depth int) {
	const mediaType = "application/x-tar"
	if depth > r.lim.Depth {
		u.unread(c.where, mediaType, whyDepth)
		return
	}
	rest := bytes.NewReader(c.data)
	in := tar.NewReader(rest)
	for {
		h, err := in.Next()
		switch {
		case errors.Is(err, io.EOF):
			if len(bytes.Trim(c.data[len(c.data)-rest.Len():], "\x00")) > 0 {
				u.unread(c.where, mediaType, whyAfterEnd)
			}
			return
		case err != nil && !errors.Is(err, tar.ErrInsecurePath):
			u.unread(c.where, mediaType, whyBroken)
			return
		}
		if r.entries++; r.entries > r.lim.Entries {
			u.unread(c.where, mediaType, whyEntries)
			return
		}
		name := u.tarHeader(c.where, h)
		where := c.where + "/" + label(name, "no name")
		data, why := r.inflate(in, len(c.data))
		if why != "" {
			u.unread(where, "", why)
			return // what follows cannot be found
		}
		r.content(u, content{where: where, name: name, data: data}, depth)
	}
}

// tarHeader reads the text of an entry's header and returns its name.
func (u *unit) tarHeader(where string, h *tar.Header) string {
	name := u.zipName(where, "file name", h.Name, false)
	u.zipName(where, "file name", h.Linkname, false)
	u.zipName(where, "owner", h.Uname, false)
	u.zipName(where, "owner", h.Gname, false)
	for _, key := range sortedKeys(h.PAXRecords) {
		switch key {
		case "path", "linkpath", "uname", "gname", "size", "mtime", "atime", "ctime", "uid", "gid":
		default:
			u.zipName(where, "comment", h.PAXRecords[key], false)
		}
	}
	return name
}
