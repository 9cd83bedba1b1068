package check

import (
	"regexp"
	"slices"

	"github.com/kakitome/kakitome/internal/extract"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/roster"
)

// finder collects the identifiers of one unit, each once.
type finder struct {
	*examiner
	findings []Finding
	seen     map[Key]int // identifier → its place in findings
}

// manyOwners is how many owners a finding may have and still point to each of
// them. What more people share (a postal code, a birthday, the commonest
// names) only adds to those whom something else in the unit points to.
const manyOwners = 20

// span is where something was found in a run, in bytes of its text.
type span struct{ start, end int }

func (s span) overlaps(o span) bool { return s.start < o.end && o.start < s.end }

// run finds the identifiers of one run: declared names, addresses and codes by
// their text, everything else by its shape.
func (f *finder) run(run extract.Run) {
	if run.Text == "" {
		return
	}
	declared := f.declared(run)
	tokens := append(f.Policy.Codes(run.Text), jp.Tokens(run.Text)...)
	for i, tok := range tokens {
		at := span{tok.Start, tok.End}
		ident := f.Hasher.Ident(tok.Kind, tok.Normal)
		owners := f.Roster.Owners(ident)
		if len(owners) == 0 && (covered(at, tok.Kind, declared) || f.insideCode(tokens[:i], tok)) {
			continue
		}
		f.add(run, at, Finding{
			Ident: ident, Kind: tok.Kind, Class: classOf(tok), Owners: owners,
			Company: f.isCompanys(tok, ident, owners),
		})
	}
	for _, t := range templateToken.FindAllStringIndex(run.Text, 3) {
		f.e.Templates = append(f.e.Templates, Place{Where: run.Place(t[0]), What: run.Text[t[0]:t[1]]})
	}
}

// declaredHit is a declared value found in a run.
type declaredHit struct {
	kind jp.Kind
	span
}

// declared finds the values of the roster that are known by their text.
func (f *finder) declared(run extract.Run) []declaredHit {
	text := jp.FoldText(run.Text)
	var hits []declaredHit
	for _, h := range f.Roster.Find(text) {
		at := span{int(text.Pos[h.Start]), len(run.Text)}
		if h.End < len(text.Pos) {
			at.end = int(text.Pos[h.End])
		}
		owners := f.Roster.Owners(h.Ident)
		f.add(run, at, Finding{Ident: h.Ident, Kind: h.Kind, Owners: owners, Namesakes: len(owners)})
		hits = append(hits, declaredHit{h.Kind, at})
	}
	return hits
}

// covered tells whether an address recognised by its shape is one that was
// found declared: the same words twice.
func covered(at span, kind jp.Kind, hits []declaredHit) bool {
	return slices.ContainsFunc(hits, func(h declaredHit) bool {
		return at.overlaps(h.span) && (kind == h.kind || isCode(h.kind))
	})
}

// insideCode tells whether a token is only a piece of a configured code, such
// as the digits of an order number.
func (f *finder) insideCode(earlier []jp.Token, tok jp.Token) bool {
	return !isCode(tok.Kind) && slices.ContainsFunc(earlier, func(c jp.Token) bool {
		return isCode(c.Kind) && c.Start <= tok.Start && tok.End <= c.End
	})
}

// isCompanys tells whether a token is nobody's personal data: the company's
// own, or the address the mail itself names as its sender.
func (f *finder) isCompanys(tok jp.Token, ident Key, owners []Key) bool {
	if f.Policy.Company.Owns(tok.Kind, tok.Normal) || tok.Kind == jp.Phone && classOf(tok) == jp.TollFree {
		return true
	}
	return len(owners) == 0 && f.senders[ident]
}

func classOf(tok jp.Token) jp.PhoneClass {
	if tok.Kind != jp.Phone {
		return 0
	}
	return jp.ClassOfPhone(tok.Normal)
}

func (f *finder) add(run extract.Run, at span, n Finding) {
	if i, ok := f.seen[n.Ident]; ok {
		f.findings[i].Company = f.findings[i].Company || n.Company
		return
	}
	n.Where = run.Place(at.start)
	n.Value = run.Text[at.start:at.end]
	f.seen[n.Ident] = len(f.findings)
	f.findings = append(f.findings, n)
}

// settle names the owners of what many people share, once all that points to
// somebody in the unit is known.
func (f *finder) settle() {
	present := map[Key]bool{}
	for _, r := range f.e.Recipients {
		for _, p := range r.Persons {
			present[p] = true
		}
	}
	for i := range f.findings {
		if n := &f.findings[i]; pointsToEach(n) {
			for _, p := range n.Owners {
				present[p] = true
				f.person(p)
			}
			if isHousehold(n.Kind, n.Class) {
				n.Domains = f.domains(n.Owners)
			}
		}
	}
	for i := range f.findings {
		if n := &f.findings[i]; len(n.Owners) > 0 && !pointsToEach(n) {
			n.Owners = f.bearers(present, n.Ident)
		}
	}
}

// pointsToEach tells whether a finding points to each of its owners.
func pointsToEach(n *Finding) bool {
	return len(n.Owners) > 0 && len(n.Owners) <= manyOwners && n.Kind != jp.PostalCode && n.Kind != jp.Birthday
}

// bearers are those of the persons present whose identifier it is.
func (f *finder) bearers(present map[Key]bool, ident Key) []Key {
	var bearers []Key
	for p := range present {
		info, _ := f.Roster.Person(p)
		if slices.ContainsFunc(info.Idents, func(r roster.IdentRef) bool { return r.Ident == ident }) {
			bearers = append(bearers, p)
		}
	}
	slices.SortFunc(bearers, compareKeys)
	return bearers
}

// domains are the mail domains of persons.
func (f *finder) domains(persons []Key) []Key {
	var domains []Key
	for _, p := range persons {
		info, _ := f.Roster.Person(p)
		domains = append(domains, info.Domains...)
	}
	return domains
}

// templateToken matches a merge field that nobody filled, in the spellings of
// the usual template languages and mailers.
var templateToken = regexp.MustCompile(
	`\{\{[^{}\n]{1,60}\}\}` + // {{name}}
		`|\{%[^{}%\n]{1,60}%\}` + // {%D1%}
		`|%%[A-Za-z_][A-Za-z0-9_ .-]{0,40}%%` + // %%FIRST%%
		`|\$\{[A-Za-z_][^{}\n]{0,60}\}` + // ${name}
		`|<%=?[^<>%\n]{1,60}%>` + // <%= name %>
		`|\*\|[A-Z0-9_:]{1,40}\|\*` + // *|FNAME|*
		`|#\{[A-Za-z_][^{}\n]{0,60}\}` + // #{name}
		`|\[\[[A-Za-z_][A-Za-z0-9_.]{0,40}\]\]`) // [[name]]
