package check

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/kakitome/kakitome/internal/extract"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/mail"
	"github.com/kakitome/kakitome/internal/policy"
	"github.com/kakitome/kakitome/internal/roster"
)

// Input is one mail as it came in.
type Input struct {
	Message  *mail.Message
	Envelope mail.Envelope
	Stream   *policy.Stream
	At       time.Time // when it was accepted
	Client   string    // who handed it in: SMTP user, else address
}

// Knowledge is what an examination looks up: one roster version, the policy,
// and the key under which identifiers are hashed.
type Knowledge struct {
	Hasher *roster.Hasher
	Roster *roster.Snapshot
	Policy *policy.Policy
	Limits extract.Limits
}

// Examine finds what is in a mail and whose it is. It is pure and total.
func Examine(in Input, k Knowledge) *Examined { return newExaminer(in, k).examine() }

func newExaminer(in Input, k Knowledge) *examiner {
	return &examiner{Knowledge: k, in: in, senders: map[Key]bool{}, seen: map[Key]bool{}, companies: map[Key]bool{}, e: &Examined{
		Stream: in.Stream, At: in.At,
		RosterVersion: k.Roster.Version(), PolicyVersion: k.Policy.Version,
		People: map[Key]Person{},
	}}
}

func (x *examiner) examine() *Examined {
	x.recipients()
	x.identity()
	x.sender()
	units := extract.Read(x.in.Message, x.Limits)
	for i := range units {
		x.unit(&units[i])
	}
	x.content(units)
	return x.e
}

type examiner struct {
	Knowledge
	in      Input
	e       *Examined
	senders map[Key]bool // addresses and names the mail gives as its origin
	seen    map[Key]bool // addresses in Visible

	companies map[Key]bool // company domains of the recipients

	quoting bool     // keep spots
	spots   [][]spot // of each unit, every place of every identifier
}

func (x *examiner) recipients() {
	for i := range x.in.Envelope.Recipients {
		rcpt := &x.in.Envelope.Recipients[i]
		r := Recipient{
			Address: rcpt.Address,
			Key:     x.Hasher.Recipient(rcpt.Address),
			Domain:  x.Hasher.Domain(rcpt.Address),
			Company: x.Policy.Company.IsRecipient(rcpt.Address),
			Granted: map[jp.Kind]bool{},
		}
		r.Persons = x.owners(r.Key)
		r.Addresses = append(x.addresses(r.Persons), r.Key)
		r.Household = x.household(r.Persons)
		if r.CompanyDomain = x.companyDomain(rcpt.Address, r.Domain); r.CompanyDomain {
			x.companies[r.Domain] = true
		}
		for kind := jp.Email; kind <= jp.Link; kind++ {
			if x.Policy.Granted(rcpt.Address, x.in.Stream.Name, kind, x.in.At) {
				r.Granted[kind] = true
			}
		}
		if r.Granted[jp.Address] { // which holds its postal code
			r.Granted[jp.PostalCode] = true
		}
		x.e.Recipients = append(x.e.Recipients, r)
	}
}

// companyDomain tells whether a domain belongs to one company: it is no mail
// provider's and under one percent of the roster has an address there.
func (x *examiner) companyDomain(addr string, domain Key) bool {
	people := x.Roster.People()
	normal, err := jp.Normal(jp.Email, addr)
	if err != nil || people == 0 || x.Policy.IsProvider(normal[strings.LastIndexByte(normal, '@')+1:]) {
		return false
	}
	return x.Roster.DomainPeople(domain)*100 < people
}

// owners are the declared owners of an identifier, remembered in People.
func (x *examiner) owners(ident Key) []Key {
	owners := x.Roster.Owners(ident)
	for _, p := range owners {
		x.person(p)
	}
	return owners
}

func (x *examiner) person(p Key) {
	if _, ok := x.e.People[p]; ok {
		return
	}
	info, ok := x.Roster.Person(p)
	if !ok {
		return
	}
	person := Person{ID: info.ID, Canary: info.Canary}
	for _, i := range info.Idents {
		switch {
		case isName(i.Kind):
			person.Names = append(person.Names, i.Ident)
		case i.Kind == jp.Email:
			person.Addresses = append(person.Addresses, i.Ident)
		}
	}
	person.Domains = info.Domains
	x.e.People[p] = person
}

func (x *examiner) addresses(persons []Key) []Key {
	var all []Key
	for _, p := range persons {
		all = append(all, x.e.People[p].Addresses...)
	}
	return all
}

// identity computes what tells one mail from another.
func (x *examiner) identity() {
	m := x.in.Message
	x.e.Digest = x.Hasher.Bytes("digest", m.Raw)
	x.e.Client = x.Hasher.Bytes("client", []byte(x.in.Client))
	if id := mail.MessageID(m); id != "" {
		x.e.MessageID = x.Hasher.Bytes("message-id", []byte(id))
	}
	if date, ok := mail.Date(m); ok {
		x.e.Date = date
	}
}

// sender remembers the addresses the mail names as its own origin. They are
// the sender's way of being answered, not data about a person, unless a person
// declared them.
func (x *examiner) sender() {
	if x.in.Envelope.From != "" {
		x.senders[x.Hasher.Recipient(x.in.Envelope.From)] = true
	}
	for _, f := range x.in.Message.Root.Fields {
		switch strings.ToLower(strings.TrimSpace(f.Name)) {
		case "from", "sender", "resent-from", "resent-sender":
			for _, a := range mail.Addresses(f.Value) {
				sender := x.Hasher.Recipient(a.Addr)
				x.senders[sender] = true
				if len(x.Roster.Owners(sender)) == 0 {
					x.signs(a.Name)
				}
			}
		}
	}
}

// signs remembers the names of a sender who is nobody's: the clerk who writes
// bears the name of some customer.
func (x *examiner) signs(name string) {
	for _, h := range x.Roster.Find(jp.FoldText(name)) {
		if isName(h.Kind) {
			x.senders[h.Ident] = true
		}
	}
}

// see notes an address that every recipient sees.
func (x *examiner) see(addr, where string) {
	v := Visible{Key: x.Hasher.Recipient(addr), Where: where}
	if x.seen[v.Key] {
		return
	}
	x.seen[v.Key] = true
	v.Domain = x.Hasher.Domain(addr)
	v.CompanyDomain = x.companyDomain(addr, v.Domain)
	v.Persons = x.owners(v.Key)
	v.Household = x.household(v.Persons)
	v.Company = x.Policy.Company.IsRecipient(addr) || x.Policy.Company.Owns(jp.Email, normalAddress(addr)) ||
		len(v.Persons) == 0 && x.senders[v.Key]
	x.e.Visible = append(x.e.Visible, v)
}

func normalAddress(addr string) string {
	if normal, err := jp.Normal(jp.Email, addr); err == nil {
		return normal
	}
	return strings.ToLower(addr)
}

// content hashes what a person reads, so that the same mail under a new
// Message-ID is known again.
func (x *examiner) content(units []extract.Unit) {
	var parts [][]byte
	for i := range units {
		for _, run := range units[i].Runs {
			if !strings.HasPrefix(run.Where, "header ") {
				parts = append(parts, []byte(run.Text))
			}
		}
		if units[i].Kind != extract.Body {
			parts = append(parts, units[i].Bytes)
			x.e.Attachments = append(x.e.Attachments, x.Hasher.Bytes("attachment", units[i].Bytes))
		}
	}
	x.e.Content = x.Hasher.Bytes("content", parts...)
	slices.SortFunc(x.e.Attachments, compareKeys)
}

func compareKeys(a, b Key) int { return cmp.Compare(string(a[:]), string(b[:])) }

// unit finds the identifiers of one unit.
func (x *examiner) unit(u *extract.Unit) {
	f := finder{examiner: x, seen: map[Key]int{}}
	first := len(x.e.Templates)
	for _, run := range u.Runs {
		x.invited(run)
		f.routing = strings.HasPrefix(run.Where, "header ")
		if u.Kind == extract.Body && f.routing {
			run.Text = x.displayed(run.Where, run.Text)
		}
		f.run(run)
	}
	f.settle()
	unit := Unit{Kind: u.Kind, Name: u.Name, Findings: f.findings}
	if u.Kind != extract.Body && personal(f.findings) {
		unit.Attachment = x.Hasher.Bytes("attachment", u.Bytes)
	}
	unread, remarks := slices.Clone(u.Unread), slices.Clone(u.Remarks)
	f.hide(&unit, unread, remarks, x.e.Templates[first:])
	unit.Readings = f.parts(u)
	x.e.Units = append(x.e.Units, unit)
	if x.quoting {
		x.spots = append(x.spots, f.spots)
	}
	x.e.Remarks = append(x.e.Remarks, remarks...)
	for _, un := range unread {
		if un.Inline || slices.Contains(x.in.Stream.UnreadOK, un.Type) {
			x.e.Passed = append(x.e.Passed, un)
		} else {
			x.e.Unread = append(x.e.Unread, un)
		}
	}
}

// personal tells whether findings together point to a person.
func personal(findings []Finding) bool {
	var all tally
	for i := range findings {
		if !findings[i].Company {
			all.add(&findings[i])
		}
	}
	return all.identified()
}

// displayed is what an address field says beside where the mail goes: its
// display names. The addresses in it are Visible. Those of From and Sender are
// read: a person's address there is data about the person.
func (x *examiner) displayed(where, value string) string {
	visible := true
	switch strings.TrimPrefix(where, "header ") {
	case "To", "Cc", "Bcc", "Resent-To", "Resent-Cc", "Resent-Bcc":
	case "Return-Path":
		visible = false
	case "From", "Sender", "Reply-To", "Mail-Reply-To", "Mail-Followup-To", "Disposition-Notification-To", "Return-Receipt-To", "Errors-To":
		x.answered(where, value)
		return value
	default:
		return value
	}
	var names []string
	for _, a := range mail.Addresses(value) {
		names = append(names, a.Name)
		if visible {
			x.see(a.Addr, where)
		}
	}
	return strings.Join(names, "\n")
}

// answered notes the addresses of an origin that a person declared: whoever
// answers writes to that person.
func (x *examiner) answered(where, value string) {
	for _, a := range mail.Addresses(value) {
		if len(x.Roster.Owners(x.Hasher.Recipient(a.Addr))) > 0 {
			x.see(a.Addr, where)
		}
	}
}

// household is what persons share when they live together. What very many
// share (a pickup store, an office tower) is no home.
func (x *examiner) household(persons []Key) []Key {
	var shared []Key
	for _, p := range persons {
		info, _ := x.Roster.Person(p)
		for _, id := range info.Idents {
			if isHousehold(id.Kind, id.Class) && len(x.Roster.Owners(id.Ident)) <= manyOwners {
				shared = append(shared, id.Ident)
			}
		}
	}
	return shared
}
