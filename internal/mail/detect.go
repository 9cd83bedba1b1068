package mail

// view is a text as one charset reads it.
type view struct {
	name string
	text []byte
	bad  int // bytes or codes that mean nothing in the charset

	score    int  // plausibility: sum of the weights of its characters
	chars    int  // characters beyond ASCII
	pairs    int  // of those, how many follow another one directly
	kana     int  // of those, full-width kana and Japanese punctuation
	narrow   int  // of those, half-width kana written in one byte
	odd      int  // of those, in a place where no writer puts them
	last     byte // the last half-width kana
	previous int  // offset after the last character beyond ASCII
}

func (v view) clean() bool { return v.bad == 0 && v.score > 0 }

// margin is by how much the score of one reading must exceed another's.
const margin = 8

// quality orders readings of one text of which none may be right.
func (v view) quality() int { return v.score - 3*v.bad }

// best is the reading with the best quality, the first of equals.
func best(views ...view) view {
	b := views[0]
	for _, v := range views[1:] {
		if v.quality() > b.quality() {
			b = v
		}
	}
	return b
}

// detect reads a text that has no usable label.
func detect(b []byte, t traits) (view, FaultKind) {
	if t&(escapes|shiftOuts) != 0 && t&highBytes == 0 {
		v := decodeISO2022JP(b)
		if v.bad == 0 && t&escapes != 0 {
			return v, Relabelled
		}
		if t&escapes != 0 {
			return v, BadCharset
		}
	}
	if t&highBytes == 0 {
		return view{name: "us-ascii", text: b}, 0
	}
	utf8, sjis, euc := decodeUTF8(b), decodeShiftJIS(b), decodeEUCJP(b)
	if t&escapes != 0 { // 7-bit and 8-bit Japanese mixed
		return best(utf8, sjis, euc), BadCharset
	}
	if utf8.bad == 0 {
		if utf8.kana == 0 && utf8.pairs > 0 && (sjis.clean() || euc.clean()) {
			return utf8, BadCharset
		}
		return utf8, Relabelled
	}
	return detectJapanese(utf8, sjis, euc)
}

// detectJapanese decides between Shift_JIS and EUC-JP for a text that is not
// UTF-8.
func detectJapanese(utf8, sjis, euc view) (view, FaultKind) {
	var v view
	switch {
	case sjis.clean() && euc.clean():
		v = best(sjis, euc)
		if d := sjis.score - euc.score; -margin < d && d < margin {
			return v, BadCharset
		}
	case sjis.clean():
		v = sjis
	case euc.clean():
		v = euc
		if sjis.bad == 0 && euc.kana == 0 && euc.chars < 6 { // or half-width kana
			return v, BadCharset
		}
	default:
		return best(utf8, sjis, euc), BadCharset
	}
	if v.pairs == 0 { // as likely accents or curly quotes of a Western text
		return v, BadCharset
	}
	return v, Relabelled
}

// doubt looks for a better reading of a text that its label reads without
// error as v: many labels lie, and many charsets accept anything.
func doubt(b []byte, v view, cs charset, t traits) (view, FaultKind) {
	if cs.name != "iso-2022-jp" && !cs.shifts && t&(escapes|shiftOuts) != 0 {
		if guess, f := detect(b, t); f != 0 && guess.name == "iso-2022-jp" || t&escapes != 0 {
			return guess, f
		}
	}
	if t&highBytes == 0 {
		return v, 0
	}
	switch cs.kind {
	case unicodeCharset:
		return v, 0
	case japaneseCharset:
		return doubtJapanese(b, v)
	case latinCharset:
		return doubtLatin(b, v)
	case otherCharset:
	}
	if u := decodeUTF8(b); u.bad == 0 && u.kana > 0 && u.chars > 1 {
		return u, Relabelled
	}
	if s := decodeShiftJIS(b); s.clean() && s.kana > 1 && s.score > 2*s.chars {
		return s, BadCharset
	}
	if e := decodeEUCJP(b); e.clean() && e.kana > 1 && v.name != "big5" {
		return v, BadCharset // kana stand at the same codes in GB 2312
	}
	return v, 0
}

// doubtJapanese tells the Japanese charsets apart when v, the labelled one, is
// without error.
func doubtJapanese(b []byte, v view) (view, FaultKind) {
	if u := decodeUTF8(b); u.bad == 0 && u.kana > 1 && v.name != "utf-8" {
		return u, Relabelled
	}
	if v.narrow == 0 {
		return v, 0
	}
	e := decodeEUCJP(b)
	switch {
	case v.name == "euc-jp" || !e.clean():
		return v, 0
	case e.kana > 1 && e.score >= v.score+margin:
		return e, Relabelled
	case v.score < 0 && v.odd > 0:
		return v, BadCharset
	}
	return v, 0
}

// doubtLatin finds Japanese under a label such as iso-8859-1, which reads
// anything. Western text shows up as scattered single characters.
func doubtLatin(b []byte, v view) (view, FaultKind) {
	u, s, e := decodeUTF8(b), decodeShiftJIS(b), decodeEUCJP(b)
	if u.bad == 0 {
		return u, Relabelled
	}
	if !s.clean() && !e.clean() {
		return v, 0
	}
	guess, f := detectJapanese(u, s, e)
	switch {
	case guess.pairs == 0:
		return v, 0
	case f != Relabelled || guess.pairs*2 < guess.chars || guess.kana == 0 && guess.chars < 4:
		return guess, BadCharset
	}
	return guess, Relabelled
}

// add counts a character beyond ASCII that ends at offset end and starts at
// start of the source.
func (v *view) add(start, end, weight int) {
	v.chars++
	v.score += weight
	if v.previous == start && v.chars > 1 {
		v.pairs++
	}
	v.previous = end
}

// addRow counts a character of row ku (1 to 120) of JIS X 0208 with the vendor
// rows. Weights: common rows speak for the charset, rare ones against it.
func (v *view) addRow(start, end, ku int) {
	weight := -1
	switch {
	case ku == 4:
		weight, v.kana = 4, v.kana+1
	case ku == 5:
		weight, v.kana = 3, v.kana+1
	case ku == 1:
		weight, v.kana = 2, v.kana+1
	case ku == 3, 16 <= ku && ku <= 47: // letters, kanji of level 1
		weight = 2
	case ku == 13:
		weight = 1
	case ku == 2:
		weight = 0
	}
	v.add(start, end, weight)
}

// narrowKana counts and writes a half-width kana, 0xa1 to 0xdf.
func (v *view) narrowKana(at int, c byte) {
	before := v.last
	if v.previous != at {
		before = 0
	}
	if oddKana(before, c) {
		v.odd++
	}
	v.last = c
	v.narrow++
	v.add(at, at+1, -1)
	v.text = append(v.text, 0xef, 0xbd+(c-0xa1+0x21)>>6, 0x80|(c-0xa1+0x21)&0x3f) // U+FF61 …
}

// oddKana tells whether c cannot follow before (0: nothing) in half-width kana:
// sound marks stand on certain kana, small kana and the long mark on some kana.
func oddKana(before, c byte) bool {
	pLine := 0xca <= before && before <= 0xce // ﾊ to ﾎ
	switch {
	case c == 0xde: // voiced
		return !pLine && before != 0xb3 && (before < 0xb6 || before > 0xc4)
	case c == 0xdf: // half voiced
		return !pLine
	case 0xa7 <= c && c <= 0xb0:
		return before < 0xa6
	}
	return false
}
