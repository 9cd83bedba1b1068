package keys

import (
	"archive/tar"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"filippo.io/age"
	"filippo.io/age/armor"

	"github.com/kakitome/kakitome/internal/fault"
)

// Lock is what a backup is encrypted to: age recipients ("age1…"), or else a
// passphrase.
type Lock struct {
	Recipients []string
	Passphrase string

	work int // scrypt work factor, log 2; 0: age's own
}

// Unlock opens a backup: the text of an age identity file, or a passphrase.
type Unlock struct {
	Identities string
	Passphrase string
}

// minPassphrase is the shortest passphrase for a backup, in characters: it
// guards all that Kakitome seals, against guessing without end.
const minPassphrase = 12

// maxBackup bounds a backup, bytes.
const maxBackup = 16 << 20

// Backup writes all keys, encrypted with age, as text.
func (r *Ring) Backup(w io.Writer, to Lock) error {
	recipients, err := to.recipients()
	if err != nil {
		return err
	}
	files, err := readDir(r.dir)
	if err != nil {
		return fmt.Errorf("back up keys: %w", err)
	}
	text := armor.NewWriter(w)
	sealed, err := age.Encrypt(text, recipients...)
	if err != nil {
		return fmt.Errorf("back up keys: %w", err)
	}
	err = writeTar(sealed, files)
	if err == nil {
		err = sealed.Close()
	}
	if err == nil {
		err = text.Close()
	}
	if err != nil {
		return fmt.Errorf("back up keys: %w", err)
	}
	return nil
}

func (l Lock) recipients() ([]age.Recipient, error) {
	const op = "back up keys"
	switch {
	case len(l.Recipients) > 0 && l.Passphrase != "":
		return nil, fault.New(fault.Invalid, op, "recipients and a passphrase exclude each other")
	case len(l.Recipients) > 0:
		recipients, err := age.ParseRecipients(strings.NewReader(strings.Join(l.Recipients, "\n")))
		if err != nil {
			return nil, fault.New(fault.Invalid, op, "a recipient is not an age public key").WithHint("it begins with age1; make one with age-keygen")
		}
		return recipients, nil
	case utf8.RuneCountInString(l.Passphrase) < minPassphrase:
		return nil, fault.Newf(fault.Invalid, op, "the passphrase has under %d characters", minPassphrase).WithHint("take several words")
	}
	recipient, err := age.NewScryptRecipient(l.Passphrase)
	if err != nil {
		return nil, fault.New(fault.Invalid, op, "the passphrase cannot be used")
	}
	if l.work > 0 {
		recipient.SetWorkFactor(l.work)
	}
	return []age.Recipient{recipient}, nil
}

func writeTar(w io.Writer, files map[string][]byte) error {
	t := tar.NewWriter(w)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		head := &tar.Header{Name: name, Mode: 0o600, Size: int64(len(files[name])), Typeflag: tar.TypeReg}
		if err := t.WriteHeader(head); err != nil {
			return err
		}
		if _, err := t.Write(files[name]); err != nil {
			return err
		}
	}
	return t.Close()
}

// Restore puts the keys of a backup into dir, all of them or none. It never
// overwrites: where dir has anything in it, it is a fault.Conflict.
func Restore(r io.Reader, with Unlock, dir string) error {
	return restore(r, with, dir, func(map[string][]byte) error { return nil })
}

// RestoreNew is Restore for a further node: it has the keys all nodes share,
// and a new evidence key, read from rand, that makes it another node.
func RestoreNew(r io.Reader, with Unlock, dir string, rand io.Reader) error {
	return restore(r, with, dir, func(files map[string][]byte) error {
		k, err := newKey("evidence", rand)
		files[evidenceFile] = k.marshal()
		return err
	})
}

func restore(r io.Reader, with Unlock, dir string, change func(files map[string][]byte) error) error {
	const op = "restore keys"
	if fresh, err := absent(dir); err != nil {
		return err
	} else if !fresh {
		return install(dir, nil) // says why not, and changes nothing
	}
	identities, err := with.identities()
	if err != nil {
		return err
	}
	plain, err := age.Decrypt(dearmor(io.LimitReader(r, maxBackup)), identities...)
	var noMatch *age.NoIdentityMatchError
	switch {
	case errors.As(err, &noMatch):
		return fault.Wrap(fault.Denied, op, "the backup does not open with this", err).
			WithHint("another passphrase or identity was used when it was made")
	case err != nil:
		return fault.Wrap(fault.Invalid, op, "this is not a backup, or it is damaged", err)
	}
	files, err := readTar(plain)
	if err != nil {
		return fault.Wrap(fault.Invalid, op, "the backup is damaged", err)
	}
	if _, err := newRing(files); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	if err := change(files); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return install(dir, files)
}

func (u Unlock) identities() ([]age.Identity, error) {
	const op = "restore keys"
	if u.Passphrase != "" {
		id, err := age.NewScryptIdentity(u.Passphrase)
		if err != nil {
			return nil, fault.New(fault.Invalid, op, "the passphrase cannot be used")
		}
		return []age.Identity{id}, nil
	}
	identities, err := age.ParseIdentities(strings.NewReader(u.Identities))
	if err != nil {
		// The cause could repeat a line of the secret file.
		return nil, fault.New(fault.Invalid, op, "there is neither a passphrase nor an age identity").
			WithHint("an identity file has a line that begins with AGE-SECRET-KEY-1")
	}
	return identities, nil
}

// dearmor reads age's text form, and its binary form as well.
func dearmor(r io.Reader) io.Reader {
	in := bufio.NewReader(r)
	if begin, err := in.Peek(len(armor.Header)); err == nil && string(begin) == armor.Header {
		return armor.NewReader(in)
	}
	return in
}

// readTar reads the files of a backup to its end, so that age has checked all.
func readTar(r io.Reader) (map[string][]byte, error) {
	files := map[string][]byte{}
	t := tar.NewReader(r)
	for {
		head, err := t.Next()
		if errors.Is(err, io.EOF) {
			_, err := io.Copy(io.Discard, r)
			return files, err
		}
		if err != nil {
			return nil, err
		}
		if head.Typeflag != tar.TypeReg || head.Size > maxFile || len(files) == maxFiles {
			return nil, errors.New("an entry is no key file")
		}
		var content bytes.Buffer
		if _, err := io.Copy(&content, io.LimitReader(t, maxFile)); err != nil {
			return nil, err
		}
		files[head.Name] = content.Bytes()
	}
}
