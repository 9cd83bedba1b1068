package pdf

import (
	"bytes"
	"compress/flate"
	"io"
)

const (
	maxFilters = 8
	fixedWork  = 1024    // what setting up a filter costs, in bytes of work
	maxMemo    = 1 << 18 // bytes of one stream that is remembered
)

// unpack gives the data of a stream, or as much of it as can be read and why
// not the rest. Images are not unpacked.
func (f *file) unpack(s *stream) ([]byte, Reason) {
	if data, ok := f.memo[s.id]; ok {
		f.spend(len(data))
		return data, 0
	}
	o := &f.objects[s.id]
	size := o.size
	if length := f.number(s.get("Length"), -1); length >= 0 && length != float64(size) && f.endsAt(o.body, length) {
		size = int(length)
	}
	data := o.src[o.body : o.body+size]
	if f.crypt != nil && !f.plain(s) {
		data = f.crypt.data(data, o)
	}
	data, why := f.filters(data, s.dict)
	if why == 0 && len(data) <= maxMemo {
		f.memo[s.id] = data
	}
	return data, why
}

// filters undoes the filters of a stream or inline image (ISO 32000-2 §7.4).
func (f *file) filters(data []byte, d *dict) ([]byte, Reason) {
	names, params := f.list(d, "Filter", "F"), f.list(d, "DecodeParms", "DP")
	if len(names) > maxFilters {
		return nil, Broken
	}
	if len(names) == 0 { // streams may overlap in a broken file
		return f.charge(data)
	}
	for i, n := range names {
		var param *dict
		if i < len(params) {
			param = f.dict(params[i])
		}
		var why Reason
		if data, why = f.filter(data, f.name(n), param); why != 0 {
			return data, why
		}
	}
	return data, 0
}

// charge counts data as unpacked, and returns them if that is within limits.
func (f *file) charge(data []byte) ([]byte, Reason) {
	f.unpacked -= len(data)
	f.over = f.over || f.unpacked < 0
	if !f.spend(len(data) / 4) {
		return nil, Limit
	}
	return data, 0
}

// list is the value of a key, or of its short form in inline images, as a list.
func (f *file) list(d *dict, key, short name) array {
	v := f.resolve(d.get(key))
	if v == nil {
		v = f.resolve(d.get(short))
	}
	switch v := v.(type) {
	case array:
		return v
	case name, *dict:
		return array{v}
	}
	return nil
}

func (f *file) filter(data []byte, filter name, param *dict) ([]byte, Reason) {
	if !f.spend(fixedWork) {
		return nil, Limit
	}
	var out []byte
	var why Reason
	switch filter {
	case "FlateDecode", "Fl":
		out, why = f.flate(data)
	case "LZWDecode", "LZW":
		out, why = unLZW(data, f.unpacked, f.number(param.get("EarlyChange"), 1) != 0)
	case "ASCII85Decode", "A85":
		out, why = un85(data)
	case "ASCIIHexDecode", "AHx":
		out = unHexData(data)
	case "RunLengthDecode", "RL":
		out, why = unRunLength(data, f.unpacked)
	case "Crypt":
		return data, 0
	case "DCTDecode", "DCT", "JPXDecode", "CCITTFaxDecode", "CCF", "JBIG2Decode":
		return nil, Image
	default:
		return nil, Format
	}
	if why == Limit {
		f.over = true
		return nil, Limit
	}
	if _, limit := f.charge(out); limit != 0 {
		return nil, limit
	}
	if filter == "FlateDecode" || filter == "Fl" || filter == "LZWDecode" || filter == "LZW" {
		var odd Reason
		if out, odd = f.unpredict(out, param); odd != 0 {
			why = odd
		}
	}
	return out, why
}

// flate inflates data in the zlib format. The checksum is not looked at:
// programs show what does not fit it.
func (f *file) flate(data []byte) ([]byte, Reason) {
	if len(data) >= 2 && data[0]&0x0f == 8 && (int(data[0])<<8|int(data[1]))%31 == 0 {
		data = data[2:]
	}
	if f.inflate == nil {
		f.inflate = flate.NewReader(bytes.NewReader(data))
	} else if err := f.inflate.(flate.Resetter).Reset(bytes.NewReader(data), nil); err != nil {
		return nil, Broken
	}
	out, err := io.ReadAll(io.LimitReader(f.inflate, int64(f.unpacked)+1))
	switch {
	case len(out) > f.unpacked:
		return nil, Limit
	case err != nil:
		return out, Broken
	}
	return out, 0
}

// unLZW decodes LZW as ISO 32000-2 §7.4.4 has it: codes of 9 to 12 bits, 256
// clears the table, 257 ends the data. early says that codes grow one code
// early.
func unLZW(data []byte, limit int, early bool) ([]byte, Reason) {
	const clearTable, endOfData, first = 256, 257, 258
	var prefix [4096]uint16
	var last, head [4096]byte // of the string of a code: its last and first byte
	var length [4096]int
	for i := range 256 {
		last[i], head[i], length[i] = byte(i), byte(i), 1
	}
	grow := 0
	if early {
		grow = 1
	}
	var out []byte
	next, width, previous := first, 9, -1
	bits, have := 0, 0
	for _, c := range data {
		bits, have = bits<<8|int(c), have+8
		if have < width {
			continue
		}
		have -= width
		code := bits >> have
		bits &= 1<<have - 1
		switch {
		case code == clearTable:
			next, width, previous = first, 9, -1
			continue
		case code == endOfData:
			return out, 0
		case previous < 0 && code >= clearTable, code > next, code == next && next == len(prefix):
			return out, Broken
		}
		if previous >= 0 && next < len(prefix) {
			prefix[next], head[next], length[next] = uint16(previous), head[previous], length[previous]+1
			last[next] = head[previous]
			if code < next {
				last[next] = head[code]
			}
			next++
		}
		if len(out)+length[code] > limit {
			return nil, Limit
		}
		at := len(out) + length[code]
		out = append(out, make([]byte, length[code])...)
		for c := code; at > len(out)-length[code]; c = int(prefix[c]) {
			at--
			out[at] = last[c]
		}
		previous = code
		if next+grow >= 1<<width && width < 12 {
			width++
		}
	}
	return out, 0 // many programs leave out the end
}

func un85(data []byte) ([]byte, Reason) {
	var out []byte
	group, n := uint32(0), 0
	for _, c := range bytes.TrimPrefix(data, []byte("<~")) {
		switch {
		case kinds[c] == white:
		case c == '~':
			return finish85(out, group, n), 0
		case c == 'z' && n == 0:
			out = append(out, 0, 0, 0, 0)
		case c < '!' || c > 'u':
			return finish85(out, group, n), Broken
		default:
			group = group*85 + uint32(c-'!')
			if n++; n == 5 {
				out = append(out, byte(group>>24), byte(group>>16), byte(group>>8), byte(group))
				group, n = 0, 0
			}
		}
	}
	return finish85(out, group, n), 0
}

// finish85 adds the last, incomplete group.
func finish85(out []byte, group uint32, n int) []byte {
	if n < 2 {
		return out
	}
	for range 5 - n {
		group = group*85 + 84
	}
	for i := range n - 1 {
		out = append(out, byte(group>>(24-8*i)))
	}
	return out
}

func unHexData(data []byte) []byte {
	var out []byte
	half := -1
	for _, c := range data {
		v := unhex(c)
		switch {
		case c == '>':
			if half >= 0 {
				out = append(out, byte(half<<4))
			}
			return out
		case v < 0:
		case half < 0:
			half = v
		default:
			out = append(out, byte(half<<4|v))
			half = -1
		}
	}
	if half >= 0 {
		out = append(out, byte(half<<4))
	}
	return out
}

func unRunLength(data []byte, limit int) ([]byte, Reason) {
	var out []byte
	for i := 0; i < len(data); {
		n := int(data[i])
		i++
		switch {
		case n == 128:
			return out, 0
		case n < 128:
			end := min(i+n+1, len(data))
			out = append(out, data[i:end]...)
			i = end
		case i < len(data):
			out = append(out, bytes.Repeat(data[i:i+1], 257-n)...)
			i++
		}
		if len(out) > limit {
			return nil, Limit
		}
	}
	return out, 0
}

// unpredict undoes the predictor of Flate and LZW (ISO 32000-2 §7.4.4.4).
func (f *file) unpredict(data []byte, param *dict) ([]byte, Reason) {
	predictor := f.number(param.get("Predictor"), 1)
	if predictor <= 1 {
		return data, 0
	}
	colors := int(f.number(param.get("Colors"), 1))
	bits := int(f.number(param.get("BitsPerComponent"), 8))
	columns := int(f.number(param.get("Columns"), 1))
	if colors < 1 || colors > 32 || bits < 1 || bits > 16 || columns < 1 || columns > 1<<24 {
		return nil, Broken
	}
	pixel, row := (colors*bits+7)/8, (colors*bits*columns+7)/8
	if predictor >= 10 {
		return unPNG(data, pixel, row)
	}
	if bits != 8 {
		return nil, Format
	}
	out := bytes.Clone(data)
	for i := range out {
		if i%row >= pixel {
			out[i] += out[i-pixel]
		}
	}
	return out, 0
}

func unPNG(data []byte, pixel, row int) ([]byte, Reason) {
	out := make([]byte, 0, len(data))
	above := make([]byte, min(row, len(data)))
	for len(data) > 1 {
		kind := data[0]
		start, size := len(out), min(row, len(data)-1)
		out = append(out, data[1:1+size]...)
		data = data[1+size:]
		line := out[start:]
		for i := range line {
			left, corner := 0, 0
			if i >= pixel {
				left, corner = int(line[i-pixel]), int(above[i-pixel])
			}
			up := int(above[i])
			switch kind {
			case 0:
			case 1:
				line[i] += byte(left)
			case 2:
				line[i] += byte(up)
			case 3:
				line[i] += byte((left + up) / 2)
			case 4:
				line[i] += byte(paeth(left, up, corner))
			default:
				return out, Broken
			}
		}
		above = line
	}
	return out, 0
}

func paeth(left, up, corner int) int {
	p := left + up - corner
	l, u, c := abs(p-left), abs(p-up), abs(p-corner)
	switch {
	case l <= u && l <= c:
		return left
	case u <= c:
		return up
	}
	return corner
}

func abs(n int) int { return max(n, -n) }
