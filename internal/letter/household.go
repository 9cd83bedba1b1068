package letter

import (
	"cmp"
	"maps"
	"slices"

	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/roster"
)

// group is parties that get one letter, at address unless there is a reason
// why not.
type group struct {
	address string
	members []int // sorted
	why     Reason
}

// mailbox is the party's address folded for comparison, empty if it has none
// that mail can be sent to.
func (p *Party) mailbox() string {
	if p.Contact == ByPost || p.Contact == ByPhone || !oneAddress(p.Address) {
		return ""
	}
	folded, err := jp.Normal(jp.Email, p.Address)
	if err != nil {
		return ""
	}
	return folded
}

// unreachable is why a party without a mailbox cannot be mailed to.
func (p *Party) unreachable() Reason {
	switch {
	case p.Contact == ByPost:
		return OnlyPost
	case p.Contact == ByPhone:
		return OnlyPhone
	case p.Address != "":
		return BadAddress
	}
	return NoAddress
}

// households are the parties held together by a person or a mailbox, directly
// or through others, in the order of the parties.
func households(parties []Party, boxes []string) [][]int {
	parent := make([]int, len(parties))
	root := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	persons, mailboxes := map[roster.Key]int{}, map[string]int{}
	for i := range parties {
		parent[i] = i
		if k := parties[i].Person; !k.IsZero() {
			if j, ok := persons[k]; ok {
				parent[root(i)] = root(j)
			}
			persons[k] = i
		}
		if b := boxes[i]; b != "" {
			if j, ok := mailboxes[b]; ok {
				parent[root(i)] = root(j)
			}
			mailboxes[b] = i
		}
	}
	place := map[int]int{}
	var all [][]int
	for i := range parties {
		r := root(i)
		n, ok := place[r]
		if !ok {
			n = len(all)
			place[r] = n
			all = append(all, nil)
		}
		all[n] = append(all[n], i)
	}
	return all
}

// mailbox is an address of a household, however it is written.
type mailbox struct {
	folded  string
	address string       // as it is to be written to
	owners  []roster.Key // who is known to read it
	exposed int          // how many of them have exposed data
	contact bool         // given as the contact of an exposed person, so matched against the roster
}

// household is one of them on its way to letters.
type household struct {
	parties []Party
	boxes   []string
	members []int

	rows   map[roster.Key][]int // parties of a person
	nobody map[string][]int     // parties of nobody known, by mailbox
	mails  map[string]*mailbox
	served map[roster.Key]int // person → its group
	groups []group
}

// divide makes the groups of a household. The mailbox that reaches most people
// with exposed data comes first, then those that reach most people; none is
// written to if one of its owners already is.
func divide(parties []Party, boxes []string, members []int) []group {
	h := household{
		parties: parties, boxes: boxes, members: members,
		rows: map[roster.Key][]int{}, nobody: map[string][]int{}, mails: map[string]*mailbox{}, served: map[roster.Key]int{},
	}
	for _, i := range members {
		switch k := parties[i].Person; {
		case !k.IsZero():
			h.rows[k] = append(h.rows[k], i)
		case boxes[i] != "":
			h.nobody[boxes[i]] = append(h.nobody[boxes[i]], i)
		}
	}
	for _, i := range members {
		if boxes[i] != "" {
			h.know(i)
		}
	}
	for _, m := range slices.SortedFunc(maps.Values(h.mails), func(a, b *mailbox) int {
		return cmp.Or(cmp.Compare(b.exposed, a.exposed), cmp.Compare(len(b.owners), len(a.owners)),
			compareBools(b.contact, a.contact), cmp.Compare(a.folded, b.folded))
	}) {
		h.serve(m)
	}
	h.leave()
	for i := range h.groups {
		slices.Sort(h.groups[i].members)
	}
	return h.groups
}

// know enters the mailbox of a party.
func (h *household) know(i int) {
	p := &h.parties[i]
	m := h.mails[h.boxes[i]]
	if m == nil {
		m = &mailbox{folded: h.boxes[i], address: p.Address}
		h.mails[m.folded] = m
	}
	if p.exposed() && !m.contact {
		m.contact, m.address = true, p.Address
	}
	rows := h.rows[p.Person]
	if len(rows) == 0 || slices.ContainsFunc(rows, func(j int) bool { return j < i && h.boxes[j] == m.folded }) {
		return // of nobody known, or of a known owner
	}
	m.owners = append(m.owners, p.Person)
	if slices.ContainsFunc(rows, func(j int) bool { return h.parties[j].exposed() }) {
		m.exposed++
	}
}

// serve makes the letter to a mailbox, for all its owners, unless one of them
// has a letter.
func (h *household) serve(m *mailbox) {
	if slices.ContainsFunc(m.owners, func(k roster.Key) bool { _, ok := h.served[k]; return ok }) {
		return
	}
	g := group{address: m.address}
	for _, k := range m.owners {
		h.served[k] = len(h.groups)
		g.members = append(g.members, h.rows[k]...)
	}
	g.members = append(g.members, h.nobody[m.folded]...)
	h.groups = append(h.groups, g)
}

// leave makes the groups of those whom no letter reaches, and puts parties of
// nobody known to the owner of their mailbox who has one.
func (h *household) leave() {
	taken := map[int]bool{}
	for _, g := range h.groups {
		for _, i := range g.members {
			taken[i] = true
		}
	}
	for _, i := range h.members {
		k, box := h.parties[i].Person, h.boxes[i]
		switch {
		case taken[i]:
		case k.IsZero() && box == "":
			h.groups = append(h.groups, group{members: []int{i}, why: h.parties[i].unreachable()})
		case k.IsZero():
			for _, owner := range slices.SortedFunc(slices.Values(h.mails[box].owners), compareKeys) { // one has a letter, or this mailbox would have
				if n, ok := h.served[owner]; ok {
					h.groups[n].members = append(h.groups[n].members, i)
					break
				}
			}
		default:
			h.groups = append(h.groups, group{members: h.rows[k], why: h.whyNot(k)})
			for _, j := range h.rows[k] {
				taken[j] = true
			}
		}
	}
}

// whyNot is why a person gets no mail: the best of what is known otherwise.
func (h *household) whyNot(k roster.Key) Reason {
	best := NoAddress
	for _, i := range h.rows[k] {
		if h.boxes[i] != "" {
			return Shared
		}
		switch why := h.parties[i].unreachable(); {
		case best == OnlyPost || why == NoAddress:
		case why == OnlyPost || best == NoAddress || why == OnlyPhone:
			best = why
		}
	}
	return best
}
