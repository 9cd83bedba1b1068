package jp

import "strings"

// municipality is a city, a ward of Tokyo, a town or a village.
type municipality struct {
	prefecture string // "" if it has a namesake elsewhere
	district   string // its 郡; "" for cities
	name       string
	shared     bool // it has a namesake in another prefecture
}

// prefectures are the first words of an address, folded.
var prefectures = buildPrefectures()

func buildPrefectures() map[string]bool {
	all := make(map[string]bool, 47)
	for line := range strings.Lines(municipalityTable) {
		if first, _, ok := strings.Cut(line, " "); ok && first != "" {
			all[foldString(first)] = true
		}
	}
	return all
}

// places are the municipalities under their folded names: alone, with their
// district, and with their prefecture.
var places = buildPlaces()

func buildPlaces() map[string]municipality {
	all := make(map[string]municipality, 5000)
	enter := func(key string, m municipality) {
		if other, taken := all[key]; taken && other != m {
			m.prefecture, m.district = "", ""
		}
		all[key] = m
	}
	var m municipality
	for line := range strings.Lines(municipalityTable) {
		for i, word := range strings.Fields(line) {
			switch {
			case i == 0 && strings.HasPrefix(line, word):
				m.prefecture, m.district = foldString(word), ""
			case strings.HasSuffix(word, "郡"):
				m.district = foldString(word)
			default:
				m.name = foldString(word)
				enter(m.name, m)
				enter(m.prefecture+m.name, m)
				if m.district != "" {
					enter(m.district+m.name, m)
				}
			}
		}
	}
	for key, m := range all {
		m.shared = all[m.name].prefecture == ""
		all[key] = m
	}
	return all
}

// longestPlace is how many bytes a key of places has at most.
const longestPlace = len("和歌山県東牟婁郡那智勝浦町")

// placeAt is the municipality s begins with, with or without its district, and
// how many bytes of s it takes; 0 if none is known. The longest is meant:
// 東村山市 begins with the village of 東村.
func placeAt(prefecture, s string) (m municipality, n int) {
	for i, r := range s {
		if i > longestPlace {
			break
		}
		if !isTown(r) {
			continue
		}
		end := i + len("市")
		if p, ok := places[prefecture+s[:end]]; ok {
			m, n = p, end
		} else if p, ok := places[s[:end]]; ok && prefecture != "" && p.prefecture == prefecture {
			m, n = p, end
		}
	}
	return m, n
}

// prefectureOf is the prefecture s begins with, or "".
func prefectureOf(s string) string {
	for n := len("東京都"); n <= len("神奈川県") && n <= len(s); n += len("都") { // each kanji has three bytes
		if prefectures[s[:n]] {
			return s[:n]
		}
	}
	return ""
}

func isPrefectureSuffix(r rune) bool { return r == '都' || r == '道' || r == '府' || r == '県' }
