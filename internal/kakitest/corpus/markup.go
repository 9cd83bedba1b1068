package corpus

import (
	"fmt"
	"html"
	"regexp"
	"strings"
)

// page makes HTML of plain text: a table of its lines, paragraphs, or a
// newsletter's layout.
func (s *Story) page(text string, l *Look) string {
	p := page{Story: s, Markup: l.Markup, charset: l.Charset}
	p.WriteString("<!DOCTYPE html>\n<html lang=\"ja\"><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=" + p.charset + "\">\n")
	p.WriteString("<style type=\"text/css\">body { font-family: sans-serif; } th { text-align: left; }</style></head><body>\n")
	switch p.Skin {
	case "table":
		p.rows(text, "<table border=\"1\">", "<tr><th>%s</th><td>%s</td></tr>\n", "</table>\n")
	case "dl":
		p.rows(text, "<dl>", "<dt>%s</dt>\n<dd>%s</dd>\n", "</dl>\n")
	case "pre":
		p.lines(text, "<pre>", "%s\n", "</pre>\n")
	case "br":
		p.lines(text, "<div>", "%s<br>\n", "</div>\n")
	case "letter":
		first, _, _ := strings.Cut(text, "\n")
		p.WriteString("<div style=\"display:none;max-height:0;overflow:hidden\">" + p.inline(first) + "&nbsp;&zwnj;&nbsp;&zwnj;</div>\n")
		p.WriteString("<!--[if mso]><table width=\"600\"><tr><td><![endif]-->\n")
		p.lines(text, "<table role=\"presentation\" width=\"100%\"><tr><td align=\"center\"><table width=\"600\">\n",
			"<tr><td style=\"padding:4px 20px;font-size:14px\">%s</td></tr>\n", "</table></td></tr></table>\n")
		p.WriteString("<!--[if mso]></td></tr></table><![endif]-->\n<img src=\"https://shop.example/img/logo.png\" width=\"120\" alt=\"例示商店\">\n")
	default:
		p.lines(text, "", "<p>%s</p>\n", "")
	}
	p.WriteString("</body></html>\n")
	if p.Line && p.Skin != "pre" {
		return strings.ReplaceAll(p.String(), "\n", "")
	}
	return p.String()
}

type page struct {
	*Story
	Markup
	strings.Builder
	charset string
}

// lines writes each line alike.
func (p *page) lines(text, begin, each, end string) {
	p.WriteString(begin)
	for line := range strings.Lines(text) {
		fmt.Fprintf(&p.Builder, each, p.inline(strings.TrimRight(line, "\n")))
	}
	p.WriteString(end)
}

// rows writes lines of a label and a value as the rows of a table.
func (p *page) rows(text, begin, row, end string) {
	open := false
	toggle := func(want bool) {
		switch {
		case want && !open:
			p.WriteString(begin)
		case !want && open:
			p.WriteString(end)
		}
		open = want
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		label, value, ok := strings.Cut(line, "：")
		if toggle(ok); ok {
			fmt.Fprintf(&p.Builder, row, p.inline(label), p.inline(value))
		} else {
			p.WriteString("<p>" + p.inline(line) + "</p>\n")
		}
	}
	toggle(false)
}

var linked = regexp.MustCompile(`https?://[!-;=?-~]+|[0-9A-Za-z._+-]+@[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)+|0\d{1,4}-\d{1,4}-\d{3,4}`)

// inline is one line of text with its links.
func (p *page) inline(line string) string {
	if !strings.ContainsAny(line, "@/-") {
		return p.dress(line)
	}
	var b strings.Builder
	from := 0
	for _, at := range linked.FindAllStringIndex(line, -1) {
		b.WriteString(p.dress(line[from:at[0]]))
		from = at[1]
		switch found := line[at[0]:at[1]]; {
		case strings.HasPrefix(found, "http"):
			fmt.Fprintf(&b, `<a href="%s">%s</a>`, html.EscapeString(found), html.EscapeString(found))
		case strings.Contains(found, "@"):
			fmt.Fprintf(&b, `<a href="mailto:%s">%s</a>`, html.EscapeString(found), p.dress(found))
		default:
			fmt.Fprintf(&b, `<a href="tel:%s" style="color:#06c">%s</a>`, strings.ReplaceAll(found, "-", ""), p.dress(found))
		}
	}
	b.WriteString(p.dress(line[from:]))
	return b.String()
}

// dress writes text with the page's trick; a reader sees the same.
func (p *page) dress(text string) string {
	if p.Trick == "none" || p.Trick == "" {
		return html.EscapeString(text)
	}
	var b strings.Builder
	for _, r := range text {
		escaped := html.EscapeString(string(r))
		plain := r <= ' ' || r == '　'
		switch {
		case p.Trick == "entities" && r > 0x7e:
			fmt.Fprintf(&b, one(p.Story, "&#%d;", "&#%d;", "&#x%x;", "&#x%X;"), r)
		case p.Trick == "spans" && !plain && p.rng.IntN(6) == 0:
			b.WriteString(one(p.Story, `<span style="color:#333">`, `<span class="v">`, `<span>`) + escaped + "</span>")
		case p.Trick == "shy" && !plain && p.rng.IntN(6) == 0:
			b.WriteString(escaped + one(p.Story, "&shy;", "&#8203;", "<wbr>", "&#xFEFF;"))
		default:
			b.WriteString(escaped)
		}
	}
	return b.String()
}
