package public

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/kakitome/kakitome/internal/jp"
)

// Lang is a language of the pages, as in <html lang> (BCP 47).
type Lang string

// The languages.
const (
	JA Lang = "ja"
	EN Lang = "en"
)

// Text is one thing said in Japanese and in English.
type Text struct {
	JA string `json:"ja,omitempty"`
	EN string `json:"en,omitempty"`
}

// In is the text in a language, or in the other where it was not written in
// this one; and the language it is in.
func (t Text) In(l Lang) (string, Lang) {
	switch {
	case l == EN && t.EN != "", t.JA == "":
		return t.EN, EN
	default:
		return t.JA, JA
	}
}

// Empty reports that nothing is said.
func (t Text) Empty() bool { return t == Text{} }

// both reports that it is said in both languages.
func (t Text) both() bool { return t.JA != "" && t.EN != "" }

// kinds are the words for kinds of data.
var kinds = map[jp.Kind]Text{
	jp.Email:      {"メールアドレス", "e-mail address"},
	jp.Phone:      {"電話番号", "phone number"},
	jp.Name:       {"氏名", "name"},
	jp.NameKana:   {"氏名のふりがな", "reading of the name"},
	jp.NameLatin:  {"氏名（ローマ字）", "name in Latin letters"},
	jp.PostalCode: {"郵便番号", "postal code"},
	jp.Address:    {"住所", "postal address"},
	jp.Birthday:   {"生年月日", "date of birth"},
	jp.MemberNo:   {"会員番号", "member number"},
	jp.OrderNo:    {"注文番号", "order number"},
}

// KindText is what a kind of data is called before the public.
func KindText(k jp.Kind) Text {
	if t, ok := kinds[k]; ok {
		return t
	}
	return Text{"その他の識別番号", "other identifying code"}
}

// Edition is something published: bytes that never change, since when, and
// where the evidence log has their digest.
type Edition struct {
	At       time.Time
	Document []byte // of an Announcement or a Privacy, as Document gave it
	Proof    string // origin and index of the leaf in the evidence log; empty: not logged
}

// Digest is the SHA-256 of the document, in hex.
func (e Edition) Digest() string {
	sum := sha256.Sum256(e.Document)
	return hex.EncodeToString(sum[:])
}

// Board is all that hangs out.
type Board struct {
	Announcements []Edition // of all incidents, oldest first; those with the same ID are versions 1, 2, …
	Privacy       []Edition // oldest first
	Paused        []Pause
}

// Pause is a stream of mail that waits.
type Pause struct {
	Purpose Text // what mail it is
	Since   time.Time
}

// document writes v for people and programs alike: JSON, indented.
func document(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil { // a year over 9999
		return nil, fmt.Errorf("write document: %w", err)
	}
	return b.Bytes(), nil
}

// parse is the inverse. An unknown field is an error: a later program wrote
// it, and leaving it out would be a silent change.
func parse[T any](doc []byte) (T, error) {
	var v T
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&v); err != nil {
		return v, fmt.Errorf("read published document: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return v, errors.New("read published document: more than one")
	}
	return v, nil
}
