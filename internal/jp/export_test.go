package jp

// Variants is the table of kanji variants.
func Variants() map[rune]rune { return variants }
