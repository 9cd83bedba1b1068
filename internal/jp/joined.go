package jp

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Joined is what stands beside labels, readings and borders of CSV in t, without
// them, so that a value is found which they part: 姓:山田 名:太郎, 山田(やまだ)太郎,
// "山田","太郎", and an address of which each column has its label. It holds the surroundings of such places
// only, and is empty if there are none. Its runes lead back to the same source.
func (t Text) Joined() Text {
	out := Text{src: t.src}
	done := 0 // runes of t that were looked at
	for k := 0; k < len(t.Runes); {
		if !t.Gap[k] && t.Runes[k] >= kana && t.Runes[max(0, k-1)] >= kana {
			k++ // most runes, so that they cost little
			continue
		}
		end := t.asideEnd(k)
		if end == k {
			k++
			continue
		}
		if from := t.edgeBefore(k, done); from > done || out.Len() == 0 {
			out.put('\ufffd', t.Pos[from], true)
			done = from
		}
		out.append(t, done, k)
		if endsPart(out.Runes[out.Len()-1]) {
			out.cut(out.Len() - 1)
		}
		if label := isJapanese(t.Runes[k]); end < t.Len() {
			joins := label && isDigit(t.Runes[end]) && isDigit(out.Runes[out.Len()-1])
			if joins {
				out.put('-', t.Pos[end-1], true)
			}
			out.put(t.Runes[end], t.Pos[end], !joins)
			end++
		}
		done = t.edgeBehind(end)
		out.append(t, end, done)
		k = done
	}
	return out
}

// kana is above all signs that asides begin with or stand behind.
const kana = 0x3040

// edgeBefore is where the surroundings of k begin: at a gap, and not before low.
func (t Text) edgeBefore(k, low int) int {
	from := max(low, k-aroundJoin)
	for from > low && !t.Gap[from] {
		from--
	}
	return from
}

// edgeBehind is where the surroundings behind k end: at a gap, or before the next
// label or reading.
func (t Text) edgeBehind(k int) int {
	end := k
	for end < t.Len() && t.asideEnd(end) == end && (end < k+aroundJoin || !t.Gap[end]) {
		end++
	}
	return end
}

// endsPart tells whether r is a sign between two fields of a line.
func endsPart(r rune) bool { return r == '、' || r == ',' || r == ';' || r == '/' || r == '|' }

// aroundJoin is how many runes beside a label or a reading belong to a value.
const aroundJoin = 60

func (t *Text) put(r rune, pos int32, gap bool) {
	t.Runes = append(t.Runes, r)
	t.Pos = append(t.Pos, pos)
	t.Gap = append(t.Gap, gap)
}

func (t *Text) cut(n int) { t.Runes, t.Pos, t.Gap = t.Runes[:n], t.Pos[:n], t.Gap[:n] }

func (t *Text) append(from Text, i, j int) {
	t.Runes = append(t.Runes, from.Runes[i:j]...)
	t.Pos = append(t.Pos, from.Pos[i:j]...)
	t.Gap = append(t.Gap, from.Gap[i:j]...)
}

// asideEnd is where the label or the reading ends that begins at k; k if none
// does.
func (t Text) asideEnd(k int) int {
	switch t.Runes[k] {
	case '(', '[', '《', '〔', '【':
		return t.readingEnd(k)
	case '"':
		return t.quotesEnd(k)
	case ',':
		if k > 0 && k+1 < t.Len() && isJapanese(t.Runes[k-1]) && isJapanese(t.Runes[k+1]) && t.source(k) == ',' && !t.Gap[k+1] {
			return k + 1
		}
	}
	if k > 0 && (t.Gap[k] || endsPart(t.Runes[k-1])) {
		return t.labelEnd(k)
	}
	return k
}

// maxKey is how many runes the name of a field in JSON has at most.
const maxKey = 24

// quotesEnd is the end of the border between two quoted fields that begins at k:
// "," in CSV, ","town":" in JSON; k if there is none.
func (t Text) quotesEnd(k int) int {
	if k+2 >= t.Len() || t.Runes[k+1] != ',' || t.Runes[k+2] != '"' {
		return k
	}
	limit := min(t.Len()-2, k+3+maxKey)
	for i := k + 3; i < limit; i++ {
		if t.Runes[i] == '"' {
			if t.Runes[i+1] == ':' && t.Runes[i+2] == '"' {
				return i + 3
			}
			break
		}
	}
	return k + 3
}

// maxReading is how many runes a reading or a former name has at most.
const maxReading = 24

// readingEnd is the end of the brackets at k around a reading or a former name,
// or around a label: (姓)山田(名)太郎.
func (t Text) readingEnd(k int) int {
	closer := closerOf(t.Runes[k])
	limit := min(t.Len(), k+maxReading)
	for i := k + 1; i < limit; i++ {
		if string(t.Runes[i]) != closer {
			continue
		}
		inside := t.String(k+1, i)
		_, former := formerName(inside)
		if former || isReading(inside) || slices.Contains(partLabels, inside) {
			return i + 1
		}
		return k
	}
	return k
}

// partLabels stand before the parts of a name or an address, other than the
// first.
var partLabels = strings.Fields(`名 名前 めい メイ ミドルネーム firstname lastname middlename givenname familyname
市区町村 市町村 区市町村 市区郡 市区郡町村 郡市区 市郡区 町名 町域 町村名 町名番地 町域番地 番地 丁目番地 丁目番地号 番地号 番地等 番地建物名 以降の住所 住所 ご住所 建物名 建物 建物等
建物名等 マンシヨン名 マンシヨン名等 マンシヨンビル名 ビル名 ビルマンシヨン名 アパートマンシヨン名 アパートマンシヨン 建物名部屋番号 部屋番号 号室`)

// maxLabel is how many runes a label has at most.
const maxLabel = 12

// labelEnd is the end of the label at k, with its number and its colon, or with
// a gap behind it; k if there is none.
func (t Text) labelEnd(k int) int {
	if !labelStart[byte(t.Runes[k])] {
		return k
	}
	for i := min(t.Len(), k+maxLabel); i > k; i-- {
		if !slices.Contains(partLabels, t.String(k, i)) {
			continue
		}
		numbered := i
		for numbered < t.Len() && numbered < i+2 && isDigit(t.Runes[numbered]) {
			numbered++
		}
		switch {
		case numbered < t.Len() && t.Runes[numbered] == ':':
			return numbered + 1
		case t.gapAt(i):
			return i
		case t.gapAt(numbered):
			return numbered
		}
		return k
	}
	return k
}

// labelStart tells by its low byte whether a rune may begin one of partLabels.
var labelStart = buildLabelStart()

func buildLabelStart() (set [256]bool) {
	for _, w := range partLabels {
		r, _ := utf8.DecodeRuneInString(w)
		set[byte(r)] = true
	}
	return set
}
