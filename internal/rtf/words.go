package rtf

// word takes a control word.
func (p *parser) word(t token) {
	switch string(t.word) {
	case "bin": // that many raw bytes follow
		n := min(max(t.value, 0), len(p.data)-p.at)
		p.at += n
		if p.skip > 0 {
			p.skip--
		} else if n > 0 && p.group.out != nil {
			p.fault(Binary)
		}
		return
	case "*":
		p.group.star = true
		return
	}
	if p.skip > 0 { // counts as one, but is obeyed: who writes \u without a substitute loses nothing
		p.skip--
	}
	star := p.group.star
	p.group.star = false
	if s, ok := characters[string(t.word)]; ok {
		p.put(s)
		return
	}
	if string(t.word) == "u" {
		p.unicode(t.value)
		return
	}
	p.flush()
	if p.state(t) || p.destination(t) {
		return
	}
	if star && p.group.out != nil { // a destination nobody knows
		p.begin()
	}
}

// characters are the control words that are text.
var characters = map[string]string{
	"par": "\n", "line": "\n", "sect": "\n", "page": "\n", "column": "\n", "softline": "\n", "lbr": "\n", "row": "\n", "nestrow": "\n",
	"tab": "\t", "cell": "\t", "nestcell": "\t",
	"emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
	"emspace": "\u2003", "enspace": "\u2002", "qmspace": "\u2005",
	"zwbo": "\u200b", "zwnbo": "\u2060", "zwj": "\u200d", "zwnj": "\u200c", "ltrmark": "\u200e", "rtlmark": "\u200f",
	"~": "\u00a0", "-": "\u00ad", "_": "\u2011", ":": "", "|": "",
}

// state takes control words that say how text is to be read.
func (p *parser) state(t token) bool {
	switch string(t.word) {
	case "mac":
		p.page, p.named = 10000, true
	case "pc", "pca": // of MS-DOS, which nobody decodes
		p.page, p.named = 437, true
	case "ansicpg":
		if t.value > 0 {
			p.page, p.named = t.value, true
		}
	case "uc":
		p.group.uc = min(max(t.value, 0), 16)
	case "deff":
		p.font, p.group.font = t.value, t.value
	case "f":
		p.group.font = t.value
		if p.group.fonts {
			p.group.page, p.fonts[t.value] = 0, 0
		}
	case "plain":
		p.group.font = p.font
	case "fcharset":
		if p.group.fonts && p.group.page == 0 {
			p.fonts[p.group.font] = charsets[t.value]
		}
	case "cpg":
		if p.group.fonts {
			p.group.page = t.value
			p.fonts[p.group.font] = t.value
		}
	case "fromhtml":
		p.doc.HTML = t.value == 1 // MS-OXRTFEX §2.1.3.1: any other is none
	case "htmlrtf":
		p.group.quiet = !t.given || t.value != 0
	default:
		return false
	}
	return true
}

// charsets are the code pages of \fcharset; 0 is that of the document.
var charsets = map[int]int{
	0: 1252, 77: 10000, 78: 10001, 128: 932, 129: 949, 134: 936, 136: 950,
	161: 1253, 162: 1254, 163: 1258, 177: 1255, 178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250,
}

// destination takes control words that say where the text of the group goes.
func (p *parser) destination(t token) bool {
	name := string(t.word)
	if name == "sv" { // also within a picture, where it is what describes it
		p.begin()
		p.group.value = true
		return true
	}
	if p.group.out == nil { // within what is skipped
		if kind := pictures[name]; kind != "" {
			p.pictures[kind], p.nameless = true, false
		}
		return true
	}
	switch {
	case name == "fonttbl":
		p.discard()
		p.group.fonts = true
	case name == "pict":
		p.picture()
		p.discard()
		p.nameless = true
	case name == "objdata":
		p.discard()
		p.doc.Objects = true
	case name == "htmltag" && p.doc.HTML:
		p.end()
		p.group.out, p.group.quiet = &p.main, false
	case skipped[name]:
		p.discard()
	case asides[name]:
		p.begin()
	default:
		return shown[name]
	}
	return true
}

// picture notes a picture that did not say what it is.
func (p *parser) picture() {
	if p.nameless {
		p.pictures["image/unknown"], p.nameless = true, false
	}
}

// pictures are the media types of pictures by what says so within \pict.
var pictures = map[string]string{
	"pngblip": "image/png", "jpegblip": "image/jpeg", "emfblip": "image/emf", "wmetafile": "image/wmf",
	"dibitmap": "image/bmp", "wbitmap": "image/bmp", "macpict": "image/x-pict", "pmmetafile": "image/x-pict",
}

// skipped are the groups that no program shows: tables of the document, notes
// of the program that wrote it, and pictures.
var skipped = set("colortbl", "expandedcolortbl", "stylesheet", "filetbl", "listtable", "listoverridetable", "rsidtbl", "generator",
	"latentstyles", "themedata", "colorschememapping", "datastore", "xmlnstbl", "mmathPr", "wgrffmtfilter", "pgptbl",
	"passwordhash", "objclass", "datafield", "pnseclvl", "pgdsctbl", "oldcprops", "oldpprops", "oldtprops", "oldsprops", "sn")

// asides are the groups that stand outside of the flow. Those that begin with
// \* and stand in no table here are, too.
var asides = set("header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf", "footnote",
	"title", "subject", "author", "manager", "company", "operator", "category", "keywords", "comment", "doccomm", "hlinkbase",
	"propname", "staticval", "linkval", "xe", "tc", "rxe", "txe", "shptxt", "dptxbxtext", "revtbl")

// shown are the groups with \* whose text is part of the flow.
var shown = set("nesttableprops", "shppict")

func set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}
