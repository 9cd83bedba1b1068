package check

import (
	"slices"

	"github.com/kakitome/kakitome/internal/jp"
)

// A list that slipped by a row tells every recipient about somebody else on
// the list. Where that is data enough, rule 1 sees it in each mail alone. A
// name alone is seen in the stream: one mail that calls its recipient by
// another's name is a changed name, several are a defect (incidents 16, 18,
// 20, 24, where a name in the greeting was all that reached up to 230,581).
const slipWindow = 20 // last mails of the stream

// slip tells whether the mails of the stream call their recipients by the
// names of others, and this one does, too. Fits is how many mails before it
// the one went whose recipient it fits; 0 when there is none.
func (v *view) slip() (slipped bool, fits int) {
	if len(v.strange) == 0 {
		return false, 0
	}
	recent := append(slices.Clone(v.j.stream.Recent), v.outcome())
	fits = fitsBefore(recent, len(recent)-1)
	found, latest := fitting(recent)
	if found >= v.j.w.SlipFits && (fits > 0 || latest < slipWindow) {
		return true, fits
	}
	last := recent[max(0, len(recent)-slipWindow):]
	strangers := 0
	seen := map[Key]bool{}
	for i := range last {
		if s := last[i].Strange; len(s) > 0 && !seen[s[0]] {
			seen[s[0]] = true
			strangers++
		}
	}
	share := float64(strangers) / float64(len(last))
	usual := v.j.stream.usualMentions()
	return strangers >= v.j.w.SlipStrangers && share > v.j.e.Stream.MentionJump && share > jumpFactor*usual, 0
}

// fresh tells whether the mail is about a stranger the stream has not told
// about lately. The same one again and again is in the text of a newsletter.
func (v *view) fresh() bool {
	return len(v.strange) > 0 && !slices.ContainsFunc(v.j.stream.Recent, func(o Outcome) bool {
		return len(o.Strange) > 0 && o.Strange[0] == v.strange[0]
	})
}

// outcome is what the stream remembers of the mail for the test of later ones.
func (v *view) outcome() Outcome {
	return Outcome{Strange: v.strange, Addressee: v.addressee()}
}

// fitsBefore is how many mails before mail i the nearest one went whose
// recipient is called by a name in mail i; 0 when there is none.
func fitsBefore(recent []Outcome, i int) int {
	for k := i - 1; k >= 0; k-- {
		if fit(&recent[i], &recent[k]) {
			return i - k
		}
	}
	return 0
}

// fit tells whether one mail calls its recipient by what is another's
// recipient's, who is somebody else and lives elsewhere.
func fit(content, other *Outcome) bool {
	return intersects(content.Strange, other.Addressee) && !intersects(content.Addressee, other.Addressee)
}

// fitting counts the strangers who are the recipients of other mails nearby,
// each once, and tells how many mails ago the last of these mails went.
func fitting(recent []Outcome) (n, latest int) {
	at := map[Key][]int{}
	for i := range recent {
		for _, k := range recent[i].Addressee {
			at[k] = append(at[k], i)
		}
	}
	seen := map[Key]bool{}
	latest = len(recent)
	for i := range recent {
		for _, k := range recent[i].Strange {
			if !seen[k] && slices.ContainsFunc(at[k], func(other int) bool { return fit(&recent[i], &recent[other]) }) {
				seen[k] = true
				n++
				latest = len(recent) - 1 - i
			}
		}
	}
	return n, latest
}

// sole tells whether the mail goes to this recipient and to nobody else but the
// company: a mail to several calls none of them by a name.
func (v *view) sole() bool {
	return !v.r.Company && !slices.ContainsFunc(v.j.e.Recipients, func(r Recipient) bool { return !r.Company && r.Key != v.r.Key })
}

// strangers are whom a unit is about where it should be about the mail's only
// recipient: the name by which it calls the recipient, the home it gives, or
// the mail address, when the recipient's own is not there.
func (v *view) strangers() []Key {
	if !v.sole() {
		return nil
	}
	var keys []Key
	add := func(k Key) {
		if len(keys) < mostStrangers && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	for i := range v.units {
		u := &v.units[i]
		if f := v.calledBy(u); f != nil {
			add(f.Ident)
		}
		for k := range u.Findings {
			if u.relations[k] == foreign && !u.Findings[k].Routing {
				v.misplaced(u, &u.Findings[k], add)
			}
		}
	}
	return keys
}

// mostStrangers bounds what is remembered of one mail.
const mostStrangers = 4

// calledBy is the name that a unit calls the recipient by, when that is
// another's: it stands where a greeting stands, or the recipient's own is
// nowhere. Nil when the recipient's name is not known.
func (v *view) calledBy(u *unitView) *Finding {
	if !v.named() {
		return nil
	}
	var displayed *Finding
	for i := range u.Findings {
		f := &u.Findings[i]
		switch {
		case !isName(f.Kind) || f.Company || u.relations[i] == granted:
		case f.Routing:
			if displayed == nil && u.relations[i] == foreign && f.Where == "header To" {
				displayed = f
			}
		case !f.Addressed:
		case u.relations[i] == foreign && (f.Greeting || !u.own.named()):
			return f
		default:
			return nil // the first customer named is the recipient, or stands in running text
		}
	}
	if u.own.named() {
		return nil
	}
	return displayed
}

// named tells whether the recipient has a declared name.
func (v *view) named() bool {
	return slices.ContainsFunc(v.r.Persons, func(p Key) bool { return len(v.j.e.People[p].Names) > 0 })
}

// misplaced adds whose home or mail address a finding is, when it stands where
// the recipient's own is missing.
func (v *view) misplaced(u *unitView, f *Finding, add func(Key)) {
	switch {
	case f.Declared:
		if isHousehold(f.Kind, f.Class) && u.own.household == 0 && len(v.r.Household) > 0 {
			add(f.Ident)
		}
	case f.Kind == jp.Email && u.own.kinds == 0:
		add(f.Ident)
	case u.own.household+u.own.strong == 0:
		for _, p := range v.subjects(f) { // whoever has learned it
			add(p)
		}
	}
}

// addressee is what a mail would hold that calls the recipient by the right
// name, and the home by which members of one family are known.
func (v *view) addressee() []Key {
	if !v.sole() {
		return nil
	}
	keys := []Key{v.r.Key}
	for _, p := range v.r.Persons {
		keys = append(keys, v.j.e.People[p].Names...)
	}
	keys = append(keys, v.r.Household...)
	return keys[:min(len(keys), mostAddressee)]
}

// mostAddressee bounds what is remembered of one recipient: a mailbox of a
// large family.
const mostAddressee = 16
