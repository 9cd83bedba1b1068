package office

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// recorder writes down what it is told.
type recorder struct {
	said []string
	open int
}

func (r *recorder) start(t tag) {
	r.open++
	s := "<" + t.name
	t.each(func(name, value string) { s += " " + name + "=" + value })
	r.said = append(r.said, s)
}

func (r *recorder) end(name string, _ int) {
	r.open--
	r.said = append(r.said, "/"+name)
}
func (r *recorder) text(s string)  { r.said = append(r.said, s) }
func (r *recorder) aside(s string) { r.said = append(r.said, "!"+s) }

func TestWalk(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want, why string }{
		{"elements", `<?xml version="1.0"?><a:b c="1" d='"'><e/>x</a:b >`, `<b c=1 d="|<e|/e|x|/b`, ""},
		{"references", `<a b="&#23665;&amp;">&lt;&#x7530;&gt;&quot;&apos;</a>`, `<a b=山&|<田>"'|/a`, ""},
		{"references once", `<a>&amp;lt;</a>`, `<a|&lt;|/a`, ""},
		{"unknown references", `<a>&nbsp;&#0;&#xD800;&#x110000;&;&#99999999999;</a>`, "<a|&nbsp;\uFFFD\uFFFD\uFFFD&;&#99999999999;|/a", WhyBroken},
		{"sections", `<a><![CDATA[<b>&amp;]]><!-- c --><?d e?></a>`, `<a|<b>&amp;|! c |!d e|/a`, ""},
		{"namespaces", `<a xmlns="x" xmlns:b="y" b:c="z"/>`, `<a c=z|/a`, ""},
		{"brackets in values", `<a b=">" c='</a>'>x</a>`, `<a b=> c=</a>|x|/a`, ""},
		{"document type", `<!DOCTYPE a PUBLIC "b"><a/>`, `!DOCTYPE a PUBLIC "b"|<a|/a`, ""},
		{"entities", `<!DOCTYPE a [<!ENTITY b "山田">]><a>&b;</a>`, "!DOCTYPE a [<!ENTITY b \"山田\"|]>|<a|&b;|/a", WhyEntities},
		{"never ends", `<a><b>x`, `<a|<b|x|/b|/a`, WhyBroken},
		{"a tag never ends", `<a>x<b c="`, `<a|x|<b c="|/a`, WhyBroken},
		{"a comment never ends", `<a><!-- 山田`, `<a|! 山田|/a`, WhyBroken},
		{"crossed", `<a><b><i></b>x</i></a>`, `<a|<b|<i|/i|/b|x|/a`, WhyBroken},
		{"an end without start", `<a></b></山田></a>`, `<a|!山田|/a`, WhyBroken},
		{"brackets in text", `<a>1 < 2 <3 <</a>`, `<a|1 |<| 2 |<|3 |<|/a`, WhyBroken},
		{"text outside", `山田<a/>`, `山田|<a|/a`, WhyBroken},
		{"odd attributes", `<a b c=d 山田></a>`, `<a =b c=d 山田|/a`, ""},
		{"one bracket", `<`, `<`, WhyBroken},
		{"nothing", ``, ``, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := &recorder{}
			why := walk(c.in, r)
			if diff := cmp.Diff(c.want, strings.Join(r.said, "|")); diff != "" {
				t.Error(diff)
			}
			if why != c.why || r.open != 0 {
				t.Errorf("why = %q, want %q; %d open", why, c.why, r.open)
			}
		})
	}
}

func TestDeep(t *testing.T) {
	t.Parallel()
	r := &recorder{}
	if why := walk(strings.Repeat("<a>", mostOpen)+strings.Repeat("</a>", mostOpen), r); why != "" {
		t.Errorf("at the limit: %q", why)
	}
	if why := walk(strings.Repeat("<a>", 1_000_000), r); why != WhyDepth || r.open != 0 {
		t.Errorf("beyond the limit: %q, %d open", why, r.open)
	}
}

func TestRoot(t *testing.T) {
	t.Parallel()
	const ns = ` xmlns:a="http://schemas.openxmlformats.org/x"`
	for xml, want := range map[string]root{
		"":                         {},
		"x":                        {},
		"<":                        {},
		"<!--":                     {},
		"<a":                       {},
		"<!-- <b> --><?c?>\n<a/>":  {name: "a"},
		"<a:b" + ns + ">":          {name: "b", office: true},
		"<b" + ns + "/>":           {name: "b", office: true},
		"<x/><b" + ns + "/>":       {name: "x"},
		"<office:b" + odfNS + "/>": {name: "b", office: true, open: true},
	} {
		if got := rootOf(xml); got != want {
			t.Errorf("root of %q = %+v, want %+v", xml, got, want)
		}
	}
}
