package letter

import (
	"strings"
)

// escape makes words safe in HTML, text and attributes alike.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

// style is small: large letters, dark where the reader's screen is, and nothing
// is fetched from anywhere.
const style = `:root{color-scheme:light dark}body{margin:0;padding:1rem;font:16px/1.7 sans-serif}main,footer{max-width:40rem;margin:0 auto}h1{font-size:1.25rem}h2{font-size:1.05rem;margin:1.5rem 0 .5rem}ul{padding-left:1.25rem}hr{margin:2rem auto}a{overflow-wrap:anywhere}`

// html is a letter in both languages as a page of its own. A line that begins
// with ■ is a heading, lines that begin with ・ are a list, and page is the only
// link.
func html(title, text Text, page string) string {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html>\n<html lang=\"ja\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
	b.WriteString("<title>" + escape.Replace(title.Ja) + "</title>\n<style>" + style + "</style>\n</head>\n<body>\n<main>\n")
	b.WriteString("<h1>" + escape.Replace(title.Ja) + "</h1>\n")
	blocks(&b, text.Ja, page)
	b.WriteString("<hr>\n<div lang=\"en\">\n<h1>" + escape.Replace(title.En) + "</h1>\n")
	blocks(&b, text.En, page)
	b.WriteString("</div>\n</main>\n</body>\n</html>\n")
	return b.String()
}

// blocks writes the paragraphs of a text.
func blocks(b *strings.Builder, text, page string) {
	for para := range strings.SplitSeq(text, "\n\n") {
		var run []string // lines of the open paragraph
		list := false
		flush := func() {
			switch {
			case len(run) == 0:
			case list:
				b.WriteString("<ul>\n<li>" + strings.Join(run, "</li>\n<li>") + "</li>\n</ul>\n")
			default:
				b.WriteString("<p>" + strings.Join(run, "<br>\n") + "</p>\n")
			}
			run = nil
		}
		for line := range strings.SplitSeq(para, "\n") {
			if head, ok := strings.CutPrefix(line, "■"); ok {
				flush()
				b.WriteString("<h2>" + escape.Replace(strings.TrimLeft(head, " 　")) + "</h2>\n")
				continue
			}
			item, ok := strings.CutPrefix(line, "・")
			if ok != list {
				flush()
				list = ok
			}
			run = append(run, linked(item, page))
		}
		flush()
	}
}

// linked is a line with its link.
func linked(line, page string) string {
	if page == "" {
		return escape.Replace(line)
	}
	words := strings.Split(line, page)
	for i := range words {
		words[i] = escape.Replace(words[i])
	}
	url := escape.Replace(page)
	return strings.Join(words, `<a href="`+url+`">`+url+`</a>`)
}
