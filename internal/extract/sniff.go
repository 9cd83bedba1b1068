package extract

import (
	"bytes"
	"path"
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
	formRTF
	formTNEF
	formPDF
	formSMIME
	formZip
	formGzip
	formBzip2
	formTar
	formMailbox
	formMail
	formImage   // the bytes say so; a label alone would let text pass as an inline image
	formDrawing // SVG, which is XML and an image
	formClosed  // not read; why says the reason
)

type finding struct {
	form      form
	mediaType string // as labelled, or as found
	why       string // for formClosed
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
		return fromMagic(found, c)
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
	case labelled == "image/svg+xml":
		return finding{form: formDrawing, mediaType: labelled}
	case strings.HasSuffix(labelled, "+xml"):
		return finding{form: formXML, mediaType: labelled}
	case kind == "text":
		return finding{form: formText, mediaType: labelled}
	case kind == "image":
		return fromText(c, labelled, whyNoImage)
	case kind == "audio", kind == "video", kind == "font", kind == "model":
		return finding{formClosed, labelled, whyFormat}
	}
	return fromText(c, labelled, whyFormat)
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

func fromMagic(found string, c content) finding {
	kind, _, _ := strings.Cut(found, "/")
	switch {
	case found == "application/rtf":
		return finding{form: formRTF, mediaType: found}
	case strings.HasPrefix(c.mediaType, "text/"):
		return finding{formClosed, found, whyBinary}
	case found == "application/gzip":
		return finding{form: formGzip, mediaType: found}
	case found == "application/x-bzip2":
		return finding{form: formBzip2, mediaType: found}
	case found == "application/x-tar":
		return finding{form: formTar, mediaType: found}
	case found == "application/ms-tnef":
		return finding{form: formTNEF, mediaType: found}
	case found == "application/pdf":
		return finding{form: formPDF, mediaType: found}
	case found == "application/zip":
		return finding{form: formZip, mediaType: found}
	case kind == "image":
		return finding{form: formImage, mediaType: found}
	case found == "application/pgp-encrypted":
		return finding{formClosed, found, whyEncrypted}
	case found == "application/x-ole-storage":
		if bytes.Contains(c.data, []byte("_\x00_\x00p\x00r\x00o\x00p\x00e\x00r\x00t\x00i\x00e\x00s\x00_\x00")) { // MS-OXMSG §2.4
			found = "application/vnd.ms-outlook"
		}
		return finding{formClosed, found, oleWhy(c.data)}
	}
	return finding{formClosed, found, whyFormat}
}

// fromText reads bytes without a telling label as text, if they are text; else
// they stay closed for the reason given.
func fromText(c content, labelled, why string) finding {
	text := c.text
	if !c.decoded {
		text, _, _ = mail.DecodeText(c.data, c.charset) // its fault is listed when the text is read
	}
	trimmed := strings.TrimLeft(text, "\uFEFF \t\r\n")
	switch {
	case junk(text):
		return finding{formClosed, labelled, why}
	case strings.HasPrefix(trimmed, "<?xml"):
		return finding{form: formXML, mediaType: labelled}
	case looksHTML(text):
		return finding{form: formHTML, mediaType: labelled}
	case strings.HasPrefix(trimmed, "{"), strings.HasPrefix(trimmed, "["):
		return finding{form: formJSON, mediaType: labelled}
	case strings.HasPrefix(trimmed, "BEGIN:VC"):
		return finding{form: formCard, mediaType: labelled}
	case looksMailbox(trimmed):
		return finding{form: formMailbox, mediaType: labelled}
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
