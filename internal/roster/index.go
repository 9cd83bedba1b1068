package roster

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/kakitome/kakitome/internal/jp"
)

// Index holds everybody. It is safe for concurrent use; readers take a
// Snapshot and never wait.
type Index struct {
	hasher *Hasher
	write  sync.Mutex // held by whoever makes the next snapshot
	merge  sync.Mutex // held by whoever merges
	frozen int        // how many of the lowest parts are being merged; under write
	now    atomic.Pointer[Snapshot]
}

// Snapshot is one version of the roster. It never changes.
type Snapshot struct {
	version int64
	hasher  *Hasher
	parts   []part // most people are in the first; each later one goes before those below it
}

// part is a layer, and who of it changed since: those people are in a part
// above, or nowhere.
type part struct {
	*layer
	gone map[Key]struct{}
	left map[Key]int // domains: how many of the people there are gone
}

// PersonInfo is what the roster knows of a person. Its slices are shared: do
// not change them.
type PersonInfo struct {
	ID      string
	Canary  bool
	Idents  []IdentRef
	Domains []Key // of the person's addresses, each once
}

// IdentRef is an identifier of a person, as it was declared.
type IdentRef struct {
	Ident Key
	Kind  jp.Kind
	Class jp.PhoneClass // phones only
}

// NewIndex makes an empty index at version 0.
func NewIndex(h *Hasher) *Index {
	x := &Index{hasher: h}
	nobody, _ := (&builder{}).build()
	x.now.Store(&Snapshot{hasher: h, parts: []part{{layer: nobody}}})
	return x
}

// Snapshot gives the present version, for the whole of one examination.
func (x *Index) Snapshot() *Snapshot { return x.now.Load() }

// Load replaces everybody by those of seq, atomically: on an error the index
// stays as it was. A person who comes twice is an error.
func (x *Index) Load(version int64, seq iter.Seq2[Hashed, error]) error {
	return x.LoadSized(version, 0, 0, seq)
}

// LoadSized is Load when it is known about how many people with how many entries
// will come; it needs less memory on the way.
func (x *Index) LoadSized(version int64, people, entries int, seq iter.Seq2[Hashed, error]) error {
	var b builder
	b.reserve(people, entries)
	for h, err := range seq {
		if err == nil {
			err = b.add(&h)
		}
		if err != nil {
			return fmt.Errorf("load roster version %d: %w", version, err)
		}
	}
	base, err := b.build()
	if err != nil {
		return fmt.Errorf("load roster version %d: %w", version, err)
	}
	x.write.Lock()
	defer x.write.Unlock()
	x.now.Store(&Snapshot{version: version, hasher: x.hasher, parts: []part{{layer: base}}})
	x.frozen = 0
	return nil
}

// Apply makes a new version in which the people of remove are no more and
// those of put are as given, whatever was known of them. A person who is in
// both is put; of two of the same person the later one counts. It takes as long
// as the change, and the changes not yet merged, are large; never as the roster.
func (x *Index) Apply(version int64, put []Hashed, remove []Key) error {
	x.write.Lock()
	defer x.write.Unlock()
	next, err := x.now.Load().with(put, remove, max(x.frozen, 1))
	if err != nil {
		return fmt.Errorf("apply roster version %d: %w", version, err)
	}
	next.version = version
	x.now.Store(next)
	return nil
}

// with makes the next snapshot. The lowest parts, fixed of them, are kept; what
// is above them is built anew together with the change.
func (s *Snapshot) with(put []Hashed, remove []Key, fixed int) (*Snapshot, error) {
	changed := make(map[Key]int, len(put)+len(remove)) // place of the person's last version in put, or -1
	for _, p := range remove {
		changed[p] = -1
	}
	for i := range put {
		changed[put[i].Person] = i
	}
	next := &Snapshot{version: s.version, hasher: s.hasher}
	for _, p := range s.parts[:fixed] {
		next.parts = append(next.parts, p.without(maps.Keys(changed)))
	}
	var b builder
	for _, p := range s.parts[fixed:] {
		b.copy(p.layer, func(k Key) bool { _, again := changed[k]; return again || p.isGone(k) })
	}
	for i := range put {
		if changed[put[i].Person] == i {
			if err := b.add(&put[i]); err != nil {
				return nil, err
			}
		}
	}
	top, err := b.build()
	next.parts = append(next.parts, part{layer: top})
	return next, err
}

// without is the part when more people are gone from it.
func (p part) without(people iter.Seq[Key]) part {
	p.gone, p.left = maps.Clone(p.gone), maps.Clone(p.left)
	for k := range people {
		at, ok := p.find(k)
		if !ok || p.isGone(k) {
			continue
		}
		if p.gone == nil {
			p.gone, p.left = map[Key]struct{}{}, map[Key]int{}
		}
		p.gone[k] = struct{}{}
		for _, d := range p.info(at).Domains {
			p.left[d]++
		}
	}
	return p
}

func (p part) isGone(k Key) bool {
	_, gone := p.gone[k]
	return gone
}

// mergeAt is how many people may stand beside so many others before Merge makes
// one layer of all: large enough that it is rare, small enough that each Apply,
// which builds them anew, takes some milliseconds.
func mergeAt(people int) int { return max(4096, people/128) }

// Merge makes one layer of all when enough people have changed, which takes
// seconds with millions of them, and nothing of it is seen: changes go on
// meanwhile. Without it the index stays right, and each Apply takes longer than
// the one before.
func (x *Index) Merge() error {
	x.merge.Lock()
	defer x.merge.Unlock()
	old := x.freeze()
	if old == nil {
		return nil
	}
	merged, err := old.merged()
	x.thaw(old, merged)
	return err
}

// freeze fixes the parts to be merged, if they are worth it: changes go above.
func (x *Index) freeze() *Snapshot {
	x.write.Lock()
	defer x.write.Unlock()
	old := x.now.Load()
	if old.beside() <= mergeAt(len(old.parts[0].people)) {
		return nil
	}
	x.frozen = len(old.parts)
	return old
}

// thaw puts what was made of the frozen parts, if anything, in their place,
// unless everybody was loaded anew meanwhile.
func (x *Index) thaw(old *Snapshot, merged *layer) {
	x.write.Lock()
	defer x.write.Unlock()
	x.frozen = 0
	if now := x.now.Load(); merged != nil && now.parts[0].layer == old.parts[0].layer {
		x.now.Store(now.above(old, merged))
	}
}

// beside counts the people a merge would move.
func (s *Snapshot) beside() int {
	n := len(s.parts[0].gone)
	for _, p := range s.parts[1:] {
		n += len(p.people)
	}
	return n
}

// merged makes one layer of everybody.
func (s *Snapshot) merged() (*layer, error) {
	var b builder
	people, entries := 0, 0
	for _, p := range s.parts {
		people, entries = people+len(p.people), entries+max(len(p.idents), len(p.forms))
	}
	b.reserve(people, entries)
	for _, p := range s.parts {
		b.copy(p.layer, p.isGone)
	}
	l, err := b.build()
	if err != nil {
		return nil, fmt.Errorf("merge roster: %w", err)
	}
	return l, nil
}

// above is s with merged in the place of the parts it was made of, those of
// old. Whoever changed meanwhile is gone from it.
func (s *Snapshot) above(old *Snapshot, merged *layer) *Snapshot {
	base := part{layer: merged}
	n := len(old.parts)
	for i, p := range s.parts[:n] {
		base = base.without(func(yield func(Key) bool) {
			for k := range p.gone {
				if !old.parts[i].isGone(k) && !yield(k) {
					return
				}
			}
		})
	}
	return &Snapshot{version: s.version, hasher: s.hasher, parts: append([]part{base}, s.parts[n:]...)}
}

// Version is the number the snapshot was made with.
func (s *Snapshot) Version() int64 { return s.version }

// People is how many people there are.
func (s *Snapshot) People() int {
	n := 0
	for _, p := range s.parts {
		n += len(p.people) - len(p.gone)
	}
	return n
}

// DomainPeople is how many people have an address at a domain.
func (s *Snapshot) DomainPeople(d Key) int {
	n := 0
	for _, p := range s.parts {
		n += p.domains[d] - p.left[d]
	}
	return n
}

// Owners are the people who declared an identifier. Do not change the slice.
func (s *Snapshot) Owners(ident Key) []Owner {
	var all []Owner
	for _, p := range s.parts {
		owners := p.ownersOf(ident)
		if len(p.gone) > 0 && slices.ContainsFunc(owners, p.isGone) {
			owners = slices.DeleteFunc(slices.Clone(owners), p.isGone)
		}
		if len(all) == 0 {
			all = slices.Clip(owners)
		} else {
			all = append(all, owners...)
		}
	}
	return all
}

// Person gives what is known of a person.
func (s *Snapshot) Person(k Key) (PersonInfo, bool) {
	for _, p := range slices.Backward(s.parts) {
		if at, ok := p.find(k); ok && !p.isGone(k) {
			return p.info(at), true
		}
	}
	return PersonInfo{}, false
}

// HasKind tells whether a person declared an identifier of one of the kinds.
func (s *Snapshot) HasKind(p Key, kinds ...jp.Kind) bool {
	info, _ := s.Person(p)
	return slices.ContainsFunc(info.Idents, func(i IdentRef) bool { return slices.Contains(kinds, i.Kind) })
}

// Otherwise is s in which some people stand as given and some do not stand, as
// another version: what the roster was before they changed. It takes as long as
// put is large.
func (s *Snapshot) Otherwise(version int64, put []Hashed, remove []Key) (*Snapshot, error) {
	next, err := s.with(put, remove, len(s.parts))
	if err != nil {
		return nil, fmt.Errorf("make roster version %d: %w", version, err)
	}
	next.version = version
	return next, nil
}
