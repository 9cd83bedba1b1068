package pdf

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// table is the text of each code of a simple font; "" where nobody says.
type table [256]string

// baseTable is an encoding that PDF knows by name (ISO 32000-2 Annex D).
func baseTable(n name) (t table, known bool) {
	switch n {
	case "WinAnsiEncoding":
		return fromCharmap(charmap.Windows1252), true
	case "MacRomanEncoding":
		return fromCharmap(charmap.Macintosh), true
	case "StandardEncoding":
		return standardTable(), true
	}
	return t, false
}

func fromCharmap(m *charmap.Charmap) (t table) {
	for i := ' '; i < 256; i++ {
		if r := m.DecodeByte(byte(i)); r != utf8.RuneError && !unicode.IsControl(r) {
			t[i] = string(r)
		}
	}
	return t
}

// standardUpper are the characters of StandardEncoding from A0 on; a space is
// none.
const standardUpper = ` ¡¢£⁄¥ƒ§¤'“«‹›ﬁﬂ –†‡· ¶•‚„”»…‰ ¿ ` + "`´ˆ˜¯˘˙¨ ˚¸ ˝˛ˇ—" +
	`                Æ ª    ŁØŒº     æ   ı  łøœß    `

func standardTable() table {
	t := fromCharmap(charmap.ISO8859_1)
	t['\''], t['`'] = "’", "‘"
	for i := 0x7f; i < 0xa0; i++ {
		t[i] = ""
	}
	fill(&t, 0xa0, standardUpper)
	return t
}

func fill(t *table, from int, text string) {
	for _, r := range text {
		if t[from] = string(r); r == ' ' {
			t[from] = ""
		}
		from++
	}
}

// docUpper are the characters of PDFDocEncoding from 80 to A0, before them those
// from 18 to 1F (ISO 32000-2 Annex D.3).
const (
	docLower = "˘ˇˆ˙˝˛˚˜"
	docUpper = "•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž €"
)

// docText decodes PDFDocEncoding.
func docText(s octets) string {
	lower, upper := []rune(docLower), []rune(docUpper)
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case 0x18 <= c && c < 0x20:
			b.WriteRune(lower[c-0x18])
		case 0x80 <= c && c <= 0xa0:
			b.WriteRune(upper[c-0x80])
		default:
			b.WriteRune(rune(c))
		}
	}
	return b.String()
}

// symbols are the characters of the Symbol font from 20 and from A0 on (ISO
// 32000-2 Annex D.5).
const (
	symbolsLower = ` !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼`
	symbolsUpper = `€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪ 〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭`
)

// ownTable is the encoding of a standard font that has one of its own.
func ownTable(font string) (t table, known bool) {
	switch {
	case strings.HasPrefix(font, "Symbol"):
		fill(&t, 0x20, symbolsLower)
		fill(&t, 0xa0, symbolsUpper)
		t[' '] = " "
		return t, true
	case strings.HasPrefix(font, "ZapfDingbats"): // in the order of Unicode, which has them from there
		for i := 0x21; i < 0xff; i++ {
			if i < 0x7f || i > 0xa0 {
				t[i] = string(rune(0x2700 + i - 0x20 - i/0xa0*0x20))
			}
		}
		t[' '] = " "
		return t, true
	}
	return t, false
}

// glyphs are the names of glyphs (Adobe Glyph List) that are no single letter
// and follow no rule.
var glyphs = func() map[string]string {
	const ascii = `space exclam quotedbl numbersign dollar percent ampersand quotesingle parenleft parenright asterisk plus comma
		hyphen period slash zero one two three four five six seven eight nine colon semicolon less equal greater question at`
	const latin = `nbspace exclamdown cent sterling currency yen brokenbar section dieresis copyright ordfeminine guillemotleft logicalnot
		sfthyphen registered macron degree plusminus twosuperior threesuperior acute mu paragraph periodcentered cedilla onesuperior
		ordmasculine guillemotright onequarter onehalf threequarters questiondown Agrave Aacute Acircumflex Atilde Adieresis Aring AE
		Ccedilla Egrave Eacute Ecircumflex Edieresis Igrave Iacute Icircumflex Idieresis Eth Ntilde Ograve Oacute Ocircumflex Otilde
		Odieresis multiply Oslash Ugrave Uacute Ucircumflex Udieresis Yacute Thorn germandbls agrave aacute acircumflex atilde
		adieresis aring ae ccedilla egrave eacute ecircumflex edieresis igrave iacute icircumflex idieresis eth ntilde ograve oacute
		ocircumflex otilde odieresis divide oslash ugrave uacute ucircumflex udieresis yacute thorn ydieresis`
	const greek = `Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho . Sigma Tau Upsilon Phi Chi
		Psi Omega . . . . . . . alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu1 nu xi omicron pi rho sigma1 sigma
		tau upsilon phi chi psi omega`
	const other = `bracketleft [ backslash \ bracketright ] asciicircum ^ underscore _ grave ` + "`" + ` braceleft { bar | braceright } asciitilde ~
		Euro € quotesinglbase ‚ florin ƒ quotedblbase „ ellipsis … dagger † daggerdbl ‡ circumflex ˆ perthousand ‰ guilsinglleft ‹
		OE Œ quoteleft ‘ quoteright ’ quotedblleft “ quotedblright ” bullet • endash – emdash — tilde ˜ trademark ™ guilsinglright ›
		oe œ fi ﬁ fl ﬂ ff ﬀ ffi ﬃ ffl ﬄ fraction ⁄ dotlessi ı dotlessj ȷ Lslash Ł lslash ł minus − breve ˘ dotaccent ˙ ring ˚ hungarumlaut ˝
		ogonek ˛ caron ˇ overline ‾ afii61352 № numero № Ydieresis Ÿ Zcaron Ž zcaron ž Scaron Š scaron š Ccaron Č ccaron č Rcaron Ř rcaron ř
		Ecaron Ě ecaron ě Cacute Ć cacute ć Nacute Ń nacute ń Sacute Ś sacute ś Zacute Ź zacute ź Zdotaccent Ż zdotaccent ż Aogonek Ą aogonek ą
		Eogonek Ę eogonek ę Abreve Ă abreve ă Gbreve Ğ gbreve ğ Idotaccent İ Scedilla Ş scedilla ş Uring Ů uring ů Ohungarumlaut Ő
		ohungarumlaut ő Uhungarumlaut Ű uhungarumlaut ű Amacron Ā amacron ā Emacron Ē emacron ē Imacron Ī imacron ī Omacron Ō omacron ō
		Umacron Ū umacron ū Dcroat Đ dcroat đ infinity ∞ lessequal ≤ greaterequal ≥ notequal ≠ approxequal ≈ equivalence ≡ proportional ∝
		summation ∑ product ∏ integral ∫ radical √ partialdiff ∂ element ∈ intersection ∩ union ∪ lozenge ◊ arrowleft ← arrowup ↑
		arrowright → arrowdown ↓ arrowboth ↔ arrowdblright ⇒ arrowdblboth ⇔ asteriskmath ∗ dotmath ⋅ periodcentered · middot · prime ′
		minute ′ second ″ checkmark ✓ star ★ H18533 ■ filledbox ■ blacksquare ■ square □ H22073 □ circle ○ H18543 ▪ triagup ▲ triagdn ▼ phi1 ϕ theta1 ϑ
		epsilon1 ϵ omega1 ϖ angle ∠ perpendicular ⊥ parallel ∥ similar ∼ colonmonetary ₡ won ₩ peso ₱ franc ₣ lira ₤ rupee ₨
		zerosuperior ⁰ foursuperior ⁴ fivesuperior ⁵ sixsuperior ⁶ sevensuperior ⁷ eightsuperior ⁸ ninesuperior ⁹ zeroinferior ₀
		oneinferior ₁ twoinferior ₂ threeinferior ₃ fourinferior ₄ nobreakspace . hyphentwo ‐ visiblespace ␣ nonbreakingspace .`
	names := map[string]string{}
	from := func(r rune, list string) {
		for _, n := range strings.Fields(list) {
			names[n] = string(r)
			r++
		}
	}
	from(' ', ascii)
	from(0xa0, latin)
	from('Α', greek)
	pairs := strings.Fields(other)
	for i := 0; i < len(pairs); i += 2 {
		names[pairs[i]] = pairs[i+1]
	}
	names["nobreakspace"], names["nonbreakingspace"], names["softhyphen"] = "\u00a0", "\u00a0", "\u00ad"
	delete(names, ".")
	return names
}()

// glyphText gives the text a glyph's name stands for, "" if nobody knows.
func glyphText(n string) string {
	n, _, _ = strings.Cut(n, ".")
	if text := glyphs[n]; text != "" {
		return text
	}
	if len(n) == 1 && ('A' <= n[0]&^0x20 && n[0]&^0x20 <= 'Z') {
		return n
	}
	if hex, ok := strings.CutPrefix(n, "uni"); ok && len(hex) >= 4 && len(hex)%4 == 0 && len(hex) <= 32 {
		var units []uint16
		for ; hex != ""; hex = hex[4:] {
			v, err := strconv.ParseUint(hex[:4], 16, 16)
			if err != nil {
				return ""
			}
			units = append(units, uint16(v))
		}
		return textOfUnits(units)
	}
	if hex, ok := strings.CutPrefix(n, "u"); ok && len(hex) >= 4 && len(hex) <= 6 {
		if v, err := strconv.ParseUint(hex, 16, 32); err == nil && v <= utf8.MaxRune && utf8.ValidRune(rune(v)) {
			return string(rune(v))
		}
	}
	if parts := strings.Split(n, "_"); len(parts) > 1 && len(parts) <= 8 {
		var text strings.Builder
		for _, part := range parts {
			t := glyphText(part)
			if t == "" {
				return ""
			}
			text.WriteString(t)
		}
		return text.String()
	}
	return ""
}
