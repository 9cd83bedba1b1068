package jp

import (
	"maps"
	"slices"
	"testing"
)

// What is compared with folded text must itself be folded, also when a kanji
// joins another group of variants.
func TestWordsAreFolded(t *testing.T) {
	t.Parallel()
	var counted []string
	for _, h := range honorifics {
		counted = append(counted, h.word)
	}
	for name, words := range map[string][]string{
		"labels": labels, "buildings": buildings, "titles": titles, "partLabels": partLabels, "otherWords": otherWords, "longFamilies": longFamilies,
		"kanaLabels": kanaLabels, "goesOn": goesOn, "prefectures": slices.Collect(maps.Keys(prefectures)), "honorifics": counted, "latinTitles": latinTitles,
		"lone": runes(lone), "labelEnds": runes(labelEnds), "heads": runes(heads), "followers": runes(followers), "tails": runes(tails),
		"sections": runes(sections), "wings": runes(wings), "otherCounters": runes(otherCounters), "roomWords": roomWords[:],
	} {
		for _, w := range words {
			if f := foldString(w); f != w {
				t.Errorf("%s: %q is compared with folded text, and folds to %q", name, w, f)
			}
		}
	}
	if len(prefectures) != 47 || !prefectures[foldString("沖縄県")] {
		t.Errorf("%d prefectures", len(prefectures))
	}
	known := 0
	for key, m := range places {
		if key != foldString(key) {
			t.Errorf("%q folds to %q", key, foldString(key))
		}
		if m.prefecture != "" && key == m.prefecture+m.name {
			known++
		}
	}
	if known != 1741 { // 792 cities, 23 wards of Tokyo, 743 towns and 183 villages
		t.Errorf("%d municipalities", known)
	}
}

func runes(s string) []string {
	var out []string
	for _, r := range s {
		out = append(out, string(r))
	}
	return out
}
