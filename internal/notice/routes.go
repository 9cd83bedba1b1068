package notice

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/kakitome/kakitome/internal/public"
)

// talk is one request of the public, in its language.
type talk struct {
	*http.Request
	w    http.ResponseWriter
	lang public.Lang
}

func (s *Site) routes() {
	s.mux.HandleFunc("GET /", s.stocked)
	for _, path := range []string{"{$}", "verify", "affected", "affected/{code}", "confirm", "confirm/{code}", "report", "question", "privacy", "notices/{id}"} {
		s.mux.HandleFunc("GET /"+path, s.door)
	}
	for _, l := range languages {
		at := func(path string) string { return "/" + string(l) + "/" + path }
		post := func(path string, answer func(talk) reply) {
			s.mux.HandleFunc("POST "+at(path), func(w http.ResponseWriter, r *http.Request) {
				s.equal(func(r *http.Request) reply { return answer(talk{r, w, l}) })(w, r)
			})
		}
		post("verify", s.verify)
		post("affected", s.affected)
		post("affected/{code}", s.result)
		post("confirm", s.confirm)
		post("confirm/{code}", s.confirm)
		post("report", s.report)
		post("question", s.question)
		s.mux.HandleFunc("GET "+at("affected/{code}"), s.opened(l, "link", "affected"))
		s.mux.HandleFunc("GET "+at("confirm/{code}"), s.opened(l, "confirm", "confirm"))
	}
}

// door leads to a page in the language the browser asks for first, Japanese
// otherwise. Its addresses are short, to be typed from a letter.
func (s *Site) door(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Vary", "Accept-Language")
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, "/"+string(preferred(r.Header.Get("Accept-Language")))+r.URL.EscapedPath(), http.StatusFound) //nolint:gosec // it begins with /ja/ or /en/
}

// stocked serves what is on the shelf.
func (s *Site) stocked(w http.ResponseWriter, r *http.Request) {
	h := s.shelf.Load()
	if p, ok := h.sheets[r.URL.Path]; ok {
		p.serve(w, r)
		return
	}
	l := public.JA
	if strings.HasPrefix(r.URL.Path, "/en/") {
		l = public.EN
	}
	w.Header().Set("Content-Type", htmlType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNotFound)
	_, _ = w.Write(h.sheets["/"+string(l)+"/missing"].body)
}

// opened serves a page that was opened with a token. The token is not looked
// at: every one shows the same, and nothing happens before the button.
func (s *Site) opened(l public.Lang, name, path string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := s.render(s.shelf.Load(), l, name, path+"/"+url.PathEscape(r.PathValue("code")), filled{Token: true})
		if err != nil {
			s.o.Log.Error("public page", "pattern", r.Pattern, "error", err)
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", htmlType)
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Robots-Tag", "noindex")
		_, _ = w.Write(body)
	}
}

// filled is the state of a form.
type filled struct {
	Token   bool // the code is in the address
	Missing bool // something needed was left out
}

// say answers with a page.
func (s *Site) say(t talk, status int, name, path string, data any) reply {
	body, err := s.render(s.shelf.Load(), t.lang, name, path, data)
	if err != nil {
		s.o.Log.Error("public page", "pattern", t.Pattern, "error", err)
		return reply{status: http.StatusInternalServerError}
	}
	return reply{status, body}
}

// fail answers what went wrong with a form, or with the desk.
func (s *Site) fail(t talk, path string, err error) reply {
	switch {
	case errors.Is(err, errOften):
		return s.say(t, http.StatusTooManyRequests, "often", path, nil)
	case errors.Is(err, errLarge):
		return s.say(t, http.StatusRequestEntityTooLarge, "large", path, nil)
	case errors.Is(err, errForm):
		return s.say(t, http.StatusBadRequest, "unread", path, nil)
	case errors.Is(err, errMissing):
		return s.say(t, http.StatusUnprocessableEntity, path, path, filled{Missing: true})
	case !errors.Is(err, errBusy):
		s.o.Log.Error("public request", "pattern", t.Pattern, "error", err)
	}
	return s.say(t, http.StatusServiceUnavailable, "busy", path, nil)
}

// preferred is the language of an Accept-Language field (RFC 9110 §12.5.4),
// Japanese where it asks for neither.
func preferred(field string) public.Lang {
	best, weight := public.JA, -1.0
	for part := range strings.SplitSeq(field, ",") {
		tag, q := weighed(part)
		for _, l := range languages {
			if (tag == string(l) || strings.HasPrefix(tag, string(l)+"-")) && q > weight && q > 0 {
				best, weight = l, q
			}
		}
	}
	return best
}
