package letter

import "testing"

func TestBuiltin(t *testing.T) {
	if _, err := Load(nil); err != nil {
		t.Fatal(err)
	}
}
