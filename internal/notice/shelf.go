package notice

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/kakitome/kakitome/internal/public"
)

// shelf is everything that can be served without thinking, made from one board.
type shelf struct {
	board  *public.Board
	list   []headline
	sheets map[string]*sheet // by path
	base   string            // before links to forms: on another host
}

// sheet is a page, ready.
type sheet struct {
	kind, cache, etag string
	body              []byte
}

// What may be kept, for how long: a page a moment, a document for ever.
const (
	brief   = "public, max-age=15"
	forever = "public, max-age=31536000, immutable"
)

func newSheet(kind, cache string, body []byte) *sheet {
	sum := sha256.Sum256(body)
	return &sheet{kind, cache, `"` + hex.EncodeToString(sum[:16]) + `"`, body}
}

func (p *sheet) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", p.kind)
	h.Set("Cache-Control", p.cache)
	h.Set("ETag", p.etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(p.body)) // answers If-None-Match
}

// view is what a template sees.
type view struct {
	*shelf
	Site  *Options
	Lang  public.Lang
	Name  string
	Title public.Text
	Path  string // below the language, for the other language's page
	D     any
	Main  template.HTML
}

// Link is the address of a page of this language.
func (v view) Link(path string) string { return "/" + string(v.Lang) + "/" + path }

// Form is the address of a page that is not on a static host.
func (v view) Form(path string) string { return v.base + v.Link(path) }

// Toggle is the address of this page in the other language.
func (v view) Toggle() string {
	home := "/" + string(other(v.Lang)) + "/"
	switch {
	case v.Name == "missing":
		return home
	case v.live():
		return v.base + home + v.Path
	default:
		return home + v.Path
	}
}

// live reports that a page takes part in a conversation.
func (v view) live() bool {
	switch v.Name {
	case "home", "notice", "privacy", "missing":
		return false
	default:
		return true
	}
}

// Other is the other language.
func (v view) Other() public.Lang { return other(v.Lang) }

// Paused are the streams that wait.
func (v view) Paused() []public.Pause { return v.board.Paused }

// Headlines are the announcements in force, newest first.
func (v view) Headlines() []headline { return v.list }

// headline is an announcement in the index.
type headline struct {
	public.Announcement
	Version int
	At      time.Time
}

// announced is an announcement as one version said it.
type announced struct {
	public.Announcement
	public.Edition
	Version, Latest int
	History         []version // oldest first
}

// version is a line of the history.
type version struct {
	public.Edition
	Number  int
	Path    string // of the document
	Says    public.Text
	Changes []public.Change
}

// told is a privacy notice as one version said it.
type told struct {
	public.Privacy
	public.Edition
	Version, Latest int
	History         []version
}

// render makes a page. An error is one of the program.
func (s *Site) render(h *shelf, l public.Lang, name, path string, data any) ([]byte, error) {
	return s.draw(view{shelf: h, Lang: l, Name: name, Title: titles[name], Path: path, D: data})
}

func (s *Site) draw(v view) ([]byte, error) {
	v.Site = &s.o
	var b bytes.Buffer
	if err := s.pages[v.Lang].ExecuteTemplate(&b, v.Name, v); err != nil {
		return nil, fmt.Errorf("draw page: %w", err)
	}
	v.Main = template.HTML(b.String()) //nolint:gosec // made by a template just now
	b.Reset()
	if err := s.pages[v.Lang].ExecuteTemplate(&b, "layout", v); err != nil {
		return nil, fmt.Errorf("draw page: %w", err)
	}
	return b.Bytes(), nil
}

// stock renders a board. With files, for a static host, links to forms lead to
// the site itself.
func (s *Site) stock(b *public.Board, elsewhere *string) (*shelf, error) {
	h := &shelf{board: b, sheets: map[string]*sheet{}}
	if elsewhere != nil {
		h.base = *elsewhere
	}
	all, err := b.Versions()
	if err != nil {
		return nil, err
	}
	for _, v := range all {
		n := len(v.Editions) - 1
		h.list = append(h.list, headline{v.Announcements[n], n + 1, v.Editions[n].At})
	}
	slices.SortStableFunc(h.list, func(a, b headline) int { return b.At.Compare(a.At) })
	style, err := pageFiles.ReadFile("pages/style.css")
	if err != nil {
		return nil, fmt.Errorf("read style: %w", err)
	}
	h.sheets["/style.css"] = newSheet("text/css; charset=utf-8", brief, style)
	for _, l := range languages {
		if err := s.stockFixed(h, l); err != nil {
			return nil, err
		}
		for _, v := range all {
			if err := s.stockNotice(h, l, v); err != nil {
				return nil, err
			}
		}
		if err := s.stockPrivacy(h, l, b.Privacy); err != nil {
			return nil, err
		}
		feed, err := s.feed(h, l, all)
		if err != nil {
			return nil, err
		}
		h.sheets["/"+string(l)+"/feed.atom"] = newSheet("application/atom+xml; charset=utf-8", brief, feed)
	}
	return h, nil
}

// put renders a page and shelves it.
func (s *Site) put(h *shelf, v view) error {
	v.shelf = h
	body, err := s.draw(v)
	if err != nil {
		return err
	}
	h.sheets["/"+string(v.Lang)+"/"+v.Path] = newSheet(htmlType, brief, body)
	return nil
}

// stockFixed shelves the pages that depend on no announcement.
func (s *Site) stockFixed(h *shelf, l public.Lang) error {
	for name, path := range map[string]string{
		"home": "", "verify": "verify", "affected": "affected", "confirm": "confirm",
		"report": "report", "question": "question", "missing": "missing",
	} {
		if err := s.put(h, view{Lang: l, Name: name, Title: titles[name], Path: path, D: filled{}}); err != nil {
			return err
		}
	}
	return nil
}

// stockNotice shelves an announcement: every version, and the last one under
// the name of the incident.
func (s *Site) stockNotice(h *shelf, l public.Lang, v public.Versions) error {
	var history []version
	for i, e := range v.Editions {
		line := version{Edition: e, Number: i + 1, Path: fmt.Sprintf("notices/%s/%d.json", v.ID, i+1), Says: v.Announcements[i].Change}
		if i > 0 {
			line.Changes = public.Changes(v.Announcements[i-1], v.Announcements[i])
		}
		history = append(history, line)
	}
	path := "notices/" + v.ID
	for i, e := range v.Editions {
		a := announced{v.Announcements[i], e, i + 1, len(v.Editions), history}
		number := path + "/" + strconv.Itoa(i+1)
		page := view{Lang: l, Name: "notice", Title: a.Announcement.Title, Path: number, D: a}
		if err := s.put(h, page); err != nil {
			return err
		}
		h.sheets["/"+number+".json"] = newSheet("application/json", forever, e.Document)
		if i+1 == len(v.Editions) {
			page.Path = path
			if err := s.put(h, page); err != nil {
				return err
			}
		}
	}
	return nil
}

// stockPrivacy shelves the privacy notice: what was recorded, and what is in
// force now if that is something else.
func (s *Site) stockPrivacy(h *shelf, l public.Lang, editions []public.Edition) error {
	doc, err := s.o.Privacy.Document()
	if err != nil {
		return err
	}
	if n := len(editions); n == 0 || !bytes.Equal(editions[n-1].Document, doc) {
		editions = append(slices.Clip(editions), public.Edition{At: s.began, Document: doc})
	}
	var history []version
	for i, e := range editions {
		history = append(history, version{Edition: e, Number: i + 1, Path: fmt.Sprintf("privacy/%d.json", i+1)})
	}
	for i, e := range editions {
		p, err := public.ParsePrivacy(e.Document)
		if err != nil {
			return fmt.Errorf("privacy notice %d: %w", i+1, err)
		}
		number := "privacy/" + strconv.Itoa(i+1)
		page := view{Lang: l, Name: "privacy", Title: titles["privacy"], Path: number, D: told{p, e, i + 1, len(editions), history}}
		if err := s.put(h, page); err != nil {
			return err
		}
		h.sheets["/"+number+".json"] = newSheet("application/json", forever, e.Document)
		if i+1 == len(editions) {
			page.Path = "privacy"
			if err := s.put(h, page); err != nil {
				return err
			}
		}
	}
	return nil
}
