package app

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"time"
)

var idLetters = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// newID is a mail id: 26 letters, the first ten grow with time, the rest is
// random, so that ids sort as mails came and nobody guesses one.
func newID() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(time.Now().UnixMilli())<<16) //nolint:gosec // after 1970
	_, _ = rand.Read(b[6:])
	return idLetters.EncodeToString(b[:])
}
