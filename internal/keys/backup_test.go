package keys

import (
	"archive/tar"
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/kakitome/kakitome/internal/fault"
)

const passphrase = "見本の合い言葉は長くて良い"

func TestBackupAndRestore(t *testing.T) {
	t.Parallel()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	r := open(t, filepath.Join(t.TempDir(), "keys"), november)
	if err := r.Rotate(november.AddDate(0, 1, 0)); err != nil {
		t.Fatal(err)
	}
	sealed, err := r.Seal(nil, []byte("text"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		lock   Lock
		unlock Unlock
	}{
		"recipient":  {Lock{Recipients: []string{id.Recipient().String()}}, Unlock{Identities: "# mine\n" + id.String() + "\n"}},
		"passphrase": {Lock{Passphrase: passphrase, work: 10}, Unlock{Passphrase: passphrase}},
	} {
		var backup bytes.Buffer
		if err := r.Backup(&backup, c.lock); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if strings.Contains(backup.String(), "kakitome-key") || !strings.HasPrefix(backup.String(), "-----BEGIN AGE") {
			t.Errorf("%s: backup begins %.30s", name, backup.String())
		}
		dir := filepath.Join(t.TempDir(), "data", "keys")
		if err := Restore(bytes.NewReader(backup.Bytes()), c.unlock, dir); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		back := open(t, dir, november.AddDate(0, 1, 0))
		if got, err := back.Open(nil, sealed); err != nil || string(got) != "text" || back.NodeID() != r.NodeID() || !bytes.Equal(back.HashSecret(), r.HashSecret()) {
			t.Errorf("%s: restored keys differ: %q, %v", name, got, err)
		}
		if !slices.Equal(names(t, dir), names(t, r.dir)) {
			t.Errorf("%s: files %v", name, names(t, dir))
		}
		err := Restore(bytes.NewReader(backup.Bytes()), c.unlock, dir)
		if fault.KindOf(err) != fault.Conflict || fault.HintOf(err) == "" {
			t.Errorf("%s: a second restore gives %v", name, err)
		}
	}
}

func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	r := open(t, filepath.Join(t.TempDir(), "keys"), november)
	var phrase, key bytes.Buffer
	if err := errors.Join(
		r.Backup(&phrase, Lock{Passphrase: passphrase, work: 10}),
		r.Backup(&key, Lock{Recipients: []string{id.Recipient().String()}}),
	); err != nil {
		t.Fatal(err)
	}
	cut := key.String()[:key.Len()/2]
	bent := strings.Replace(key.String(), "\n", "\nAAAA", 6)
	evil := packed(t, id, map[string]string{"../evil": "x"})
	bare := packed(t, id, map[string]string{})
	for name, c := range map[string]struct {
		backup string
		unlock Unlock
		kind   fault.Kind
	}{
		"wrong passphrase":      {phrase.String(), Unlock{Passphrase: "another passphrase"}, fault.Denied},
		"wrong identity":        {key.String(), Unlock{Identities: other.String()}, fault.Denied},
		"passphrase for key":    {key.String(), Unlock{Passphrase: passphrase}, fault.Denied},
		"nothing to open with":  {key.String(), Unlock{}, fault.Invalid},
		"no identity":           {key.String(), Unlock{Identities: "hello"}, fault.Invalid},
		"no backup":             {"hello", Unlock{Identities: id.String()}, fault.Invalid},
		"empty":                 {"", Unlock{Identities: id.String()}, fault.Invalid},
		"cut short":             {cut, Unlock{Identities: id.String()}, fault.Invalid},
		"bent":                  {bent, Unlock{Identities: id.String()}, fault.Invalid},
		"file outside":          {evil, Unlock{Identities: id.String()}, fault.Invalid},
		"archive without files": {bare, Unlock{Identities: id.String()}, fault.Invalid},
	} {
		dir := filepath.Join(t.TempDir(), "keys")
		err := Restore(strings.NewReader(c.backup), c.unlock, dir)
		if err == nil || fault.KindOf(err) != c.kind {
			t.Errorf("%s: %v (%s), want %s", name, err, fault.KindOf(err), c.kind)
		}
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: something was made", name)
		}
	}
}

// packed is a backup with files of our choice.
func packed(t *testing.T, id *age.X25519Identity, files map[string]string) string {
	t.Helper()
	var out bytes.Buffer
	w, err := age.Encrypt(&out, id.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	archive := tar.NewWriter(w)
	for name, content := range files {
		if err := archive.WriteHeader(&tar.Header{Name: name, Size: int64(len(content)), Typeflag: tar.TypeReg, Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(archive.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestLockRefuses(t *testing.T) {
	t.Parallel()
	r := open(t, filepath.Join(t.TempDir(), "keys"), november)
	for name, lock := range map[string]Lock{
		"nothing":          {},
		"short passphrase": {Passphrase: "short"},
		"both":             {Passphrase: passphrase, Recipients: []string{"age1x"}},
		"bad recipient":    {Recipients: []string{"age1secretvalue"}},
	} {
		var out bytes.Buffer
		err := r.Backup(&out, lock)
		if fault.KindOf(err) != fault.Invalid || out.Len() > 0 {
			t.Errorf("%s: %v, %d bytes", name, err, out.Len())
		}
		if err != nil && strings.Contains(err.Error(), "secretvalue") {
			t.Errorf("%s: the error repeats what was given", name)
		}
	}
}

// FuzzOpen: no bytes but those sealed open, and none make Open panic.
func FuzzOpen(f *testing.F) {
	r := open(f, filepath.Join(f.TempDir(), "keys"), november)
	sealed, err := r.Seal([]byte("place"), []byte("text"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add(sealed[:Overhead])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := r.Open([]byte("place"), b); err == nil && !bytes.Equal(b, sealed) {
			t.Fatalf("forged %x", b)
		}
		if _, err := r.MailKey(b); err == nil {
			t.Fatalf("forged key %x", b)
		}
	})
}

// FuzzParseKey: never panics, and what is read writes itself the same.
func FuzzParseKey(f *testing.F) {
	k, err := newKey("seal", bytes.NewReader(make([]byte, secretSize)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(k.marshal())
	f.Add([]byte("kakitome-key-v1 seal 00 AAAA"))
	f.Fuzz(func(t *testing.T, content []byte) {
		k, err := parseKey("seal-2026-11.key", "seal", content)
		if err != nil {
			return
		}
		again, err := parseKey("seal-2026-11.key", "seal", k.marshal())
		if err != nil || again != k {
			t.Fatalf("read again: %v", err)
		}
	})
}

// TestRestoreNew: a further node opens what the first one sealed and hashes as
// it does, but is another node with a log of its own.
func TestRestoreNew(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	first, err := Open(filepath.Join(t.TempDir(), "keys"), rand.Reader, now)
	if err != nil {
		t.Fatal(err)
	}
	var backup bytes.Buffer
	if err := first.Backup(&backup, Lock{Passphrase: "several words of a test", work: 10}); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "keys")
	if err := RestoreNew(&backup, Unlock{Passphrase: "several words of a test"}, dir, rand.Reader); err != nil {
		t.Fatal(err)
	}
	second, err := Open(dir, rand.Reader, now)
	if err != nil {
		t.Fatal(err)
	}
	if second.NodeID() == first.NodeID() {
		t.Error("both nodes have one name")
	}
	if !bytes.Equal(second.HashSecret(), first.HashSecret()) {
		t.Error("the nodes hash differently")
	}
	sealed, err := first.Seal([]byte("place"), []byte("text"))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := second.Open([]byte("place"), sealed); err != nil || string(plain) != "text" {
		t.Errorf("the second node opens %q, %v", plain, err)
	}
}
