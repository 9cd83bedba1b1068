package roster

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/kakitome/kakitome/internal/jp"
)

// SecretSize is the size of the secret of a Hasher, in bytes.
const SecretSize = 32

// Hasher makes keys. Two Hashers with the same secret make the same keys. It
// is safe for concurrent use.
type Hasher struct {
	macs sync.Pool // of *mac
	scan scanKeys
}

// mac is a keyed hash at work, with room for what it hashes.
type mac struct {
	hash.Hash
	msg []byte
	sum [sha256.Size]byte
}

// NewHasher makes a Hasher of a secret of SecretSize bytes.
func NewHasher(secret []byte) (*Hasher, error) {
	if len(secret) != SecretSize {
		return nil, fmt.Errorf("identifier secret has %d bytes, not %d", len(secret), SecretSize)
	}
	own := append([]byte(nil), secret...)
	h := &Hasher{}
	h.macs.New = func() any { return &mac{Hash: hmac.New(sha256.New, own)} }
	h.scan = newScanKeys(h.Bytes("scan print"), h.Bytes("scan anchor"), h.Bytes("scan base"))
	return h, nil
}

// domain separates these hashes from any other use of the secret.
const domain = "kakitome/v1"

// Ident names an identifier by its normal form (jp.Normal): HMAC-SHA256 over
// "kakitome/v1" 0 class 0 normal, the first 16 bytes. Names of the three kinds
// are of one class, so that a name is one identifier in whichever column it
// was declared.
func (h *Hasher) Ident(k jp.Kind, normal string) Key { return h.hash(class(k), normal) }

func class(k jp.Kind) string {
	if isName(k) {
		return "name"
	}
	return k.String()
}

// Person names a person by the shop's id.
func (h *Hasher) Person(id string) Key { return h.hash("person", id) }

// Recipient names an envelope recipient: the identifier of its address. An
// address that is no regular one is named by its lower-cased bytes.
func (h *Hasher) Recipient(addr string) Key { return h.Ident(jp.Email, normalAddress(addr)) }

// Domain names the domain of an address.
func (h *Hasher) Domain(addr string) Key {
	addr = normalAddress(addr)
	return h.hash("domain", addr[strings.LastIndexByte(addr, '@')+1:])
}

func normalAddress(addr string) string {
	if normal, err := jp.Normal(jp.Email, addr); err == nil {
		return normal
	}
	return strings.ToLower(addr)
}

// Bytes names other things: attachments, message ids, digests, pairs. The
// purposes never collide, nor do the borders between the parts.
func (h *Hasher) Bytes(purpose string, parts ...[]byte) Key {
	m := h.start("bytes", purpose)
	for _, part := range parts {
		m.msg = binary.BigEndian.AppendUint64(m.msg[:0], uint64(len(part)))
		m.Write(m.msg)
		m.Write(part)
	}
	return h.finish(m)
}

func (h *Hasher) hash(class, value string) Key { return h.finish(h.start(class, value)) }

func (h *Hasher) start(class, value string) *mac {
	m := h.macs.Get().(*mac)
	m.Reset()
	m.msg = append(m.msg[:0], domain...)
	m.msg = append(m.msg, 0)
	m.msg = append(m.msg, class...)
	m.msg = append(m.msg, 0)
	m.msg = append(m.msg, value...)
	m.Write(m.msg)
	return m
}

func (h *Hasher) finish(m *mac) Key {
	k := Key(m.Sum(m.sum[:0])[:len(Key{})])
	h.macs.Put(m)
	return k
}

// form names a spelling: its first four bytes are the print, which a scan can
// make cheaply, the rest is the keyed hash that confirms it.
func (h *Hasher) form(k jp.Kind, runes []rune) Key {
	m := h.start("form", class(k))
	m.msg = append(m.msg[:0], 0)
	for _, r := range runes {
		m.msg = utf8.AppendRune(m.msg, r)
	}
	m.Write(m.msg)
	key := h.finish(m)
	binary.BigEndian.PutUint32(key[:4], h.scan.printOf(runes))
	return key
}

// Hash turns a person into hashes. Each value that cannot be one of its kind
// gives an error, which does not tell the value, and no entry; the same goes
// for a person without an id, whose Hashed is of no use.
func (h *Hasher) Hash(p Person) (Hashed, []error) {
	var errs []error
	if err := checkID(p.ID); err != nil {
		return Hashed{}, []error{err}
	}
	hashed := Hashed{Person: h.Person(p.ID), ID: p.ID, Canary: p.Canary}
	for _, v := range p.Values {
		entries, err := h.entries(v)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", v.Kind, err))
			continue
		}
		hashed.Entries = append(hashed.Entries, entries...)
	}
	return hashed, errs
}

func checkID(id string) error {
	switch {
	case id == "":
		return errors.New("person_id: empty")
	case len(id) > MaxID:
		return fmt.Errorf("person_id: longer than %d bytes", MaxID)
	case !utf8.ValidString(id) || strings.ContainsFunc(id, isControl):
		return errors.New("person_id: has characters that cannot be printed")
	}
	return nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// entries are the hashes of one value: one for a kind found by its shape, one
// for each spelling of a kind found by its text.
func (h *Hasher) entries(v Value) ([]Entry, error) {
	normal, forms, err := read(v)
	if err != nil {
		return nil, err
	}
	e := Entry{Ident: h.Ident(v.Kind, normal), Kind: v.Kind}
	switch v.Kind {
	case jp.Phone:
		e.Class = jp.ClassOfPhone(normal)
	case jp.Email:
		e.Domain = h.Domain(normal)
	default:
	}
	if len(forms) == 0 {
		return []Entry{e}, nil
	}
	entries := make([]Entry, 0, len(forms))
	for _, f := range forms {
		e.Form, e.Len, e.Anchor = h.form(v.Kind, f), uint8(len(f)), h.scan.anchor(f[0], f[1])
		entries = append(entries, e)
	}
	return entries, nil
}

// Errors of values. They name no value.
var (
	errEmpty = errors.New("nothing is left to search for")
	errShort = errors.New("one character alone would be found everywhere")
	errLong  = fmt.Errorf("longer than %d characters", MaxForm)
	errKind  = errors.New("not a kind that can be declared")
)

// read gives the normal form of a value and, for kinds found by their text,
// the spellings to search for. A value of which one spelling cannot be
// searched for is refused whole: it would protect nobody.
func read(v Value) (normal string, forms [][]rune, err error) {
	if v.Kind < jp.Email || v.Kind > jp.Other {
		return "", nil, errKind
	}
	normal, err = jp.Normal(v.Kind, v.Value)
	if err != nil || !v.Kind.TextMatched() || isShortCode(v.Kind, normal) {
		return normal, nil, err
	}
	for _, form := range jp.Forms(v.Kind, v.Value) {
		runes := []rune(form)
		switch {
		case len(runes) < 2:
			return "", nil, errShort
		case len(runes) > MaxForm:
			return "", nil, errLong
		}
		forms = append(forms, runes)
	}
	if len(forms) == 0 {
		return "", nil, errEmpty
	}
	return normal, forms, nil
}

// isShortCode tells whether a code is too short to be searched for in text: a
// member number 1234 would be found in every price and year. Such a code is
// found where a configured pattern (codes:) says it stands.
func isShortCode(k jp.Kind, normal string) bool {
	if k != jp.MemberNo && k != jp.OrderNo && k != jp.Other {
		return false
	}
	digits, others := 0, 0
	for _, r := range normal {
		switch {
		case '0' <= r && r <= '9':
			digits++
		case r != '-':
			others++
		}
	}
	return digits+others < 4 || others == 0 && digits < 6
}
