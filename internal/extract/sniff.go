package extract

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/kakitome/kakitome/internal/mail"
)

// form is how a file must be read.
type form uint8

const (
	formNothing form = iota // empty
	formText                // anything that is text
	formHTML
	formXML
	formJSON
	formCard // vCard and iCalendar: folded lines
	formZip
	formMail
	formImage
	formClosed // not read; why says the reason
)

type finding struct {
	form      form
	mediaType string // as labelled, or as found
	why       string
}

// magics are the first bytes of formats that are no text. Where bytes and label
// disagree, the bytes win.
var magics = []struct{ start, mediaType string }{
	{"PK\x03\x04", "application/zip"},
	{"PK\x05\x06", "application/zip"},
	{"PK\x07\x08", "application/zip"},
	{"%PDF-", "application/pdf"},
	{"\x89PNG\r\n\x1a\n", "image/png"},
	{"\xff\xd8\xff", "image/jpeg"},
	{"GIF87a", "image/gif"},
	{"GIF89a", "image/gif"},
	{"II*\x00", "image/tiff"},
	{"MM\x00*", "image/tiff"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"},
	{"\x78\x9f\x3e\x22", "application/ms-tnef"},
	{"Rar!\x1a\x07", "application/vnd.rar"},
	{"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"},
	{"\x1f\x8b", "application/gzip"},
	{"\xfd7zXZ\x00", "application/x-xz"},
	{"\x28\xb5\x2f\xfd", "application/zstd"},
	{"{\\rtf", "application/rtf"},
	{"%!PS", "application/postscript"},
	{"SQLite format 3\x00", "application/vnd.sqlite3"},
	{"\x7fELF", "application/x-elf"},
	{"OggS\x00", "application/ogg"},
	{"ID3\x03", "audio/mpeg"},
	{"ID3\x04", "audio/mpeg"},
	{"-----BEGIN PGP MESSAGE", "application/pgp-encrypted"},
}

// magic names the format of bytes that are no text, or returns "".
func magic(data []byte) string {
	for _, m := range magics {
		if bytes.HasPrefix(data, []byte(m.start)) {
			return m.mediaType
		}
	}
	for _, m := range []struct {
		at               int
		start, mediaType string
	}{
		{8, "WEBP", "image/webp"}, {4, "ftyp", "video/mp4"}, {2, "-lh5-", "application/x-lzh-compressed"},
		{4, "1AY&SY", "application/x-bzip2"},
	} {
		if len(data) > m.at && bytes.HasPrefix(data[m.at:], []byte(m.start)) {
			return m.mediaType
		}
	}
	return ""
}

// extensions are media types of file names, for files whose label says nothing.
var extensions = map[string]string{
	".htm": "text/html", ".html": "text/html", ".xhtml": "text/html",
	".xml": "text/xml", ".svg": "image/svg+xml",
	".json": "application/json", ".jsonl": "application/json", ".ndjson": "application/json",
	".ics": "text/calendar", ".vcs": "text/calendar", ".vcf": "text/vcard",
	".eml": "message/rfc822", ".mht": "message/rfc822", ".mhtml": "message/rfc822",
	".zip": "application/zip", ".pdf": "application/pdf", ".rtf": "application/rtf",
	".xls": "application/vnd.ms-excel", ".xlsx": "application/vnd.ms-excel", ".xlsm": "application/vnd.ms-excel",
	".doc": "application/msword", ".docx": "application/msword",
	".ppt": "application/vnd.ms-powerpoint", ".pptx": "application/vnd.ms-powerpoint",
	".msg": "application/vnd.ms-outlook", ".mbox": "application/mbox",
	".p7m": "application/pkcs7-mime", ".pgp": "application/pgp-encrypted", ".gpg": "application/pgp-encrypted",
	".asc": "application/pgp-encrypted",
	".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif",
	".bmp": "image/bmp", ".tif": "image/tiff", ".tiff": "image/tiff", ".webp": "image/webp", ".heic": "image/heic",
}

// forms are the media types read in a certain form; other text/* is text, and
// what is in neither list is text if it decodes as text.
var forms = map[string]form{
	"text/html": formHTML, "application/xhtml+xml": formHTML, "text/x-amp-html": formHTML, "text/enriched": formHTML,
	"text/richtext": formHTML,
	"text/xml":      formXML, "application/xml": formXML,
	"application/json": formJSON, "text/json": formJSON, "application/x-ndjson": formJSON,
	"text/calendar": formCard, "application/ics": formCard, "text/vcard": formCard, "text/x-vcard": formCard,
	"text/directory": formCard, "text/x-vcalendar": formCard,
	"application/zip": formZip, "application/x-zip-compressed": formZip, "application/x-zip": formZip,
	"message/rfc822": formMail, "message/global": formMail, "text/rfc822-headers": formMail,
	"message/delivery-status": formText, "message/disposition-notification": formText,
	"message/feedback-report": formText, "message/global-delivery-status": formText,
	"application/javascript": formText, "application/sql": formText, "application/csv": formText,
}

// closed are media types whose bytes may look like text without being readable.
var closed = map[string]string{
	"application/pdf": whyFormat, "application/rtf": whyFormat, "text/rtf": whyFormat,
	"application/postscript": whyFormat, "application/mbox": whyFormat, "application/ms-tnef": whyFormat,
	"application/pgp-encrypted": whyEncrypted, "application/pgp-keys": whyFormat,
	"application/pkcs7-mime": whyEncrypted, "application/x-pkcs7-mime": whyEncrypted,
	"application/mac-binhex40": whyFormat,
	"message/partial":          whyFragment, "message/external-body": whyFragment,
}

// sniff decides how to read a file from its bytes, its label and its name, in
// this order of trust.
func sniff(c content) finding {
	if len(bytes.TrimSpace(c.data)) == 0 && strings.TrimSpace(c.text) == "" {
		return finding{form: formNothing}
	}
	labelled := c.mediaType
	if generic(labelled) {
		if t := extensions[strings.ToLower(path.Ext(c.name))]; t != "" {
			labelled = t
		}
	}
	if found := magic(c.data); found != "" {
		return fromMagic(found, c.mediaType)
	}
	if why := closed[labelled]; why != "" {
		return finding{formClosed, labelled, why}
	}
	kind, _, _ := strings.Cut(labelled, "/")
	switch f := forms[labelled]; {
	case f != formNothing:
		return finding{form: f, mediaType: labelled}
	case strings.HasSuffix(labelled, "+json"):
		return finding{form: formJSON, mediaType: labelled}
	case kind == "image":
		return finding{form: formImage, mediaType: labelled}
	case strings.HasSuffix(labelled, "+xml"):
		return finding{form: formXML, mediaType: labelled}
	case kind == "text":
		return finding{form: formText, mediaType: labelled}
	case kind == "audio", kind == "video", kind == "font", kind == "model":
		return finding{formClosed, labelled, whyFormat}
	}
	return fromText(c, labelled)
}

// generic tells whether a label says so little that the file name decides.
func generic(mediaType string) bool {
	switch mediaType {
	case "", "application/octet-stream", "text/plain", "application/x-download", "application/force-download",
		"application/download", "application/binary", "application/unknown":
		return true
	}
	return false
}

func fromMagic(found, labelled string) finding {
	kind, _, _ := strings.Cut(found, "/")
	switch {
	case strings.HasPrefix(labelled, "text/"):
		return finding{formClosed, found, whyBinary}
	case found == "application/zip":
		return finding{form: formZip, mediaType: found}
	case kind == "image":
		return finding{form: formImage, mediaType: found}
	case found == "application/pgp-encrypted":
		return finding{formClosed, found, whyEncrypted}
	}
	return finding{formClosed, found, whyFormat}
}

// fromText reads bytes without a telling label as text, if they are text.
func fromText(c content, labelled string) finding {
	text := c.text
	if !c.decoded {
		text, _, _ = mail.DecodeText(c.data, c.charset) // its fault is listed when the text is read
	}
	trimmed := strings.TrimLeft(text, "\uFEFF \t\r\n")
	switch {
	case junk(text):
		return finding{formClosed, labelled, whyFormat}
	case strings.HasPrefix(trimmed, "<?xml"):
		return finding{form: formXML, mediaType: labelled}
	case looksHTML(text):
		return finding{form: formHTML, mediaType: labelled}
	case strings.HasPrefix(trimmed, "{"), strings.HasPrefix(trimmed, "["):
		return finding{form: formJSON, mediaType: labelled}
	case strings.HasPrefix(trimmed, "BEGIN:VC"):
		return finding{form: formCard, mediaType: labelled}
	case looksMail(trimmed):
		return finding{form: formMail, mediaType: labelled}
	}
	return finding{form: formText, mediaType: labelled}
}

// looksHTML tells whether a program would take the text for HTML.
func looksHTML(text string) bool {
	head := strings.ToLower(strings.TrimLeft(text[:min(len(text), 1024)], "\uFEFF \t\r\n"))
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body", "<meta", "<title", "<table", "<div", "<p>", "<p ", "<!--"} {
		if strings.HasPrefix(head, tag) {
			return true
		}
	}
	return false
}

// looksMail tells whether text starts like a mail: with fields only, two of
// them known.
func looksMail(text string) bool {
	known := 0
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		if line[0] == ' ' || line[0] == '\t' {
			continue
		}
		name, _, ok := strings.Cut(line, ":")
		if !ok || name == "" || strings.ContainsAny(name, " \t") {
			return false
		}
		switch strings.ToLower(name) {
		case "from", "to", "subject", "date", "received", "message-id", "mime-version", "return-path":
			known++
		}
	}
	return known >= 2
}

// declaredCharset is the charset that HTML or XML states in its first
// kilobyte, or "".
func declaredCharset(data []byte, f form) string {
	key := map[form]string{formHTML: "charset=", formXML: "encoding="}[f]
	head := strings.ToLower(string(data[:min(len(data), 1024)]))
	if key == "" {
		return ""
	}
	_, rest, _ := strings.Cut(head, key)
	rest = strings.TrimLeft(rest, `"' `)
	if end := strings.IndexAny(rest, "\"' \t\r\n/>;?"); end > 0 {
		return rest[:end]
	}
	return ""
}

// detachedSignature tells whether a part is nothing but a signature over its
// sibling: small, and DER or armour as its type says (RFC 1847, RFC 3156,
// RFC 8551 §3.5.3).
func detachedSignature(p *mail.Part) bool {
	const limit = 64 << 10
	broken := slices.ContainsFunc(p.Faults, mail.Fault.Unreadable)
	if broken || len(p.Content) >= limit {
		return false
	}
	switch p.MediaType {
	case "application/pkcs7-signature", "application/x-pkcs7-signature":
		return len(p.Content) > 2 && p.Content[0] == 0x30 && p.Content[1] >= 0x80
	case "application/pgp-signature":
		body := bytes.TrimSpace(p.Content)
		return bytes.HasPrefix(body, []byte("-----BEGIN PGP SIGNATURE-----")) && bytes.HasSuffix(body, []byte("-----END PGP SIGNATURE-----"))
	}
	return false
}
