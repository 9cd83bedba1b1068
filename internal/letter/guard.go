package letter

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kakitome/kakitome/internal/extract"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/roster"
)

// Guard looks for people in finished letters.
type Guard struct {
	// Forbidden says which kinds of identifiers of people of the incident are in a
	// text: of those whose data went out, of those who got it, and of the
	// addressee too. It is asked for every piece of text there is.
	Forbidden func(t jp.Text) []jp.Kind
	// Own tells whether an identifier is the company's own, such as the contact's
	// telephone, in the form of jp.Normal. Any other mail address, telephone or
	// postal address in a letter is somebody's, known or not.
	Own func(k jp.Kind, normal string) bool
}

// Leak says what must not leave, where, and never quotes it.
type Leak struct {
	Where string // as extract says it: "subject", "text/plain"
	Kinds []jp.Kind
}

func (l *Leak) Error() string {
	var names []string
	for _, k := range l.Kinds {
		names = append(names, k.String())
	}
	return "letter holds somebody's " + strings.Join(names, ", ") + " in " + l.Where
}

// Clean reads a letter as any reader of mail would, and is an error unless To is
// the addressee and nobody else, and no other text holds an identifier of
// anybody. A part that cannot be read is an error.
func (g Guard) Clean(letter []byte, addressee string) error {
	if g.Forbidden == nil {
		return errors.New("nobody said what a letter must not hold")
	}
	m := mail.Parse(letter, mail.Limits{})
	if err := onlyTo(m, addressee); err != nil {
		return err
	}
	var errs []error
	for _, f := range m.Root.Fields { // also those that only machines read, such as Message-ID
		if !strings.EqualFold(f.Name, "To") {
			if kinds := g.Forbidden(jp.FoldText(f.Value)); len(kinds) > 0 {
				errs = append(errs, &Leak{Where: "header " + f.Name, Kinds: kinds})
			}
		}
	}
	for _, u := range extract.Read(m, extract.Limits{}) {
		for _, unread := range u.Unread {
			errs = append(errs, fmt.Errorf("letter has a part that cannot be read: %s", unread.Where))
		}
		for _, r := range u.Runs {
			if r.Where == "header To" { // judged by onlyTo
				continue
			}
			if kinds := g.find(r.Text); len(kinds) > 0 {
				errs = append(errs, &Leak{Where: r.Where, Kinds: kinds})
			}
		}
	}
	return errors.Join(errs...)
}

// onlyTo tells whether a mail has one To with one address, and nobody else can
// be shown as its reader.
func onlyTo(m *mail.Message, addressee string) error {
	to := m.Root.GetAll("To")
	if len(to) != 1 || to[0] != "<"+addressee+">" {
		return errors.New("letter is not to its addressee alone")
	}
	for _, name := range []string{"Cc", "Bcc", "Resent-To", "Resent-Cc", "Resent-Bcc"} {
		if len(m.Root.GetAll(name)) > 0 {
			return fmt.Errorf("letter has a field %s", name)
		}
	}
	return nil
}

// find gives the kinds of identifiers in a text that must not be in a letter.
func (g Guard) find(text string) []jp.Kind {
	folded := jp.FoldText(text)
	kinds := slices.Concat(g.Forbidden(folded))
	if joined := folded.Joined(); joined.Len() > 0 {
		kinds = append(kinds, g.Forbidden(joined)...)
	}
	for _, t := range folded.Tokens() {
		switch t.Kind {
		case jp.Email, jp.Phone, jp.Address:
			if g.Own == nil || !g.Own(t.Kind, t.Normal) {
				kinds = append(kinds, t.Kind)
			}
		default: // dates and links are the letter's own, or Forbidden knows them
		}
	}
	return sorted(kinds)
}

// People makes the Forbidden of a Guard from a roster: whatever there belongs to
// one of those concerned. The roster is that of the incident's time.
func People(h *roster.Hasher, s *roster.Snapshot, concerned func(roster.Key) bool) func(jp.Text) []jp.Kind {
	return func(t jp.Text) (kinds []jp.Kind) {
		add := func(ident roster.Key, k jp.Kind) {
			if slices.ContainsFunc(s.Owners(ident), concerned) {
				kinds = append(kinds, k)
			}
		}
		for _, hit := range s.Find(t) {
			add(hit.Ident, hit.Kind)
		}
		for _, token := range t.Tokens() {
			add(h.Ident(token.Kind, token.Normal), token.Kind)
		}
		return kinds
	}
}
