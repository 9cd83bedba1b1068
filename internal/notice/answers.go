package notice

import (
	"errors"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/letter"
	"github.com/kakitome/kakitome/internal/public"
)

var (
	errOften   = errors.New("too often")
	errBusy    = errors.New("too many at once")
	errMissing = errors.New("something was left out")
)

// allow counts a request against its network's limit and everybody's.
func (s *Site) allow(t talk, net *tally) error {
	now := s.o.Now()
	if !net.take(s.network(t.Request), now) || !s.limits.all.take([16]byte{}, now) {
		return errOften
	}
	return nil
}

// read reads the form of a request that is allowed.
func (s *Site) read(t talk, net *tally) (form, error) {
	if err := s.allow(t, net); err != nil {
		return form{}, err
	}
	kind, _, _ := mime.ParseMediaType(t.Header.Get("Content-Type"))
	if kind == "multipart/form-data" && (t.ContentLength < 0 || t.ContentLength > maxFields) {
		leave, err := enter(t, s.files)
		if err != nil {
			return form{}, err
		}
		defer leave()
	}
	return readForm(t.w, t.Request)
}

// enter takes a place, if one gets free in time.
func enter(t talk, places chan struct{}) (func(), error) {
	select {
	case places <- struct{}{}:
		return func() { <-places }, nil
	case <-t.Context().Done():
		return nil, errBusy
	}
}

// verify answers whether a mail is the company's.
func (s *Site) verify(t talk) reply {
	v, err := s.verified(t)
	if err != nil {
		return s.fail(t, "verify", err)
	}
	return s.say(t, http.StatusOK, "verified", "verify", v)
}

func (s *Site) verified(t talk) (v public.Verified, err error) {
	f, err := s.read(t, s.limits.verify)
	if err != nil {
		return v, err
	}
	code, ok := f.field("code", maxCode)
	address, fits := f.field("address", maxAddress)
	if address == "" || code == "" && f.file == nil {
		return v, errMissing
	}
	if !ok || !fits {
		return public.Verified{Verdict: public.NotOurs}, nil
	}
	leave, err := enter(t, s.slots)
	if err != nil {
		return v, err
	}
	defer leave()
	if f.file != nil {
		return s.o.Desk.VerifyMail(t.Context(), f.file, address)
	}
	// Whoever holds a genuine code must not find its address by trying.
	if !s.limits.code.take(s.limits.hash(plainCode(code)), s.o.Now()) {
		return v, errOften
	}
	return s.o.Desk.Verify(t.Context(), code, address)
}

// plainCode is a code without what differs from one typing to the next.
func plainCode(code string) string {
	t := jp.FoldText(code)
	return strings.Map(func(r rune) rune {
		switch {
		case r == 'o':
			return '0'
		case r == 'i', r == 'l':
			return '1'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		default:
			return -1
		}
	}, t.String(0, t.Len()))
}

// affected takes a self-check in. The answer is the same for every input, and
// nothing is looked up.
func (s *Site) affected(t talk) reply {
	if f, err := readForm(t.w, t.Request); err == nil {
		s.enqueue(t, f)
	}
	return s.say(t, http.StatusOK, "asked", "affected", nil)
}

// enqueue hands a self-check over, unless a limit is reached: then it is
// dropped, and the page says how to ask otherwise.
func (s *Site) enqueue(t talk, f form) {
	address, ok := f.field("address", maxAddress)
	normal, err := jp.Normal(jp.Email, address) // however it is written, it is one
	if !ok || err != nil {
		return
	}
	now := s.o.Now()
	if !s.limits.checkNet.take(s.network(t.Request), now) || !s.limits.checks.take([16]byte{}, now) ||
		!s.limits.address.take(s.limits.hash(normal), now) {
		return
	}
	select {
	case s.checks <- public.SelfCheck{Address: address, Lang: t.lang, At: now}:
	default: // more than the desk can take
	}
}

// result uses a mailed link up.
func (s *Site) result(t talk) reply {
	if err := s.allow(t, s.limits.ok); err != nil {
		return s.fail(t, "affected", err)
	}
	token := t.PathValue("code")
	if len(token) > maxCode {
		return s.say(t, http.StatusOK, "stale", "affected", nil)
	}
	leave, err := enter(t, s.slots)
	if err != nil {
		return s.fail(t, "affected", err)
	}
	defer leave()
	found, err := s.o.Desk.Result(t.Context(), token)
	switch {
	case err != nil:
		return s.fail(t, "affected", err)
	case found == nil:
		return s.say(t, http.StatusOK, "stale", "affected", nil)
	default:
		return s.say(t, http.StatusOK, "result", "affected", found)
	}
}

// confirm records what a recipient says of a wrong mail.
func (s *Site) confirm(t talk) reply {
	f, err := s.read(t, s.limits.ok)
	if err != nil {
		return s.fail(t, "confirm", err)
	}
	about, fits := public.Receipt{Token: t.PathValue("code")}, true
	if about.Token == "" {
		var ok [2]bool
		about.Code, ok[0] = f.field("code", maxCode)
		about.Address, ok[1] = f.field("address", maxAddress)
		fits = ok[0] && ok[1]
	}
	a := said(f)
	if a.Validate() != nil || about.Token == "" && (about.Code == "" || about.Address == "") {
		path := strings.TrimPrefix(t.URL.EscapedPath(), "/"+string(t.lang)+"/")
		return s.say(t, http.StatusUnprocessableEntity, "confirm", path, filled{Token: about.Token != "", Missing: true})
	}
	known := false
	if fits && len(about.Token) <= maxCode {
		// Whoever holds a code must not find its address by trying.
		if about.Code != "" && !s.limits.code.take(s.limits.hash(plainCode(about.Code)), s.o.Now()) {
			return s.fail(t, "confirm", errOften)
		}
		leave, err := enter(t, s.slots)
		if err != nil {
			return s.fail(t, "confirm", err)
		}
		defer leave()
		if known, err = s.o.Desk.Confirm(t.Context(), about, a); err != nil {
			return s.fail(t, "confirm", err)
		}
	}
	if !known {
		return s.say(t, http.StatusOK, "nocode", "confirm", nil)
	}
	return s.say(t, http.StatusOK, "confirmed", "confirm", a.Deleted == letter.Yes)
}

// said are the answers to the four questions; what was not answered is none.
func said(f form) (a letter.Answers) {
	a.Deleted, _ = letter.ParseAnswer(f.Get("deleted"))
	a.Opened, _ = letter.ParseAnswer(f.Get("opened"))
	a.Passed, _ = letter.ParseAnswer(f.Get("passed"))
	for _, d := range letter.Devices() {
		if slices.Contains(f.Values["device"], d.String()) {
			a.Devices = append(a.Devices, d)
		}
	}
	return a
}

// report takes a mail in that should not have come.
func (s *Site) report(t talk) reply {
	f, err := s.read(t, s.limits.words)
	if err != nil {
		return s.fail(t, "report", err)
	}
	r := public.Report{Kind: public.ReportKind(f.Get("kind")), Mail: f.file, Lang: t.lang, At: s.o.Now()}
	if r.Kind != public.Misaddressed {
		r.Kind = public.Strange
	}
	var ok [3]bool
	r.When, ok[0] = f.field("when", maxWhen)
	r.Address, ok[1] = f.field("address", maxAddress)
	r.Text, ok[2] = f.field("text", maxText)
	return s.recorded(t, "report", !slices.Contains(ok[:], false), r.Text != "" || r.Mail != nil, func() (string, error) {
		return s.o.Desk.Report(t.Context(), r)
	})
}

// question takes a question in.
func (s *Site) question(t talk) reply {
	f, err := s.read(t, s.limits.words)
	if err != nil {
		return s.fail(t, "question", err)
	}
	q := public.Question{Lang: t.lang, At: s.o.Now()}
	var ok [2]bool
	q.Text, ok[0] = f.field("text", maxText)
	q.Reply, ok[1] = f.field("reply", maxAddress)
	return s.recorded(t, "question", ok[0] && ok[1], q.Text != "", func() (string, error) {
		return s.o.Desk.Ask(t.Context(), q)
	})
}

// recorded hands words over and answers with their reference number.
func (s *Site) recorded(t talk, path string, fits, complete bool, record func() (string, error)) reply {
	switch {
	case !fits:
		return s.fail(t, path, errLarge)
	case !complete:
		return s.fail(t, path, errMissing)
	}
	leave, err := enter(t, s.slots)
	if err != nil {
		return s.fail(t, path, err)
	}
	defer leave()
	ref, err := record()
	if err != nil {
		return s.fail(t, path, err)
	}
	return s.say(t, http.StatusOK, "receipt", path, ref)
}

// weighed is a tag of Accept-Language, in lower case, and its weight.
func weighed(part string) (string, float64) {
	tag, q, ok := strings.Cut(strings.ToLower(strings.TrimSpace(part)), ";")
	if !ok {
		return tag, 1
	}
	w, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(q), "q="), 64)
	if err != nil {
		return tag, 0
	}
	return strings.TrimSpace(tag), w
}
