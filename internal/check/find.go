package check

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kakitome/kakitome/internal/extract"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/roster"
)

// finder collects the identifiers of one unit, each once.
type finder struct {
	*examiner
	findings []Finding
	seen     map[Key]int // identifier → its place in findings
	place    placer      // of the present run
	routing  bool        // it is a header field
	names    []string    // values found in the names of files
	reading  readings    // of the present run
	readings []readings  // of each finding, where it occurs
	spots    []spot      // when quoting
}

// manyOwners is how many owners a finding may have and still point to each of
// them. What more people share (a postal code, a birthday, the commonest
// names) only adds to those whom something else in the unit points to.
const manyOwners = 20

// run finds the identifiers of one run: declared names, addresses and codes by
// their text, everything else by its shape.
func (f *finder) run(run extract.Run) {
	if run.Text == "" {
		return
	}
	f.place, f.reading = placer{Run: run}, readingOf(run)
	text := jp.FoldText(run.Text)
	var known covers
	f.declared(text, &known)
	tokens := append(f.Policy.Codes(run.Text), text.Tokens()...)
	slices.SortStableFunc(tokens, func(a, b jp.Token) int { return cmp.Compare(a.Start, b.Start) })
	for _, tok := range tokens {
		if isCode(tok.Kind) {
			known.codes.add(span{tok.Start, tok.End})
		}
	}
	for _, tok := range tokens {
		at := span{tok.Start, tok.End}
		ident, owners := f.ownersOf(tok)
		if len(owners) == 0 && known.explain(tok.Kind, at) {
			continue
		}
		f.add(at, Finding{
			Ident: ident, Kind: tok.Kind, Class: classOf(tok), Owners: owners, Declared: len(owners) > 0, Namesakes: len(owners),
			Company: f.isCompanys(tok, ident, owners), Domains: f.domainOf(tok),
		})
	}
	f.templates(run)
}

// ownersOf are those who declared what a token is. A flat that nobody declared is
// that of those who declared its house without a room.
func (f *finder) ownersOf(tok jp.Token) (Key, []Key) {
	ident := f.Hasher.Ident(tok.Kind, tok.Normal)
	owners := f.Roster.Owners(ident)
	if len(owners) > 0 || tok.Kind != jp.Address {
		return ident, owners
	}
	if house, room := jp.SplitAddress(tok.Normal); room != "" {
		if of := f.Hasher.Ident(jp.Address, house); len(f.Roster.Owners(of)) > 0 {
			return of, f.Roster.Owners(of)
		}
	}
	return ident, owners
}

// declared finds the values of the roster that are known by their text, also
// where labels or readings part them.
func (f *finder) declared(text jp.Text, known *covers) {
	type hit struct {
		span
		roster.Hit
	}
	var hits []hit
	for _, t := range []jp.Text{text, text.Joined()} {
		for _, h := range f.Roster.Find(t) {
			var at span
			at.start, at.end = t.Span(h.Start, h.End)
			hits = append(hits, hit{at, h})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(a.start, b.start) })
	for _, h := range hits {
		owners := f.Roster.Owners(h.Ident)
		f.add(h.span, Finding{
			Ident: h.Ident, Kind: h.Kind, Owners: owners, Declared: true, Namesakes: len(owners),
			Company: isName(h.Kind) && f.senders[h.Ident] || f.isCompanyText(h.Kind, f.place.Text[h.span.start:h.span.end]),
		})
		switch {
		case h.Kind == jp.Address:
			known.addresses.add(h.span)
		case isCode(h.Kind):
			known.declared.add(h.span)
		}
	}
}

// isCompanys tells whether a token is nobody's personal data: the company's
// own, or the address the mail itself names as its sender.
func (f *finder) isCompanys(tok jp.Token, ident Key, owners []Key) bool {
	if f.Policy.Company.Owns(tok.Kind, tok.Normal) || tok.Kind == jp.Phone && classOf(tok) == jp.TollFree {
		return true
	}
	return len(owners) == 0 && f.senders[ident]
}

// isCompanyText tells the same of a value that was found by its text.
func (f *finder) isCompanyText(kind jp.Kind, value string) bool {
	normal, err := jp.Normal(kind, value)
	return err == nil && f.Policy.Company.Owns(kind, normal)
}

// domainOf is the company domain of a recipient at which an e-mail address is.
func (f *finder) domainOf(tok jp.Token) []Key {
	if tok.Kind != jp.Email || len(f.companies) == 0 {
		return nil
	}
	if d := f.Hasher.Domain(tok.Normal); f.companies[d] {
		return []Key{d}
	}
	return nil
}

func classOf(tok jp.Token) jp.PhoneClass {
	if tok.Kind != jp.Phone {
		return 0
	}
	return jp.ClassOfPhone(tok.Normal)
}

func (f *finder) add(at span, n Finding) {
	n.Value = f.place.Text[at.start:at.end]
	if f.reading == inFileName {
		f.names = append(f.names, n.Value)
	}
	if f.quoting {
		f.spots = append(f.spots, spot{f.place.Run, f.place.at(at.start), at, n.Ident})
	}
	if i, ok := f.seen[n.Ident]; ok {
		f.readings[i] |= f.reading
		f.findings[i].Company = f.findings[i].Company || n.Company
		f.findings[i].Routing = f.findings[i].Routing && f.routing
		return
	}
	if isName(n.Kind) {
		n.Greeting = greets(f.place.Text, at)
		n.Addressed = n.Greeting || addressed(f.place.Text[at.end:])
	}
	n.Where, n.Routing = f.place.at(at.start), f.routing
	f.seen[n.Ident] = len(f.findings)
	f.findings, f.readings = append(f.findings, n), append(f.readings, f.reading)
}

// settle names the owners of what many people share, once all that points to
// somebody in the unit is known.
func (f *finder) settle() {
	pointed, recipients := map[Key]bool{}, map[Key]bool{}
	for i := range f.e.Recipients {
		for _, p := range f.e.Recipients[i].Persons {
			recipients[p] = true
		}
	}
	shared := map[Key]bool{}
	for i := range f.findings {
		n := &f.findings[i]
		if isHousehold(n.Kind, n.Class) {
			n.Domains = f.domains(n.Owners)
		}
		switch {
		case len(n.Owners) == 0:
		case !pointsToEach(n):
			shared[n.Ident] = true
		default:
			for _, p := range n.Owners {
				pointed[p] = true
			}
		}
	}
	if len(shared) > 0 {
		f.combine(shared, pointed)
	}
	for p := range pointed {
		f.person(p)
	}
	f.divide(shared, pointed, recipients)
}

// mostCombined bounds how many people are looked up to find whom a name points
// to together with a birthday or a home.
const mostCombined = 100_000

// combine adds those to whom a name that very many bear points together with a
// birthday or a home that very many share.
func (f *finder) combine(shared, pointed map[Key]bool) {
	var names []Key
	for i := range f.findings {
		if n := &f.findings[i]; isName(n.Kind) && shared[n.Ident] {
			names = append(names, n.Ident)
		}
	}
	left := mostCombined
	for i := range f.findings {
		n := &f.findings[i]
		if len(names) == 0 || !shared[n.Ident] || n.Kind != jp.Birthday && !isHousehold(n.Kind, n.Class) {
			continue
		}
		if left -= len(n.Owners); left < 0 {
			f.e.Unread = append(f.e.Unread, extract.Unread{Where: n.Where, Why: "more people share this data than may be compared"})
			return
		}
		for _, p := range n.Owners {
			info, _ := f.Roster.Person(p)
			if slices.ContainsFunc(info.Idents, func(r roster.IdentRef) bool { return slices.Contains(names, r.Ident) }) {
				pointed[p] = true
			}
		}
	}
}

// divide replaces the owners of what very many share by those pointed to, and
// keeps apart those who are recipients.
func (f *finder) divide(shared, pointed, recipients map[Key]bool) {
	if len(shared) == 0 {
		return
	}
	owners, bearers := f.sharers(shared, pointed), f.sharers(shared, recipients)
	for i := range f.findings {
		if n := &f.findings[i]; shared[n.Ident] {
			n.Owners, n.Bearers = owners[n.Ident], bearers[n.Ident]
		}
	}
}

// sharers are the persons who declared the shared identifiers.
func (f *finder) sharers(shared, persons map[Key]bool) map[Key][]Key {
	found := map[Key][]Key{}
	for p := range persons {
		info, _ := f.Roster.Person(p)
		for i := range info.Idents {
			if ident := info.Idents[i].Ident; shared[ident] && !slices.Contains(found[ident], p) {
				found[ident] = append(found[ident], p)
			}
		}
	}
	for _, list := range found {
		slices.SortFunc(list, compareKeys)
	}
	return found
}

// pointsToEach tells whether a finding points to each of its owners.
func pointsToEach(n *Finding) bool {
	return len(n.Owners) > 0 && len(n.Owners) <= manyOwners && n.Kind != jp.PostalCode && n.Kind != jp.Birthday
}

// domains are those of the recipients' company domains at which one of the
// persons has an address.
func (f *finder) domains(persons []Key) []Key {
	var found []Key
	for _, p := range persons {
		if len(found) == len(f.companies) {
			break
		}
		info, _ := f.Roster.Person(p)
		for _, d := range info.Domains {
			if f.companies[d] && !slices.Contains(found, d) {
				found = append(found, d)
			}
		}
	}
	return found
}

// hide takes values that stand in the names of files out of the places that
// quote those names: a place is shown to whoever asks for the reason.
func (f *finder) hide(u *Unit, unread []extract.Unread, remarks []string, templates []Place) {
	if len(f.names) == 0 {
		return
	}
	var pairs []string
	for _, value := range f.names {
		pairs = append(pairs, value, "…")
	}
	hidden := strings.NewReplacer(pairs...)
	u.Name = hidden.Replace(u.Name)
	for i := range u.Findings {
		u.Findings[i].Where = hidden.Replace(u.Findings[i].Where)
	}
	for i := range unread {
		unread[i].Where = hidden.Replace(unread[i].Where)
	}
	for i := range remarks {
		remarks[i] = hidden.Replace(remarks[i])
	}
	for i := range templates {
		templates[i].Where = hidden.Replace(templates[i].Where)
	}
}
