package ledger

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// MaxHead is the largest signed head in bytes, cosignatures of witnesses
// included.
const MaxHead = 16 << 10

const timePrefix = "time "

// Head is the state of a log at one size.
type Head struct {
	Origin string    // name of the log and of its key, such as "evidence.shop.example/node-1"
	Size   int64     // number of entries
	Root   tlog.Hash // root of the tree over them
	Time   time.Time // when it was signed, UTC, whole seconds
}

// Text is the C2SP tlog-checkpoint that is signed, without the signature.
func (h Head) Text() string {
	return h.Origin + "\n" +
		strconv.FormatInt(h.Size, 10) + "\n" +
		base64.StdEncoding.EncodeToString(h.Root[:]) + "\n" +
		timePrefix + h.Time.UTC().Format(time.RFC3339) + "\n"
}

// SignHead is the head as a signed note. The signer's name must be the origin.
// The time is cut to whole seconds.
func SignHead(h Head, signer note.Signer) ([]byte, error) {
	if signer.Name() != h.Origin {
		return nil, fmt.Errorf("sign head: key of %q for the log %q", signer.Name(), h.Origin)
	}
	text := h.Text()
	if _, err := parseHead(text); err != nil {
		return nil, fmt.Errorf("sign head: %w", err)
	}
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	if err != nil {
		return nil, fmt.Errorf("sign head: %w", err)
	}
	return signed, nil
}

// OpenHead is the head in a signed note. It fails unless the note carries a valid
// signature by key and names the log of that key. Signatures by others, such as
// witnesses, are let stand unread.
func OpenHead(signed []byte, key note.Verifier) (Head, error) {
	if len(signed) > MaxHead {
		return Head{}, fmt.Errorf("open head: %d bytes are over the limit of %d", len(signed), MaxHead)
	}
	n, err := note.Open(signed, note.VerifierList(key))
	if err != nil {
		return Head{}, fmt.Errorf("open head: %w", err)
	}
	h, err := parseHead(n.Text)
	if err != nil {
		return Head{}, fmt.Errorf("open head: %w", err)
	}
	if h.Origin != key.Name() {
		return Head{}, fmt.Errorf("open head: of the log %q, signed by the key of %q", h.Origin, key.Name())
	}
	return h, nil
}

// parseHead accepts exactly what Text writes.
func parseHead(text string) (Head, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 5 || lines[4] != "" {
		return Head{}, errors.New("a head has four lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || size > MaxSize {
		return Head{}, errors.New("the second line is no size")
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return Head{}, errors.New("the third line is no root hash")
	}
	stamp, ok := strings.CutPrefix(lines[3], timePrefix)
	at, err := time.Parse(time.RFC3339, stamp)
	if !ok || err != nil {
		return Head{}, errors.New("the fourth line is no time")
	}
	h := Head{Origin: lines[0], Size: size, Root: tlog.Hash(root), Time: at.UTC()}
	if h.Origin == "" || h.Text() != text {
		return Head{}, errors.New("the head is not in its one canonical form")
	}
	return h, nil
}
