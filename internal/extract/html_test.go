package extract

import (
	"strings"
	"testing"
)

func TestHTML(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in string
		want     []string // place: text, with | for a line and ¦ for a tab
	}{
		{"inline elements join", "<p>山<b>田</b><!-- x -->太<wbr>郎<span></span>様</p>", []string{"comment:  x ", " line 1: 山田太郎様"}},
		{"blocks and breaks", "<div>a</div>b<br>c<ul><li>d<li>e</ul>", []string{" line 1: a|b|c|d|e"}},
		{"cells", "<table><tr><th>氏名</th><td>山田</td></tr><tr><td>a<td>b</table>", []string{" line 1: 氏名¦山田|a¦b"}},
		{"white space", "  a \n\t b&nbsp;c <pre> x\n  y</pre>", []string{" line 1: a b\u00a0c| x|  y"}},
		{"entities", "&#23665;&#x7530;&amp;&shy;&zwnj;&lt;b&gt;", []string{" line 1: 山田&\u00ad\u200c<b>"}},
		{"zero width", "090\u200b1234", []string{" line 1: 090\u200b1234"}},
		{"hidden", `<span style="display:none">山田</span>`, []string{" line 1: 山田"}},
		{"input values", `<input type=hidden value="M-0012345" name=no>`, []string{"value: M-0012345", "name: no"}},
		{"texts in attributes", `<img alt="山田様" title=t><a aria-label=l data-tel=090 placeholder=p>x</a><meta content=c>`, []string{
			"alt: 山田様", "title: t", "aria-label: l", "data-tel: 090", "placeholder: p", "content: c", " line 1: x",
		}},
		{"links", `<a href="mailto:taro%40example.jp?subject=%8E%52%93%63">m</a>`, []string{
			"href: mailto:taro%40example.jp?subject=%8E%52%93%63", "href: mailto:taro@example.jp?subject=山田", " line 1: m",
		}},
		{"wrapped links", `<a href="https://t.example/?u=https%3A%2F%2Fs.example%2F%3Fn%3D%25E5%25B1%25B1"></a>`, []string{
			"href: https://t.example/?u=https%3A%2F%2Fs.example%2F%3Fn%3D%25E5%25B1%25B1",
			"href: https://t.example/?u=https://s.example/?n=%E5%B1%B1",
			"href: https://t.example/?u=https://s.example/?n=山",
		}},
		{"plus in a query", `<a href="/?n=Taro+Yamada&amp;m=a%2Bb"></a>`, []string{
			"href: /?n=Taro+Yamada&m=a%2Bb", "href: /?n=Taro Yamada&m=a+b", "href: /?n=Taro+Yamada&m=a+b", "href: /?n=Taro Yamada&m=a b",
		}},
		{"looks are skipped", `<td width=600 style="color:#112233" class=x bgcolor="#ffffff">a`, []string{" line 1: a"}},
		{"looks with text", `<td width="09012345678" style="background:url(/b?u=taro)" class="山田">`, []string{
			"width: 09012345678", "style: background:url(/b?u=taro)", "class: 山田",
		}},
		{"repeated attributes once", `<i id=a></i><b id=a></b>`, []string{"id: a"}},
		{"conditional comment", "<!--[if mso]><table><td>山<b>田</b></td></table><![endif]-->x<!--[if !mso]><!-->y<!--<![endif]-->", []string{
			"comment: 山田", " line 1: xy",
		}},
		{"comment in comment", "<!-- <p title=t>&#23665;</p> <!-- deeper -->", []string{"comment title: t", "comment comment:  deeper ", "comment: 山"}},
		{"script and style", `<script>var n="\u5c71\u7530"</script><style>p{}</style>a`, []string{
			`script: var n="\u5c71\u7530"`, `script: var n="山田"`, "style: p{}", " line 1: a",
		}},
		{"title and textarea", "<title>題 &amp; <b>名</title><textarea>書</textarea>", []string{"title: 題 & <b>名", "textarea: 書"}},
		{"script that never ends", "<script>山<b>田</b>", []string{"script: 山<b>田</b>", "script: 山田"}},
		{"shown without scripts", "<noscript><p>山<b>田</b></noscript><template>t</template>", []string{" line 1: 山田|t"}},
		{"ruby", "<ruby>山<rp>(</rp><rt>やま</rt><rp>)</rp>田<rt>だ</ruby>様", []string{" line 1: 山田様", "ruby: (やま)だ"}},
		{"address as a tag", "<taro@example.jp> <Yamada Taro></b 山田>", []string{
			"markup: <taro@example.jp>", "markup: <Yamada Taro>", "markup: </b 山田>",
		}},
		{"attribute twice", `<i id=a id=山田>`, []string{"markup: <i id=a id=山田>", "id: a"}},
		{"odd attribute names", `<a 09012345678 山田=x>`, []string{"markup: 09012345678", "markup: 山田", "attribute: x"}},
		{"tag that never ends", `a<a href="mailto:taro&#64;example.jp`, []string{" line 1: a", `markup: <a href="mailto:taro@example.jp`}},
		{"markup in attributes", `<iframe srcdoc="&lt;p&gt;山&lt;b&gt;田">`, []string{"srcdoc: <p>山<b>田", "srcdoc: 山田"}},
		{"data links", `<img src="data:image/png;base64,iVBORw0KGgo="><a href="data:text/html,<b>%E5%B1%B1</b>田">`, []string{
			"src: data:image/png;base64", "href: data:text/html", "href line 1: 山田", "unread inline text/html src (image/png): image",
		}},
		{"image in a style", `<p style="background:url(data:image/gif;base64,R0lG)">`, []string{
			"style: background:url(data:image/gif;base64,R0lG)", "unread inline text/html style (): content within a link",
		}},
		{"entities of its own", `<!DOCTYPE html [<!ENTITY n "山田">]>`, []string{
			`doctype: html [<!ENTITY n "山田"`, " line 1: ]>", "unread text/html (): defines entities",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			want := []string{"body"}
			for _, w := range c.want {
				if !strings.HasPrefix(w, "unread") {
					w = "text/html " + strings.TrimPrefix(w, " ")
				}
				want = append(want, "  "+w)
			}
			check(t, read(leaf("text/html", c.in)), want...)
		})
	}
}

func TestCountAttributes(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]int{
		"<br>": 0, "<br/>": 0, "</b>": 0, "<a b>": 1, "<a b=c/>": 1, `<a b="c d" e='>' f = g h>`: 4, "<a/b/c>": 2, "<a =b=c>": 1,
		"<a b=>": 1, "<a b= >": 1, `<a b="`: 1, "<a b": 1, "<a b=": 1, "<": 0, "": 0, `<a b="c"d>`: 2,
	} {
		if got := countAttributes(tag); got != want {
			t.Errorf("countAttributes(%q) = %d, want %d", tag, got, want)
		}
	}
}

func TestHTMLDeepAndWide(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"nested elements": strings.Repeat("<div>", 100_000) + "山田",
		"nested comments": strings.Repeat("<!--", 100_000) + "山田",
		"nested scripts":  strings.Repeat("<script></", 30_000) + "山田",
		"open brackets":   strings.Repeat("<", 300_000) + "山田",
		"one attribute":   "<a " + strings.Repeat("x ", 100_000) + ">山田",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := show(read(leaf("text/html", in))); !strings.Contains(got, "山田") {
				t.Error("text at the end is lost")
			}
		})
	}
}

func TestXML(t *testing.T) {
	t.Parallel()
	check(t, read(attached("application/xml", "a.xml",
		`<?xml version="1.0" encoding="UTF-8"?><o no="M-1"><n>山田</n><title>t<b/></title><![CDATA[<太郎>]]></o>`)),
		"body",
		"attachment a.xml",
		"  file name: a.xml",
		`  attachment a.xml comment: ?xml version="1.0" encoding="UTF-8"?`,
		"  attachment a.xml no: M-1",
		"  attachment a.xml line 1: 山田|t|<太郎>")
}

func BenchmarkHTML(b *testing.B) {
	row := `<tr><td width="120" style="padding:8px;color:#333333" class="cell">商品 &amp; 数量</td><td>山田太郎様のご注文 12,345円</td>` +
		`<td><a href="https://shop.example/items?id=123&amp;n=%E5%B1%B1" style="color:#0066cc">詳細</a></td></tr>`
	page := "<html><body><table>" + strings.Repeat(row, 24<<10/len(row)+1)
	p := leaf("text/html", page)
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		read(p)
	}
}
