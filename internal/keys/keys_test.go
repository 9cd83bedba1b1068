package keys

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"

	"github.com/kakitome/kakitome/internal/fault"
)

var november = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func open(t testing.TB, dir string, now time.Time) *Ring {
	t.Helper()
	r, err := Open(dir, rand.Reader, now)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return r
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestFirstStart(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data", "keys")
	a := open(t, dir, november)
	want := []string{"evidence.key", "ident.key", "seal-2026-11.key"}
	if got := names(t, dir); !slices.Equal(got, want) {
		t.Errorf("files %v, want %v", got, want)
	}
	if got := names(t, filepath.Dir(dir)); !slices.Equal(got, []string{"keys"}) {
		t.Errorf("left beside the keys: %v", got)
	}
	for _, name := range append(want, "") {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
	b := open(t, dir, november)
	if len(a.HashSecret()) != 32 || !bytes.Equal(a.HashSecret(), b.HashSecret()) || a.NodeID() != b.NodeID() || len(a.NodeID()) != 16 {
		t.Error("a second start has other keys")
	}
	c := open(t, t.TempDir(), november) // an empty directory that is there
	if bytes.Equal(a.HashSecret(), c.HashSecret()) {
		t.Error("two nodes have one secret")
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	rewrite := func(name string, change func([]byte) []byte) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			t.Helper()
			path := filepath.Join(dir, name)
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, change(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, c := range map[string]struct {
		spoil func(*testing.T, string)
		kind  fault.Kind
		want  string
	}{
		"file open to group": {func(t *testing.T, dir string) { chmod(t, filepath.Join(dir, identFile), 0o640) }, fault.Denied, "ident.key may be read by others (mode 0640)"},
		"directory open":     {func(t *testing.T, dir string) { chmod(t, dir, 0o755) }, fault.Denied, "may be read by others (mode 0755)"},
		"secret missing":     {func(t *testing.T, dir string) { remove(t, filepath.Join(dir, identFile)) }, fault.Invalid, "ident.key is missing"},
		"evidence missing":   {func(t *testing.T, dir string) { remove(t, filepath.Join(dir, evidenceFile)) }, fault.Invalid, "evidence.key is missing"},
		"seals missing":      {func(t *testing.T, dir string) { remove(t, filepath.Join(dir, "seal-2026-11.key")) }, fault.Invalid, "seal-*.key is missing"},
		"empty file":         {rewrite(identFile, func([]byte) []byte { return nil }), fault.Invalid, "ident.key is damaged: it is not a key file"},
		"cut short":          {rewrite(identFile, func(b []byte) []byte { return b[:len(b)-9] }), fault.Invalid, "its secret cannot be read"},
		"other version":      {rewrite(identFile, func(b []byte) []byte { return bytes.Replace(b, []byte("-v1"), []byte("-v2"), 1) }), fault.Invalid, "it is not a key file"},
		"swapped":            {rewrite(identFile, func(b []byte) []byte { return bytes.Replace(b, []byte("v1 ident"), []byte("v1 seal"), 1) }), fault.Invalid, "another purpose"},
		"too long":           {rewrite(identFile, func([]byte) []byte { return make([]byte, maxFile+1) }), fault.Invalid, "too long"},
		"secret changed":     {rewrite(identFile, flipSecret), fault.Invalid, "its secret does not fit its id"},
		"strange file":       {func(t *testing.T, dir string) { write(t, filepath.Join(dir, "seal-2026-13.key")) }, fault.Invalid, "is no key file"},
		"link": {func(t *testing.T, dir string) {
			remove(t, filepath.Join(dir, identFile))
			if err := os.Symlink("evidence.key", filepath.Join(dir, identFile)); err != nil {
				t.Fatal(err)
			}
		}, fault.Invalid, "not a regular file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "keys")
			open(t, dir, november)
			c.spoil(t, dir)
			before := names(t, dir)
			_, err := Open(dir, rand.Reader, november)
			if err == nil || fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, want %s: …%s…", err, c.kind, c.want)
			}
			if c.kind == fault.Denied && fault.HintOf(err) == "" {
				t.Error("no hint")
			}
			if after := names(t, dir); !slices.Equal(before, after) {
				t.Errorf("files were %v, are %v", before, after)
			}
		})
	}
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// flipSecret changes one character of the secret into another valid one.
func flipSecret(b []byte) []byte {
	at := len(b) - 20
	if b[at] == 'A' {
		b[at] = 'B'
	} else {
		b[at] = 'A'
	}
	return b
}

func TestFailedRandomMakesNothing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "keys")
	if _, err := Open(dir, bytes.NewReader(make([]byte, 40)), november); err == nil {
		t.Fatal("opened without randomness")
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("something was made: %v", err)
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "keys")
	r := open(t, dir, november)
	aad := []byte("place")
	old, err := r.Seal(aad, []byte("old"))
	if err != nil {
		t.Fatal(err)
	}
	for _, now := range []time.Time{november.Add(time.Hour), november.AddDate(0, -1, 0)} {
		if err := r.Rotate(now); err != nil || len(names(t, dir)) != 3 {
			t.Fatalf("within the month or before it: %v, %v", err, names(t, dir))
		}
	}
	if err := r.Rotate(november.AddDate(0, 1, 0)); err != nil {
		t.Fatal(err)
	}
	if want := []string{"evidence.key", "ident.key", "seal-2026-11.key", "seal-2026-12.key"}; !slices.Equal(names(t, dir), want) {
		t.Errorf("files %v", names(t, dir))
	}
	young, err := r.Seal(aad, []byte("young"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(old[1:9], young[1:9]) {
		t.Error("the new month seals with the old key")
	}
	later := open(t, dir, november.AddDate(0, 2, 0))
	for want, sealed := range map[string][]byte{"old": old, "young": young} {
		if got, err := later.Open(aad, sealed); err != nil || string(got) != want {
			t.Errorf("%s opens as %q, %v", want, got, err)
		}
	}
	remove(t, filepath.Join(dir, "seal-2026-11.key"))
	_, err = open(t, dir, november.AddDate(0, 2, 0)).Open(aad, old)
	if fault.KindOf(err) != fault.NotFound || fault.HintOf(err) == "" {
		t.Errorf("without its key: %v", err)
	}
}

// Every flipped bit of a sealed text, of its place or of its length is seen.
func TestTamper(t *testing.T) {
	t.Parallel()
	r := open(t, filepath.Join(t.TempDir(), "keys"), november)
	sealed, err := r.Seal([]byte("place"), []byte("text"))
	if err != nil {
		t.Fatal(err)
	}
	key, wrapped, err := r.NewMailKey()
	if err != nil {
		t.Fatal(err)
	}
	field := key.Seal("body", "mail-1", []byte("text"))
	each(sealed, func(b []byte) {
		if _, err := r.Open([]byte("place"), b); err == nil {
			t.Errorf("sealed text opens as %x", b)
		}
	})
	each(wrapped, func(b []byte) {
		if _, err := r.MailKey(b); err == nil {
			t.Errorf("wrapped key opens as %x", b)
		}
	})
	each(field, func(b []byte) {
		if _, err := key.Open("body", "mail-1", b); err == nil {
			t.Errorf("field opens as %x", b)
		}
	})
	for _, place := range [][2]string{{"body", "mail-2"}, {"from", "mail-1"}, {"bodym", "ail-1"}, {"", "bodymail-1"}} {
		if _, err := key.Open(place[0], place[1], field); err == nil {
			t.Errorf("field opens at %v", place)
		}
	}
	if _, err := r.Open([]byte("elsewhere"), sealed); err == nil {
		t.Error("sealed text opens elsewhere")
	}
	if len(sealed) != Overhead+4 || len(wrapped) != WrappedSize || len(field) != MailOverhead+4 {
		t.Errorf("sizes %d, %d, %d", len(sealed), len(wrapped), len(field))
	}
}

// each gives every text that differs in one bit, and those cut short or
// lengthened by one byte.
func each(b []byte, try func([]byte)) {
	for i := range b {
		for bit := range 8 {
			c := slices.Clone(b)
			c[i] ^= 1 << bit
			try(c)
		}
	}
	try(nil)
	try(b[:len(b)-1])
	try(append(slices.Clone(b), 0))
}

func TestSealProperties(t *testing.T) {
	t.Parallel()
	r := open(t, filepath.Join(t.TempDir(), "keys"), november)
	rapid.Check(t, func(t *rapid.T) {
		aad, plain := rapid.SliceOf(rapid.Byte()).Draw(t, "aad"), rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		field, id := rapid.String().Draw(t, "field"), rapid.String().Draw(t, "id")
		sealed, err := r.Seal(aad, plain)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.Open(aad, sealed); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("sealed %x opens as %x, %v", plain, got, err)
		}
		again, err := r.Seal(aad, plain)
		if err != nil || bytes.Equal(again, sealed) {
			t.Fatalf("sealed twice, the same: %v", err)
		}
		key, wrapped, err := r.NewMailKey()
		if err != nil {
			t.Fatal(err)
		}
		same, err := r.MailKey(wrapped)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := same.Open(field, id, key.Seal(field, id, plain)); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("field %x opens as %x, %v", plain, got, err)
		}
	})
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	r := open(t, filepath.Join(t.TempDir(), "keys"), november)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for n := range 50 {
				if i == 0 {
					if err := r.Rotate(november.AddDate(0, n%3, 0)); err != nil {
						t.Error(err)
					}
				}
				sealed, err := r.Seal(nil, []byte("text"))
				if err != nil {
					t.Error(err)
				}
				if _, err := r.Open(nil, sealed); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestEvidenceKey(t *testing.T) {
	t.Parallel()
	r := open(t, filepath.Join(t.TempDir(), "keys"), november)
	private, public, err := r.EvidenceKey("kakitome/" + r.NodeID())
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := note.Sign(&note.Note{Text: "head\n"}, signer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := note.Open(signed, note.VerifierList(verifier)); err != nil {
		t.Errorf("verify: %v", err)
	}
	for _, name := range []string{"", "a b", "a+b", "\xff"} {
		if _, _, err := r.EvidenceKey(name); err == nil {
			t.Errorf("name %q is taken", name)
		}
	}
}
