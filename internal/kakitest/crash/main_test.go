package crash

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
)

// binary is the real program, built once for all tests.
var binary = sync.OnceValues(func() (string, error) { return Build(context.Background(), os.Getenv(binDir)) })

const binDir = "KAKITOME_CRASH_BIN"

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "kakitome-crash-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	_ = os.Setenv(binDir, dir)
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// program is the path of the real program.
func program(t *testing.T) string {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return path
}
