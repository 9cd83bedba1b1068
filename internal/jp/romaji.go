package jp

import (
	"slices"
	"strings"
)

// romaji is one part of a Japanese name in Latin letters, by syllables.
type romaji []syllable

type syllable struct {
	consonant string // in Hepburn: sh for s before i; n, or the doubled letter, without a vowel
	vowel     byte   // 0 if there is none
	long      bool   // ō, ou, oh, oo
}

// romanisation is a way of writing romaji.
type romanisation uint8

const (
	short  romanisation = iota // Hepburn as in passports, but for Honma: Sato, Tsuji
	withM                      // Homma
	kunrei                     // Sato, Tuzi
	withU                      // Satou; at the begin Oono
	withH                      // Satoh, Ohno
)

// toHepburn are consonants of other romanisations, with the vowel that follows.
var toHepburn = map[string]string{
	"si": "sh", "ti": "ch", "tu": "ts", "hu": "f", "zi": "j",
	"sya": "sh", "syu": "sh", "syo": "sh", "tya": "ch", "tyu": "ch", "tyo": "ch", "zya": "j", "zyu": "j", "zyo": "j", "jya": "j", "jyu": "j", "jyo": "j",
}

// toKunrei is the way back: j is z before i, zy before other vowels.
var toKunrei = map[string]string{"sh": "s", "ch": "t", "ts": "t", "f": "h", "j": "z"}

// consonants that begin a syllable of Hepburn, longest first.
var consonants = strings.Fields("sy ty zy jy sh ch ts ky gy ny hy by py my ry k g s z t d n h b p m y r w f j")

// readRomaji reads a part of a Latin name, in lower case with its diacritics, as
// Japanese; false if it is none.
func readRomaji(part string) (romaji, bool) {
	part = plainRomaji.Replace(part)
	var r romaji
	for i := 0; i < len(part); {
		s, n := readSyllable(part[i:])
		if n == 0 {
			return nil, false
		}
		r = append(r, s)
		i += n
	}
	return r, len(r) > 1
}

// plainRomaji writes long vowels with a combining macron and drops what parts
// syllables.
var plainRomaji = strings.NewReplacer("ō", "o\u0304", "ô", "o\u0304", "ū", "u\u0304", "û", "u\u0304", "o\u0302", "o\u0304", "'", "", "’", "", "-", "")

func isVowel(c byte) bool { return strings.IndexByte("aiueo", c) >= 0 }

// letter is the byte at i of s, 0 beyond its end.
func letter(s string, i int) byte {
	if i < len(s) {
		return s[i]
	}
	return 0
}

// readSyllable reads the syllable s begins with and how long it is; 0 if none.
func readSyllable(s string) (syllable, int) {
	first, next := s[0], letter(s, 1)
	switch {
	case first == 't' && next == 'c', first == next && strings.IndexByte("kstpc", first) >= 0:
		return syllable{consonant: string(next)}, 1 // Hatchobori, Hattori
	case (first == 'n' || first == 'm' && strings.IndexByte("bmp", next) >= 0) && next != 'y' && !isVowel(next):
		return syllable{consonant: "n"}, 1 // Honma, Homma
	}
	c := ""
	for _, w := range consonants {
		if strings.HasPrefix(s, w) {
			c = w
			break
		}
	}
	v := letter(s, len(c))
	if !isVowel(v) {
		return syllable{}, 0
	}
	n := len(c) + 1
	if h, ok := toHepburn[s[:n]]; ok {
		c = h
	}
	length := longVowel(s[n-1:])
	return syllable{consonant: c, vowel: v, long: length > 0}, n + length
}

// longVowel is how many bytes behind the vowel s begins with make it long.
func longVowel(s string) int {
	next := letter(s, 1)
	if s[0] != 'o' && s[0] != 'u' {
		return 0
	}
	switch {
	case strings.HasPrefix(s[1:], "\u0304"):
		return len("\u0304")
	case next == 'u' && !(s[0] == 'o' && letter(s, 2) == 'e'), next == 'o' && s[0] == 'o': // not Inoue
		return 1
	case next == 'h' && letter(s, 2) == 'n': // Ohno, not John
		return btoi(isVowel(letter(s, 3)))
	case next == 'h' && !isVowel(letter(s, 2)) && letter(s, 2) != 'y':
		return 1
	default:
		return 0
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// write writes r in a romanisation.
func (r romaji) write(as romanisation) string {
	var b strings.Builder
	for i, s := range r {
		c := s.consonant
		if k, ok := toKunrei[c]; ok && as == kunrei && s.vowel != 0 {
			c = k
			if s.vowel != 'i' && (s.consonant == "sh" || s.consonant == "ch" || s.consonant == "j") {
				c += "y"
			}
		}
		switch {
		case s.vowel == 0 && c == "c" && as == kunrei:
			c = "t"
		case s.vowel == 0 && c == "n" && as == withM && i+1 < len(r) && strings.IndexByte("bmp", letter(r[i+1].consonant, 0)) >= 0:
			c = "m"
		}
		b.WriteString(c)
		if s.vowel == 0 {
			continue
		}
		b.WriteByte(s.vowel)
		if !s.long {
			continue
		}
		switch {
		case as == withU && i == 0 && c == "":
			b.WriteByte(s.vowel) // Oono
		case as == withU:
			b.WriteByte('u')
		case as == withH:
			b.WriteByte('h')
		}
	}
	return b.String()
}

// romanised writes the parts that are Japanese in other romanisations, the
// others as they are. Where no part tells of a long vowel, those are taken to be
// long that mostly are: Taro, Sato, Kondo, Ono. Where parts do, one alone may be
// written long: Ohno Ichiro.
func romanised(parts []string) [][]string {
	read, plain := make([]romaji, len(parts)), make([]string, len(parts))
	told := false
	for i, p := range parts {
		read[i], _ = readRomaji(p)
		plain[i] = foldString(p)
		for _, s := range read[i] {
			told = told || s.long
		}
	}
	write := func(at func(i int) romanisation) []string {
		out := slices.Clone(plain)
		for i, r := range read {
			if r != nil {
				out[i] = r.write(at(i))
			}
		}
		return out
	}
	if !told {
		for _, r := range read {
			r.guessLong()
		}
	}
	var all [][]string
	for as := short; as <= withH; as++ {
		all = append(all, write(func(int) romanisation { return as }))
		for k := 0; told && k < len(read) && k < maxTurns && as >= withU; k++ {
			all = append(all, write(func(i int) romanisation {
				if i == k {
					return as
				}
				return short
			}))
		}
	}
	return all
}

func (r romaji) guessLong() {
	if len(r) == 0 {
		return
	}
	if last := &r[len(r)-1]; last.vowel == 'o' && (last.consonant == "t" || last.consonant == "d" || last.consonant == "r") {
		last.long = true
	}
	if first := &r[0]; first.consonant == "" && first.vowel == 'o' {
		first.long = true
	}
}
