package notice

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

const (
	maxFields = 64 << 10 // of a form without its file
	maxFile   = 10 << 20
	maxParts  = 32

	maxAddress = 320    // RFC 5321 §4.5.3.1: 64, "@", 255
	maxCode    = 200    // of a code or token as typed
	maxWhen    = 200    // bytes
	maxText    = 20_000 // bytes
)

var (
	errForm  = errors.New("not a form of ours")
	errLarge = errors.New("form too large")
)

// form is what somebody filled in. Nothing of it is ever on disk.
type form struct {
	url.Values
	file []byte
}

// readForm reads a form whole or not at all.
func readForm(w http.ResponseWriter, r *http.Request) (form, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == "application/x-www-form-urlencoded":
		b, err := readPart(http.MaxBytesReader(w, r.Body, maxFields+1), maxFields)
		if err != nil {
			return form{}, err
		}
		v, err := url.ParseQuery(string(b))
		if err != nil {
			return form{}, errForm
		}
		return form{Values: v}, nil
	case err == nil && kind == "multipart/form-data":
		r.Body = http.MaxBytesReader(w, r.Body, maxFile+maxFields)
		return readParts(r)
	default:
		return form{}, errForm
	}
}

// readParts reads multipart/form-data (RFC 7578) into memory; the standard
// library's reader would put what is large into temporary files.
func readParts(r *http.Request) (form, error) {
	f := form{Values: url.Values{}}
	mr, err := r.MultipartReader()
	if err != nil {
		return f, errForm
	}
	room := maxFields
	for range maxParts {
		p, err := mr.NextRawPart()
		switch {
		case errors.Is(err, io.EOF):
			return f, nil
		case err != nil:
			return f, bodyError(err)
		}
		if p.FileName() != "" || p.FormName() == "file" {
			b, err := readPart(p, maxFile)
			if err != nil {
				return f, err
			}
			if len(b) > 0 && f.file == nil {
				f.file = b
			}
			continue
		}
		b, err := readPart(p, room)
		if err != nil {
			return f, err
		}
		room -= len(b)
		f.Add(p.FormName(), string(b))
	}
	return f, errForm
}

func readPart(r io.Reader, most int) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	switch {
	case err != nil:
		return nil, bodyError(err)
	case len(b) > most:
		return nil, errLarge
	default:
		return b, nil
	}
}

func bodyError(err error) error {
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return errLarge
	}
	return errForm
}

// field is a field, trimmed; false: longer than most bytes, or no text.
func (f form) field(name string, most int) (string, bool) {
	v := strings.TrimSpace(f.Get(name))
	return v, len(v) <= most && utf8.ValidString(v) && !strings.ContainsRune(v, 0)
}
