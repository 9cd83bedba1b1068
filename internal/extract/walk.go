package extract

import (
	"maps"
	"slices"
	"strings"

	"github.com/kakitome/kakitome/internal/mail"
)

// family is what a part must know of the multiparts around it.
type family struct {
	root   bool            // the part is the root of its mail
	signed bool            // a child of multipart/signed
	cids   map[string]bool // Content-IDs the HTML of a multipart/related shows
	depth  int             // files inside files so far
}

// message reads a mail into its unit, and its attachments and enclosed mails
// into theirs.
func (r *reader) message(m *mail.Message, u *unit, depth int) {
	if m.Root == nil {
		if len(m.Raw) > 0 {
			u.unread("mail", "", whyNoMailRead)
		}
		return
	}
	u.Type = m.Root.MediaType
	r.part(m.Root, u, family{root: true, depth: depth})
}

func (r *reader) part(p *mail.Part, u *unit, f family) {
	if f.signed {
		if comment, ok := detachedSignature(p); ok {
			u.header(p)
			u.prose("file name", p.Filename, 0)
			u.prose("signature comment", comment, 0)
			return
		}
	}
	switch {
	case strings.HasPrefix(p.MediaType, "multipart/"):
		r.multipart(p, u, f)
	case p.Enclosed != nil:
		r.enclosed(p, u, f)
	case shown(p, f.root):
		u.header(p)
		u.faults(clip(p.MediaType), p)
		r.content(u, partContent(p, clip(p.MediaType)), f.depth)
	case shell(p):
		r.shell(p, u, f)
	default:
		r.attachment(p, u, f)
	}
}

// shell tells whether a part stands around what the mail itself says: S/MIME, or
// Outlook's winmail.dat.
func shell(p *mail.Part) bool {
	return wrapsEntity(p) || magic(p.Content) == "application/ms-tnef" && !strings.HasPrefix(p.MediaType, "text/")
}

// shell reads what is in such a part into the unit around it. At the root of a
// mail its header is the mail's.
func (r *reader) shell(p *mail.Part, u *unit, f family) {
	where := "attachment " + label(p.Filename, p.MediaType)
	u.header(p)
	u.prose("file name", p.Filename, 0)
	u.faults(where, p)
	c := partContent(p, where)
	c.shell = true
	r.content(u, c, f.depth)
}

func (r *reader) multipart(p *mail.Part, u *unit, f family) {
	u.header(p)
	u.faults(clip(p.MediaType), p)
	u.prose("preamble", p.Preamble, 1)
	u.prose(clip(p.MediaType), p.Text, 1) // of a multipart without its boundary
	f.root = false
	f.signed = p.MediaType == "multipart/signed"
	if p.MediaType == "multipart/related" {
		f.cids = maps.Clone(f.cids)
		if f.cids == nil {
			f.cids = map[string]bool{}
		}
		shownIDs(p, f.cids)
	}
	alternatives := p.MediaType == "multipart/alternative" && u.alternative == 0 && len(p.Children) > 1
	for i, child := range p.Children {
		if alternatives {
			u.alternative = alternative(i)
		}
		r.part(child, u, f)
	}
	if alternatives {
		u.alternative = 0
	}
	u.prose("epilogue", p.Epilogue, 1)
}

// shown tells whether a mail program shows the part as body text. Tables and
// other text files with a name are attachments whatever their disposition.
func shown(p *mail.Part, root bool) bool {
	if !strings.HasPrefix(p.MediaType, "text/") || p.Disposition == "attachment" {
		return false
	}
	plain := p.MediaType == "text/plain" || p.MediaType == "text/html"
	return p.Filename == "" || plain && (root || p.Disposition == "inline")
}

// attachment reads a part into a unit of its own.
func (r *reader) attachment(p *mail.Part, parent *unit, f family) {
	where := "attachment " + label(p.Filename, p.MediaType)
	u := r.own(Attachment, p, where, parent, f)
	c := partContent(p, where)
	c.whole, c.inline = true, p.Disposition == "inline" || f.cids[p.ContentID]
	r.content(u, c, f.depth)
}

// enclosed reads a message/rfc822 part.
func (r *reader) enclosed(p *mail.Part, parent *unit, f family) {
	u := r.own(Enclosed, p, clip(p.MediaType), parent, f)
	u.Bytes = p.Enclosed.Raw
	u.prefix += insideMail
	r.message(p.Enclosed, u, f.depth)
}

const insideMail = "enclosed mail/"

// own adds a unit for p, with what is said about it. At the root of a mail the
// header still belongs to the mail.
func (r *reader) own(kind UnitKind, p *mail.Part, where string, parent *unit, f family) *unit {
	u := r.add(kind, p.Filename, parent.prefix)
	u.Type, u.Bytes = p.MediaType, p.Content
	if f.root {
		parent.header(p)
	} else {
		u.header(p)
	}
	u.prose("file name", p.Filename, 0)
	u.faults(where, p)
	return u
}

// shownIDs collects the Content-IDs that HTML under p refers to (RFC 2392).
func shownIDs(p *mail.Part, ids map[string]bool) {
	for _, child := range p.Children {
		shownIDs(child, ids)
	}
	addShownIDs(p.Text, ids)
}

func addShownIDs(html string, ids map[string]bool) {
	for rest := html; ; {
		i := strings.Index(rest, "cid:")
		if i < 0 {
			return
		}
		rest = rest[i+len("cid:"):]
		end := 0
		for end < len(rest) && linkByte(rest[end]) && rest[end] != '\'' {
			end++
		}
		if end > 0 {
			ids[unescapePercent(rest[:end])] = true
		}
		rest = rest[end:]
	}
}

func sortedKeys(m map[string]string) []string {
	return slices.Sorted(maps.Keys(m))
}
