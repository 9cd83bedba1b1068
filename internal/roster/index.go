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
	now    atomic.Pointer[Snapshot]
}

// Snapshot is one version of the roster. It never changes.
type Snapshot struct {
	version int64
	hasher  *Hasher
	base    *layer           // most people
	delta   *layer           // those who changed since, and the new ones
	gone    map[Key]struct{} // people of base who are in delta, or nowhere
	left    map[Key]int      // domains: how many of base's people there are gone
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
	x.now.Store(&Snapshot{hasher: h, base: nobody, delta: nobody})
	return x
}

// Snapshot gives the present version, for the whole of one examination.
func (x *Index) Snapshot() *Snapshot { return x.now.Load() }

// Load replaces everybody by those of seq, atomically: on an error the index
// stays as it was. A person who comes twice is an error.
func (x *Index) Load(version int64, seq iter.Seq2[Hashed, error]) error {
	var b builder
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
	nobody, _ := (&builder{}).build()
	x.write.Lock()
	defer x.write.Unlock()
	x.now.Store(&Snapshot{version: version, hasher: x.hasher, base: base, delta: nobody})
	return nil
}

// deltaLimit is how many changed people a snapshot carries beside its base
// before they are merged: large enough that a merge is rare, small enough that
// each Apply, which builds them anew, takes a few milliseconds.
func deltaLimit(people int) int { return max(4096, people/128) }

// Apply makes a new version in which the people of remove are no more and
// those of put are as given, whatever was known of them. A person who is in
// both is put; of two of the same person the later one counts.
func (x *Index) Apply(version int64, put []Hashed, remove []Key) error {
	x.write.Lock()
	defer x.write.Unlock()
	next, err := x.now.Load().with(put, remove)
	if err != nil {
		return fmt.Errorf("apply roster version %d: %w", version, err)
	}
	next.version = version
	x.now.Store(next)
	return nil
}

// with makes the next snapshot.
func (s *Snapshot) with(put []Hashed, remove []Key) (*Snapshot, error) {
	changed := make(map[Key]int, len(put)+len(remove)) // place of the person's last version in put, or -1
	for _, p := range remove {
		changed[p] = -1
	}
	for i := range put {
		changed[put[i].Person] = i
	}
	next := &Snapshot{version: s.version, hasher: s.hasher, base: s.base, gone: maps.Clone(s.gone), left: maps.Clone(s.left)}
	var b builder
	b.copy(s.delta, func(p Key) bool { _, ok := changed[p]; return ok })
	for p := range changed {
		next.leave(p)
	}
	for i := range put {
		if changed[put[i].Person] == i {
			if err := b.add(&put[i]); err != nil {
				return nil, err
			}
		}
	}
	var err error
	if next.delta, err = b.build(); err != nil {
		return nil, err
	}
	if len(next.delta.people)+len(next.gone) > deltaLimit(len(next.base.people)) {
		return next.merge()
	}
	return next, nil
}

// merge makes one base of base and delta.
func (s *Snapshot) merge() (*Snapshot, error) {
	var b builder
	b.copy(s.base, s.isGone)
	b.copy(s.delta, func(Key) bool { return false })
	base, err := b.build()
	if err != nil {
		return nil, err
	}
	nobody, err := (&builder{}).build()
	return &Snapshot{version: s.version, hasher: s.hasher, base: base, delta: nobody}, err
}

// leave takes a person out of the base.
func (s *Snapshot) leave(p Key) {
	at, ok := s.base.find(p)
	if !ok || s.isGone(p) {
		return
	}
	if s.gone == nil {
		s.gone, s.left = map[Key]struct{}{}, map[Key]int{}
	}
	s.gone[p] = struct{}{}
	for _, d := range s.base.info(at).Domains {
		s.left[d]++
	}
}

func (s *Snapshot) isGone(p Key) bool {
	_, gone := s.gone[p]
	return gone
}

// Version is the number the snapshot was made with.
func (s *Snapshot) Version() int64 { return s.version }

// People is how many people there are.
func (s *Snapshot) People() int {
	return len(s.base.people) - len(s.gone) + len(s.delta.people)
}

// DomainPeople is how many people have an address at a domain.
func (s *Snapshot) DomainPeople(d Key) int {
	return s.base.domains[d] - s.left[d] + s.delta.domains[d]
}

// Owners are the people who declared an identifier. Do not change the slice.
func (s *Snapshot) Owners(ident Key) []Owner {
	owners, newer := s.base.ownersOf(ident), s.delta.ownersOf(ident)
	if len(s.gone) > 0 && slices.ContainsFunc(owners, s.isGone) {
		owners = slices.DeleteFunc(slices.Clone(owners), s.isGone)
	}
	switch {
	case len(newer) == 0:
		return owners
	case len(owners) == 0:
		return newer
	default:
		return append(owners[:len(owners):len(owners)], newer...)
	}
}

// Person gives what is known of a person.
func (s *Snapshot) Person(p Key) (PersonInfo, bool) {
	if at, ok := s.delta.find(p); ok {
		return s.delta.info(at), true
	}
	if at, ok := s.base.find(p); ok && !s.isGone(p) {
		return s.base.info(at), true
	}
	return PersonInfo{}, false
}

// HasKind tells whether a person declared an identifier of one of the kinds.
func (s *Snapshot) HasKind(p Key, kinds ...jp.Kind) bool {
	info, _ := s.Person(p)
	return slices.ContainsFunc(info.Idents, func(i IdentRef) bool { return slices.Contains(kinds, i.Kind) })
}
