package extract

import "bytes"

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
	{"\x00\x00\x01\x00", "image/x-icon"},
	{"\xd7\xcd\xc6\x9a", "image/wmf"},
	{"VCLMTF", "image/x-svm"},
	{"II\xbc\x01", "image/vnd.ms-photo"},
	{"II*\x00", "image/tiff"},
	{"MM\x00*", "image/tiff"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"},
	{"\x78\x9f\x3e\x22", "application/ms-tnef"},
	{"Rar!\x1a\x07", "application/vnd.rar"},
	{"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"},
	{"\x1f\x8b", "application/gzip"},
	{"\x1f\x9d", "application/x-compress"},
	{"MSCF\x00\x00\x00\x00", "application/vnd.ms-cab-compressed"},
	{"\xfd7zXZ\x00", "application/x-xz"},
	{"\x28\xb5\x2f\xfd", "application/zstd"},
	{"%!PS", "application/postscript"},
	{"SQLite format 3\x00", "application/vnd.sqlite3"},
	{"\x7fELF", "application/x-elf"},
	{"OggS\x00", "application/ogg"},
	{"ID3\x03", "audio/mpeg"},
	{"ID3\x04", "audio/mpeg"},
	{"-----BEGIN PGP MESSAGE", "application/pgp-encrypted"},
}

// innerMagics are formats known by their first bytes and by what comes later.
var innerMagics = []struct {
	first            string
	at               int
	later, mediaType string
}{
	{"RIFF", 8, "WEBP", "image/webp"},
	{"\x00\x00", 4, "ftypheic", "image/heic"},
	{"\x00\x00", 4, "ftypmif1", "image/heif"},
	{"\x00\x00", 4, "ftypavif", "image/avif"},
	{"\x00\x00", 4, "ftyp", "video/mp4"},
	{"\x01\x00\x00\x00", 40, " EMF", "image/emf"},
	{"BM", 6, "\x00\x00\x00\x00", "image/bmp"},
	{"BZh", 4, "1AY&SY", "application/x-bzip2"},
	{"", 2, "-lh0-", "application/x-lzh-compressed"},
	{"", 2, "-lh1-", "application/x-lzh-compressed"},
	{"", 2, "-lh4-", "application/x-lzh-compressed"},
	{"", 2, "-lh5-", "application/x-lzh-compressed"},
	{"", 2, "-lh6-", "application/x-lzh-compressed"},
	{"", 2, "-lh7-", "application/x-lzh-compressed"},
	{"", 2, "-lhd-", "application/x-lzh-compressed"},
	{"", 2, "-lzs-", "application/x-lzh-compressed"},
	{"", 257, "ustar", "application/x-tar"},
}

// magic names the format of bytes that are no text, or returns "".
func magic(data []byte) string {
	if bytes.HasPrefix(bytes.TrimLeft(data, "\xef\xbb\xbf \t\r\n"), []byte("{\\rtf")) {
		return "application/rtf"
	}
	for _, m := range magics {
		if bytes.HasPrefix(data, []byte(m.start)) {
			return m.mediaType
		}
	}
	for _, m := range innerMagics {
		if len(data) > m.at && bytes.HasPrefix(data, []byte(m.first)) && bytes.HasPrefix(data[m.at:], []byte(m.later)) {
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
	".zip": "application/zip", ".tar": "application/x-tar", ".pdf": "application/pdf", ".rtf": "application/rtf",
	".xls": "application/vnd.ms-excel", ".xlsx": "application/vnd.ms-excel", ".xlsm": "application/vnd.ms-excel",
	".doc": "application/msword", ".docx": "application/msword",
	".ppt": "application/vnd.ms-powerpoint", ".pptx": "application/vnd.ms-powerpoint",
	".msg": "application/vnd.ms-outlook", ".mbox": "application/mbox", ".mbx": "application/mbox",
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
	"application/pdf": formPDF, "application/x-pdf": formPDF,
	"application/zip": formZip, "application/x-zip-compressed": formZip, "application/x-zip": formZip,
	"application/x-tar": formTar, "application/mbox": formMailbox,
	"application/pkcs7-mime": formSMIME, "application/x-pkcs7-mime": formSMIME,
	"message/rfc822": formMail, "message/global": formMail, "text/rfc822-headers": formMail,
	"message/delivery-status": formText, "message/disposition-notification": formText,
	"message/feedback-report": formText, "message/global-delivery-status": formText,
	"application/javascript": formText, "application/sql": formText, "application/csv": formText,
}

// closed are media types whose bytes may look like text without being readable.
var closed = map[string]string{
	"application/postscript": whyFormat, "application/ms-tnef": whyFormat,
	"application/pgp-encrypted": whyEncrypted, "application/pgp-keys": whyFormat,
	"application/mac-binhex40": whyFormat,
	"message/partial":          whyFragment, "message/external-body": whyFragment,
}
