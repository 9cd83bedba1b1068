package office

import (
	"encoding/base64"
	"path"
	"strings"
)

// unpack takes apart a package that is written into one XML file (Flat OPC).
func (r *reader) unpack(p Part) {
	f := &flatPackage{r: r, src: p.XML}
	if why := walk(p.XML, f); why != "" {
		r.fault("", why)
	}
}

// flatPackage collects the parts of a flat package.
type flatPackage struct {
	r       *reader
	src     string
	name    string
	from    int // where the XML of the part starts, 0 outside of it
	depth   int // elements within it
	binary  bool
	encoded strings.Builder
}

func (f *flatPackage) start(t tag) {
	switch {
	case f.from > 0:
		f.depth++
	case t.name == "part":
		f.name = strings.TrimPrefix(t.attr("name"), "/")
	case t.name == "xmlData":
		f.from, f.depth = t.inside, 0
	case t.name == "binaryData":
		f.binary = true
	}
}

func (f *flatPackage) end(name string, at int) {
	switch {
	case f.from > 0 && f.depth > 0:
		f.depth--
	case f.from > 0:
		xml := f.src[f.from:max(f.from, at)]
		f.r.sort(Part{Name: f.name, XML: xml}, rootOf(xml))
		f.from = 0
	case name == "binaryData" && f.binary:
		f.binary = false
		f.r.file("/"+path.Base(f.name), path.Base(f.name), f.encoded.String())
		f.encoded.Reset()
	}
}

func (f *flatPackage) text(s string) {
	switch {
	case f.binary:
		f.encoded.WriteString(s)
	case f.from == 0:
		f.r.passage("", s, 0)
	}
}

func (f *flatPackage) aside(s string) {
	if f.from == 0 {
		f.r.passage(" properties", s, 0)
	}
}

// file takes a file that is written in base64.
func (r *reader) file(where, name, encoded string) {
	source := strings.Join(strings.Fields(encoded), "")
	data, err := base64.StdEncoding.DecodeString(source)
	switch {
	case err != nil:
		r.fault(where, WhyEncoded)
	case len(data) > 0 && r.spend(where, len(data)):
		r.doc.Files = append(r.doc.Files, File{Name: name, Data: data})
	}
}
