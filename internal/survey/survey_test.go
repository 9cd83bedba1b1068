package survey

import "testing"

func TestNoFormula(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "M-1": "M-1", "taro@example.jp": "taro@example.jp", "=1+1": "'=1+1", "+81": "'+81", "-2": "'-2", "@x": "'@x", "\tx": "'\tx", "＝1": "'＝1",
	} {
		if got := noFormula(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestUnpackIsBounded(t *testing.T) {
	t.Parallel()
	packed, err := Pack([]byte("scope"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Unpack(packed); err != nil || string(got) != "scope" {
		t.Errorf("%q %v", got, err)
	}
	for _, bad := range [][]byte{nil, []byte("scope"), packed[:len(packed)-3]} {
		if _, err := Unpack(bad); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}
