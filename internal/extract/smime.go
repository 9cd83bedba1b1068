package extract

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/pem"
	"path"
	"strings"

	"github.com/kakitome/kakitome/internal/cms"
	"github.com/kakitome/kakitome/internal/mail"
)

// smime reads what an S/MIME message wraps: at its place in a mail an entity of
// that mail, elsewhere a file or a mail. Certificates and signatures beside it
// are the sender's and skipped on purpose, while they are no larger than that.
// depth counts this layer too.
func (r *reader) smime(u *unit, c content, depth int) {
	const mediaType = "application/pkcs7-mime"
	if depth > r.lim.Depth {
		u.unread(c.where, mediaType, whyDepth)
		return
	}
	m, err := cms.Open(withoutArmour(c.data))
	if m.Beside > signatureLimit && !m.Bare || m.After > 0 {
		u.unread(c.where, mediaType, whyAfterEnd)
	}
	inner, why := m.Content, ""
	switch {
	case err != nil:
		why = whyBrokenFile
	case m.Kind == cms.Encrypted:
		why = whyEncrypted
	case m.Bare, m.Inner != cms.Data:
		why = whyFormat
	case m.Kind == cms.Compressed:
		inner, why = r.zlib(inner)
	}
	if why != "" {
		u.unread(c.where, mediaType, why)
		return
	}
	switch name := strings.TrimSuffix(c.name, path.Ext(c.name)); {
	case c.shell:
		r.part(mail.Parse(inner, r.lim.Mail).Root, u, family{root: true, depth: depth})
	case path.Ext(name) != "":
		r.content(u, content{where: c.where + "/" + label(name, "no name"), name: name, data: inner, inline: c.inline}, depth)
	default:
		r.content(u, content{where: c.where, name: name, mediaType: "message/rfc822", data: inner, whole: c.whole}, depth)
	}
}

// zlib unpacks a compressed message (RFC 3274 §2).
func (r *reader) zlib(packed []byte) (data []byte, why string) {
	in, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, whyBrokenFile
	}
	return r.inflate(in, len(packed))
}

// withoutArmour is a message without the base64 and the lines that files of
// cryptographic messages come in.
func withoutArmour(data []byte) []byte {
	if len(data) > 0 && data[0] == 0x30 {
		return data
	}
	if block, rest := pem.Decode(data); block != nil && len(bytes.TrimSpace(rest)) == 0 {
		return block.Bytes
	}
	if der, err := base64.StdEncoding.DecodeString(string(data)); err == nil {
		return der
	}
	return data
}

// smimeTypes are the labels of a message that wraps something.
var smimeTypes = map[string]bool{"application/pkcs7-mime": true, "application/x-pkcs7-mime": true}

// wrapsEntity tells whether a part is an S/MIME message around an entity, not
// around a file that has a name of its own ("order.xml.p7m").
func wrapsEntity(p *mail.Part) bool {
	return smimeTypes[p.MediaType] && path.Ext(strings.TrimSuffix(p.Filename, path.Ext(p.Filename))) == ""
}
