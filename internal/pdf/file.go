package pdf

import (
	"bytes"
	"io"
	"slices"
	"sort"
)

// object is where one version of an object stands.
type object struct {
	num, gen   int
	src        []byte // the file, or an unpacked object stream
	start, end int    // in src, header included; without the data of a stream
	at         int    // of its value
	body, size int    // the data of a stream as far as endstream; body is 0 when there is none
	order      int    // where it, or the object stream it stands in, begins in the file
	inside     bool   // within the data of a stream
	kind       name   // Type of a stream
}

// stream is a dictionary with data.
type stream struct {
	*dict
	id int // index of its object
}

// span is from start up to end.
type span struct{ start, end int }

// file is a PDF taken apart. Objects are found by reading through the file, not
// by its cross-reference tables: those may be broken, or leave out what another
// program finds. So every version of every object is there, and the last one,
// if it does not stand within the data of a stream, is what references mean.
type file struct {
	budget
	raw      []byte
	objects  []object
	latest   map[int]int // number → index of the object references mean
	data     []span      // the outermost data of streams in raw
	trailers []span      // in raw
	roots    []any       // what the trailers say is the catalog, the last trailer first
	locked   any         // the encryption dictionary, or a reference to it
	id       octets      // the first part of the file's ID
	crypt    *crypt      // nil when nothing is encrypted
	nextEnd  int         // of the word endstream after the last place it was looked for
	broken   bool
	inflate  io.ReadCloser
	memo     map[int][]byte // unpacked data of streams that may be drawn again and again
	fonts    map[int]*font
	all      *survey
}

// maxObjects bounds the objects of a file, all versions counted.
const maxObjects = 200_000

func open(raw []byte, b budget) *file {
	f := &file{budget: b, raw: raw, memo: map[int][]byte{}, fonts: map[int]*font{}}
	f.scan()
	f.rank()
	f.trailer()
	return f
}

// scan finds the objects of the file.
func (f *file) scan() {
	streams := 0 // end of the furthest data of a stream so far
	for at := 0; !f.over; {
		i := bytes.Index(f.raw[at:], []byte("obj"))
		if i < 0 {
			return
		}
		at += i + len("obj")
		o, ok := header(f.raw, at)
		if !ok {
			continue
		}
		if len(f.objects) == maxObjects {
			f.over = true
			return
		}
		l := lexer{src: f.raw, at: at, b: &f.budget, refs: true}
		v := l.next()
		o.end, o.inside = l.at, o.start < streams
		if d, ok := v.(*dict); ok {
			f.findData(&o, d, &l)
		}
		switch {
		case o.body > 0:
			at = o.body // what stands in the data is found too, but is not what references mean
			if end := o.body + o.size; end > streams {
				f.data = append(f.data, span{o.body, end})
				streams = end
			}
		case l.broken:
			f.broken = true
		default:
			at = l.at
		}
		f.objects = append(f.objects, o)
	}
}

// header reads "12 0 obj" backwards from its end.
func header(raw []byte, end int) (object, bool) {
	at := end - len("obj")
	skip := func(want func(c byte) bool) (n int) {
		for at > 0 && n < 20 && want(raw[at-1]) {
			at--
			n++
		}
		return n
	}
	digits := func() int {
		last := at
		skip(func(c byte) bool { return '0' <= c && c <= '9' })
		v := 0
		for _, c := range raw[at:last] {
			v = min(v*10+int(c-'0'), maxNumber)
		}
		if at == last {
			return -1
		}
		return v
	}
	blank := func(c byte) bool { return kinds[c] == white }
	if skip(blank) == 0 {
		return object{}, false
	}
	gen := digits()
	if gen < 0 || skip(blank) == 0 {
		return object{}, false
	}
	num := digits()
	return object{num: num, gen: gen, src: raw, start: at, at: end, order: at}, num >= 0
}

// findData finds the data of a stream after its dictionary. Its end is where the
// stated length leads to the word endstream, else the next such word.
func (f *file) findData(o *object, d *dict, l *lexer) {
	l.blanks()
	if !bytes.HasPrefix(f.raw[l.at:], []byte("stream")) {
		return
	}
	o.kind, _ = d.get("Type").(name)
	o.body = l.at + len("stream")
	switch rest := f.raw[o.body:]; {
	case bytes.HasPrefix(rest, []byte("\r\n")):
		o.body += 2
	case len(rest) > 0 && (rest[0] == '\n' || rest[0] == '\r'):
		o.body++
	}
	o.end = o.body
	if length, ok := d.get("Length").(float64); ok && f.endsAt(o.body, length) {
		o.size = int(length)
		return
	}
	if f.nextEnd < o.body {
		f.nextEnd = len(f.raw)
		if i := bytes.Index(f.raw[o.body:], []byte("endstream")); i >= 0 {
			f.nextEnd = o.body + i
		}
	}
	o.size = f.nextEnd - o.body
	f.broken = f.broken || f.nextEnd == len(f.raw)
}

// endsAt tells whether a stream that begins at body and has that length is
// followed by endstream.
func (f *file) endsAt(body int, length float64) bool {
	end := body + int(max(length, 0))
	if end > len(f.raw) {
		return false
	}
	rest := bytes.TrimLeft(f.raw[end:min(len(f.raw), end+20)], "\r\n\t \x00")
	return bytes.HasPrefix(rest, []byte("endstream"))
}

// rank finds out which versions references mean.
func (f *file) rank() {
	f.latest = make(map[int]int, len(f.objects))
	for i := range f.objects {
		o := &f.objects[i]
		if j, ok := f.latest[o.num]; ok {
			other := &f.objects[j]
			if o.inside && !other.inside || o.inside == other.inside && o.order < other.order {
				continue
			}
		}
		f.latest[o.num] = i
	}
}

// trailer collects what the trailers say, the last in the file first (ISO
// 32000-2 §7.5.5, §7.5.8.2).
func (f *file) trailer() {
	var found []located
	for at := 0; !f.over; {
		i := bytes.Index(f.raw[at:], []byte("trailer"))
		if i < 0 {
			break
		}
		start := at + i
		at = start + len("trailer")
		if f.within(start) {
			continue
		}
		l := lexer{src: f.raw, at: at, b: &f.budget, refs: true}
		if d, ok := l.next().(*dict); ok {
			found = append(found, located{start, d})
			f.trailers = append(f.trailers, span{start, l.at})
			at = l.at
		}
	}
	for i := range f.objects {
		if o := &f.objects[i]; o.kind == "XRef" && !o.inside {
			if s, ok := f.parse(i).(*stream); ok {
				found = append(found, located{o.order, s.dict})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b located) int { return b.at - a.at })
	for _, t := range found {
		f.roots = append(f.roots, t.get("Root"))
		if f.locked == nil {
			f.locked = t.get("Encrypt")
		}
		if id := f.array(t.get("ID")); len(id) > 0 && f.id == "" {
			f.id, _ = f.resolve(id[0]).(octets)
		}
	}
}

type located struct {
	at int
	*dict
}

// within tells whether a place of the file is in the data of a stream.
func (f *file) within(at int) bool {
	i := sort.Search(len(f.data), func(i int) bool { return f.data[i].end > at })
	return i < len(f.data) && f.data[i].start <= at
}

// parse reads one version of an object: a *stream, or what next gives.
func (f *file) parse(id int) any {
	o := &f.objects[id]
	l := lexer{src: o.src, at: o.at, b: &f.budget, refs: true}
	if f.crypt != nil && o.order == o.start {
		l.open = func(s octets) octets { return f.crypt.text(s, o) }
	}
	v := l.next()
	if d, ok := v.(*dict); ok && o.body > 0 {
		return &stream{d, id}
	}
	return v
}

// resolve follows references to a value; a reference to nothing is nil (ISO
// 32000-2 §7.3.10).
func (f *file) resolve(v any) any {
	for range 16 {
		r, ok := v.(reference)
		if !ok {
			return v
		}
		id, ok := f.latest[int(r)]
		if !ok {
			return nil
		}
		v = f.parse(id)
	}
	return nil
}

// dict is the dictionary that v is or means, or that of a stream; else nil.
func (f *file) dict(v any) *dict {
	switch v := f.resolve(v).(type) {
	case *dict:
		return v
	case *stream:
		return v.dict
	}
	return nil
}

func (f *file) array(v any) array {
	a, _ := f.resolve(v).(array)
	return a
}

func (f *file) stream(v any) *stream {
	s, _ := f.resolve(v).(*stream)
	return s
}

func (f *file) name(v any) name {
	n, _ := f.resolve(v).(name)
	return n
}

// number is the number that v is or means, or else.
func (f *file) number(v any, otherwise float64) float64 {
	if n, ok := f.resolve(v).(float64); ok {
		return n
	}
	return otherwise
}

// numbers are those of an array.
func (f *file) numbers(v any) []float64 {
	var list []float64
	for _, v := range f.array(v) {
		list = append(list, f.number(v, 0))
	}
	return list
}

// unpackObjects finds the objects within object streams (ISO 32000-2 §7.5.7).
func (f *file) unpackObjects() {
	for id := range f.objects {
		if f.objects[id].kind != "ObjStm" {
			continue
		}
		s, ok := f.parse(id).(*stream)
		if !ok {
			continue
		}
		data, why := f.unpack(s)
		f.broken = f.broken || why != 0
		first := int(f.number(s.get("First"), 0))
		l := lexer{src: data[:max(0, min(first, len(data)))], b: &f.budget}
		for !f.over {
			num, ok := l.next().(float64)
			at, also := l.next().(float64)
			if !ok || !also {
				break
			}
			start := first + int(at)
			if at < 0 || start > len(data) {
				f.broken = true
				continue
			}
			if len(f.objects) == maxObjects {
				f.over = true
				return
			}
			around := &f.objects[id]
			f.objects = append(f.objects, object{num: int(num), src: data, start: -1, at: start, order: around.order, inside: around.inside})
		}
	}
	f.rank()
}

// catalog is the root of everything that is shown (ISO 32000-2 §7.7.2).
func (f *file) catalog() *dict {
	for _, root := range f.roots {
		if d := f.dict(root); d.get("Pages") != nil {
			return d
		}
	}
	for id := len(f.objects) - 1; id >= 0 && !f.over; id-- {
		if d, ok := f.parse(id).(*dict); ok && d.get("Type") == name("Catalog") {
			return d
		}
	}
	return nil
}
