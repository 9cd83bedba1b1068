package letter

import "testing"

// BenchmarkLetter: one letter from words to bytes that were looked at, as for
// each of five thousand.
func BenchmarkLetter(b *testing.B) {
	w, c := load(b), townOf(b, 1, 40)
	g, d, f := c.guard(), details(b), shop()
	l := letterTo(b, Deletion, "a@example.jp")
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			if _, err := w.Write(Deletion, f, d); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			if _, err := Build(l); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("clean", func(b *testing.B) {
		raw, err := Build(l)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if err := g.Clean(raw, "a@example.jp"); err != nil {
				b.Fatal(err)
			}
		}
	})
}
