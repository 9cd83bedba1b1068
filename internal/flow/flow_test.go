package flow

import "testing"

func TestText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		build func(*Text)
		want  string
	}{
		{"joined", func(f *Text) { f.Add("090"); f.Add("1234") }, "0901234"},
		{"white space", func(f *Text) { f.Add(" a \r\n\t"); f.Add("b\fc ") }, "a b c"},
		{"the strongest gap", func(f *Text) { f.Add("a"); f.Separate(Newline); f.Separate(Tab); f.Add(" b") }, "a\nb"},
		{"cells", func(f *Text) { f.Add("a"); f.Separate(Newline); f.Cell(); f.Add("b") }, "a\tb"},
		{"raw", func(f *Text) { f.Separate(Newline); f.AddRaw(" a\n b"); f.AddRaw("") }, " a\n b"},
		{"copy", func(f *Text) { var g Text; g.Add("a "); f.Copy(&g); f.Add("b"); g.Add("c") }, "a b"},
		{"anew", func(f *Text) { f.Add("a"); f.Separate(Newline); f.Take(); f.Add("b") }, "b"},
	} {
		var f Text
		c.build(&f)
		if got := f.Take(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
