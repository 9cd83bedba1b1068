package notice

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/kakitome/kakitome/internal/public"
)

// atom is a feed as in RFC 4287: one entry for each version, newest first, so
// that a correction reaches whoever read what it corrects.
type atom struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID        string     `xml:"id"`
	Title     string     `xml:"title"`
	Published string     `xml:"published"`
	Updated   string     `xml:"updated"`
	Summary   string     `xml:"summary"`
	Links     []atomLink `xml:"link"`

	at time.Time
}

// feed writes the feed of a language.
func (s *Site) feed(h *shelf, l public.Lang, all []public.Versions) ([]byte, error) {
	v := voice{l, s.o.Zone}
	home := s.o.URL + "/" + string(l) + "/"
	company, _ := s.o.Company.In(l)
	f := atom{
		Lang: string(l), ID: home + "feed.atom", Title: company + " " + v.pick("お知らせ", "notices"),
		Author:  cmp.Or(company, "Kakitome"), // RFC 4287 §4.1.1: an author there must be
		Updated: s.began.UTC().Format(time.RFC3339),
		Links:   []atomLink{{"self", "application/atom+xml", home + "feed.atom"}, {"alternate", "text/html", home}},
	}
	for _, a := range all {
		for i, e := range a.Editions {
			title, _ := a.Announcements[i].Title.In(l)
			words := a.Announcements[i].Summary
			if i > 0 {
				title += fmt.Sprintf(v.pick("（第%d版）", " (version %d)"), i+1)
				words = a.Announcements[i].Change
			}
			said, _ := words.In(l)
			page, at := home+"notices/"+a.ID+"/"+strconv.Itoa(i+1), e.At.UTC().Format(time.RFC3339)
			f.Entries = append(f.Entries, atomEntry{ID: page, Title: title, Published: at, Updated: at, Summary: said,
				Links: []atomLink{{"alternate", "text/html", page}}, at: e.At})
		}
	}
	slices.SortStableFunc(f.Entries, func(a, b atomEntry) int { return b.at.Compare(a.at) })
	if len(f.Entries) > 0 {
		f.Updated = f.Entries[0].Updated
	}
	out, err := xml.MarshalIndent(f, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write feed: %w", err)
	}
	return append([]byte(xml.Header), append(out, '\n')...), nil
}
