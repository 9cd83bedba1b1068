package bench

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// walk reads a good mail with the standard library and does nothing with it:
// decode the fields, the transfer encodings and the charsets of all parts. It
// is what a check costs that checks nothing.
func walk(raw []byte) error {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("read message: %w", err)
	}
	words := mime.WordDecoder{CharsetReader: charsetReader}
	for _, values := range m.Header {
		for _, v := range values {
			if _, err := words.DecodeHeader(v); err != nil {
				return fmt.Errorf("decode field: %w", err)
			}
		}
	}
	return walkBody(m.Body, m.Header.Get)
}

func walkBody(body io.Reader, get func(string) string) error {
	kind, params, err := mime.ParseMediaType(get("Content-Type"))
	if err != nil {
		return fmt.Errorf("read content type: %w", err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		r := multipart.NewReader(body, params["boundary"])
		for {
			p, err := r.NextRawPart()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return fmt.Errorf("next part: %w", err)
			}
			if err := walkBody(p, p.Header.Get); err != nil {
				return err
			}
		}
	}
	switch strings.ToLower(get("Content-Transfer-Encoding")) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	if charset := params["charset"]; !strings.EqualFold(charset, "utf-8") {
		if body, err = charsetReader(charset, body); err != nil {
			return err
		}
	}
	_, err = io.Copy(io.Discard, body)
	return err
}

func charsetReader(charset string, r io.Reader) (io.Reader, error) {
	enc, err := htmlindex.Get(charset)
	if err != nil {
		return nil, fmt.Errorf("charset %s: %w", charset, err)
	}
	return enc.NewDecoder().Reader(r), nil
}
