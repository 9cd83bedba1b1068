package mail

import (
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
)

const (
	esc      = 0x1b
	shiftOut = 0x0e
	shiftIn  = 0x0f

	rowLen = 94
)

// rows are the two-byte tables: JIS X 0208 with the rows NEC and IBM added (as
// in code page 932), and JIS X 0212 with those of eucJP-ms. Zero is unassigned.
type rows struct {
	x0208 [120 * rowLen]uint16
	x0212 [rowLen * rowLen]uint16
}

// eucMS are the codes 0x8ff3f3 to 0x8ff4fe of eucJP-ms.
const eucMS = "ⅰⅱⅲⅳⅴⅵⅶⅷⅸⅹⅠⅡ" +
	"ⅢⅣⅤⅥⅦⅧⅨⅩ＇＂㈱№℡炻仼僴凬匇匤﨎咊坙﨏塚增寬峵嵓﨑德悅愠敎昻晥晴朗栁﨓﨔橫櫢淸淲瀨凞猪甁皂皞益礰礼神祥福竧靖精綠緖羽荢﨟薰蘒﨡蠇諸譿賴赶﨣﨤逸郞都鄕﨧﨨閒隆﨩霻靍靑飯飼館馞髙魲鶴黑"

// jisRows builds the tables from x/text, once.
var jisRows = sync.OnceValue(func() *rows {
	t := new(rows)
	var codes []byte
	for row := range 120 {
		lead := 0x81 + row/2
		if lead > 0x9f {
			lead += 0x40
		}
		for cell := range rowLen {
			trail := 0x9f + cell
			if row%2 == 0 {
				trail = 0x40 + cell
				if trail >= 0x7f {
					trail++
				}
			}
			codes = append(codes, byte(lead), byte(trail))
		}
	}
	fill(t.x0208[:], codes, japanese.ShiftJIS.NewDecoder().Bytes)
	codes = codes[:0]
	for row := range rowLen {
		for cell := range rowLen {
			codes = append(codes, 0x8f, byte(0xa1+row), byte(0xa1+cell))
		}
	}
	fill(t.x0212[:], codes, japanese.EUCJP.NewDecoder().Bytes)
	i := 0x52*rowLen + 0x52
	for _, r := range eucMS {
		t.x0212[i] = uint16(r) //nolint:gosec // all are in the basic plane
		i++
	}
	return t
})

// fill decodes codes, one character per entry of table.
func fill(table []uint16, codes []byte, decode func([]byte) ([]byte, error)) {
	text, err := decode(codes)
	if err != nil {
		return
	}
	for i := range table {
		r, size := utf8.DecodeRune(text)
		if r != utf8.RuneError && r <= 0xffff {
			table[i] = uint16(r) //nolint:gosec // checked
		}
		text = text[size:]
	}
}

// character writes the character r of source bytes start to end, if there is
// one.
func (v *view) character(r uint16, start, end, ku int) {
	if r == 0 {
		v.broken()
		return
	}
	v.text = utf8.AppendRune(v.text, rune(r))
	v.addRow(start, end, ku)
}

// broken writes a mark for what has no meaning.
func (v *view) broken() {
	v.bad++
	v.text = utf8.AppendRune(v.text, utf8.RuneError)
}

func newView(name string, source []byte) view {
	return view{name: name, text: make([]byte, 0, len(source)*3/2+8)}
}

// decodeShiftJIS reads code page 932. Its private rows (0xf040 to 0xf9fc) have
// no meaning outside one company and are bad.
func decodeShiftJIS(b []byte) view {
	v, t := newView("shift_jis", b), jisRows()
	for i := 0; i < len(b); {
		c := b[i]
		switch {
		case c < utf8.RuneSelf:
			v.text = append(v.text, c)
			i++
		case 0xa1 <= c && c <= 0xdf:
			v.narrowKana(i, c)
			i++
		case c == 0x80 || c == 0xa0 || c > 0xfc || i+1 == len(b) || b[i+1] < 0x40 || b[i+1] == 0x7f || b[i+1] > 0xfc:
			v.broken()
			i++
		default:
			row, cell := int(c-0x81)*2, int(b[i+1])-0x40
			if c >= 0xe0 {
				row -= 0x80
			}
			if cell > 0x3f {
				cell--
			}
			if cell >= rowLen {
				row, cell = row+1, cell-rowLen
			}
			v.character(t.x0208[row*rowLen+cell], i, i+2, row+1)
			i += 2
		}
	}
	return v
}

// decodeEUCJP reads EUC-JP with JIS X 0212 and the extensions of eucJP-ms.
func decodeEUCJP(b []byte) view {
	v, t := newView("euc-jp", b), jisRows()
	high := func(i int) bool { return i < len(b) && 0xa1 <= b[i] && b[i] <= 0xfe }
	for i := 0; i < len(b); {
		c := b[i]
		switch {
		case c < utf8.RuneSelf:
			v.text = append(v.text, c)
			i++
		case c == 0x8e && high(i+1) && b[i+1] <= 0xdf:
			v.narrowKana(i+1, b[i+1])
			i += 2
		case c == 0x8f && high(i+1) && high(i+2):
			v.character(t.x0212[int(b[i+1]-0xa1)*rowLen+int(b[i+2]-0xa1)], i, i+3, 0)
			i += 3
		case high(i) && high(i+1):
			v.character(t.x0208[int(c-0xa1)*rowLen+int(b[i+1]-0xa1)], i, i+2, int(c-0xa0))
			i += 2
		default:
			v.broken()
			i++
		}
	}
	return v
}

// set is a character set an escape sequence can call.
type set uint8

const (
	asciiSet set = iota
	kanaSet
	x0208Set // also JIS C 6226
	x0213Set // JIS X 0213 plane 1, as far as it is the same as x0208Set
	x0212Set
	gbSet
	ksSet
	unknownSet
)

// designation reads the escape sequence b starts with (RFC 1468, RFC 1554, RFC
// 2237, JIS X 0213 annex 2, code page 50221).
func designation(b []byte) (s set, size int) {
	if len(b) < 3 {
		return unknownSet, 0
	}
	switch string(b[1:3]) {
	case "(B", "(J", "(H":
		return asciiSet, 3
	case "(I":
		return kanaSet, 3
	case "$@", "$B":
		return x0208Set, 3
	case "$A":
		return gbSet, 3
	case "$(":
		if len(b) < 4 {
			return unknownSet, 0
		}
		switch b[3] {
		case '@', 'B':
			return x0208Set, 4
		case 'O', 'Q':
			return x0213Set, 4
		case 'D':
			return x0212Set, 4
		case 'C':
			return ksSet, 4
		}
	}
	return unknownSet, 0
}

// jisReader is the state of decodeISO2022JP.
type jisReader struct {
	view
	t       *rows
	b       []byte
	set     set
	shifted bool // SO
	carried bool // a line ended outside ASCII, and no escape came since
}

// decodeISO2022JP reads ISO-2022-JP and its relatives, with half-width kana by
// escape, by SO and SI, or as bytes above 0xa0.
func decodeISO2022JP(b []byte) view {
	r := jisReader{view: newView("iso-2022-jp", b), t: jisRows(), b: b}
	for i := 0; i < len(b); {
		i += r.step(i)
	}
	return r.view
}

// step reads what starts at i and returns its length.
func (r *jisReader) step(i int) int {
	c := r.b[i]
	if c == esc {
		s, size := designation(r.b[i:])
		if size == 0 {
			r.broken()
			return 1
		}
		r.set, r.carried = s, false
		if r.previous == i {
			r.previous = i + size
		}
		return size
	}
	if c == '\n' { // RFC 1468: every line ends in ASCII
		r.carried = r.carried || r.set != asciiSet
		r.set = asciiSet
	} else if r.carried && c > ' ' { // some readers go on in the old set
		r.bad++
		r.carried = false
	}
	switch {
	case c == shiftOut || c == shiftIn:
		r.shifted = c == shiftOut
	case c <= ' ' || c == 0x7f:
		r.text = append(r.text, c)
	case c >= 0xa1 && c <= 0xdf && r.set <= kanaSet:
		r.narrowKana(i, c)
	case c > 0x7f:
		r.broken()
	case r.set == kanaSet || r.shifted:
		if c > 0x5f {
			r.broken()
			return 1
		}
		r.narrowKana(i, c|0x80)
		r.narrow-- // written with an escape: no accident
		r.score += 2
	case r.set == asciiSet:
		return r.ascii(i)
	default:
		return r.pair(i)
	}
	return 1
}

// ascii copies the run of printable ASCII at i.
func (r *jisReader) ascii(i int) int {
	end := i + 1
	for end < len(r.b) && r.b[end] > ' ' && r.b[end] < 0x7f {
		end++
	}
	r.text = append(r.text, r.b[i:end]...)
	return end - i
}

// pair reads a two-byte code.
func (r *jisReader) pair(i int) int {
	if i+1 == len(r.b) || r.b[i+1] <= ' ' || r.b[i+1] >= 0x7f {
		r.broken()
		return 1
	}
	row, cell := int(r.b[i]-0x21), int(r.b[i+1]-0x21)
	switch {
	case r.set == x0208Set, r.set == x0213Set && row < 84 && (row < 8 || row >= 15 || row == 12):
		r.character(r.t.x0208[row*rowLen+cell], i, i+2, row+1)
	case r.set == x0213Set:
		r.broken()
	case r.set == x0212Set:
		r.character(r.t.x0212[row*rowLen+cell], i, i+2, 0)
	case r.set == gbSet || r.set == ksSet:
		return r.foreign(i)
	}
	return 2
}

// foreign reads a run of Chinese or Korean codes (RFC 1554).
func (r *jisReader) foreign(i int) int {
	var run []byte
	for j := i; j < len(r.b) && r.b[j] > ' ' && r.b[j] < 0x7f; j++ {
		run = append(run, r.b[j]|0x80)
	}
	enc := simplifiedchinese.GBK
	if r.set == ksSet {
		enc = korean.EUCKR
	}
	v := library("", enc)(run)
	r.text = append(r.text, v.text...)
	r.bad += v.bad
	return len(run)
}
