package attribution

import (
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Making says what canary people to make.
type Making struct {
	Partners []string  // each gets Each canaries of its own
	Each     int       // 1 to 10,000; CanariesFor says how many are worth while
	Controls int       // given to nobody, 0 to 10,000
	At       time.Time // of the hand-off
	Domains  []string  // whose mail is all yours, such as "@mail.example"; taken in turn
	IDPrefix string    // of person ids, such as "M-"
	FirstID  int       // the number behind it, counted on, six digits at least

	// Phones and Addresses must be the company's own: a made-up number may be
	// somebody's. They are taken in turn, and left out when there are none.
	Phones    []string
	Addresses []PostalAddress
}

// PostalAddress is where post for a canary comes to, such as a box.
type PostalAddress struct{ PostalCode, Address string }

const maxMade = 10_000

var (
	errMakingCount   = errors.New("make canaries: each partner gets 1 to 10,000, and there are 0 to 10,000 controls")
	errMakingDomain  = errors.New("make canaries: no domain to receive mail at")
	errMakingPartner = errors.New("make canaries: a partner without a name, or named twice")
	errMakingRandom  = errors.New("make canaries: the random bytes repeat themselves")
)

// MakeCanaries writes a roster file (interface.md, "Roster CSV") with people who
// do not exist, and the provenance file that says who was given whom. They look
// like anybody: common names, an address of words and digits with 40 bits
// nobody can guess, no "+".
func MakeCanaries(m Making, random io.Reader, roster, provenance io.Writer) error {
	if err := m.check(); err != nil {
		return err
	}
	maker := canaryMaker{m: m, random: random, taken: map[string]bool{}, people: csv.NewWriter(roster), given: csv.NewWriter(provenance)}
	maker.write(maker.people, "person_id", "email", "phone", "name", "name_kana", "postal_code", "address", "canary")
	maker.write(maker.given, provenanceHeader...)
	for _, partner := range m.Partners {
		for range m.Each {
			id := maker.person()
			maker.write(maker.given, id, partner, m.At.Format(time.RFC3339))
		}
	}
	for range m.Controls {
		maker.person()
	}
	maker.people.Flush()
	maker.given.Flush()
	return errors.Join(maker.err, maker.people.Error(), maker.given.Error())
}

func (m *Making) check() error {
	seen := map[string]bool{}
	for _, p := range m.Partners {
		if badName(p) != "" || seen[p] {
			return errMakingPartner
		}
		seen[p] = true
	}
	switch {
	case len(m.Partners) > 0 && m.Each < 1 || m.Each > maxMade || m.Controls < 0 || m.Controls > maxMade || m.FirstID < 0:
		return errMakingCount
	case len(m.Domains) == 0:
		return errMakingDomain
	}
	return nil
}

type canaryMaker struct {
	m             Making
	random        io.Reader
	taken         map[string]bool // addresses
	made          int
	people, given *csv.Writer
	err           error // the first; nothing is written after it
}

func (c *canaryMaker) write(to *csv.Writer, cells ...string) {
	if c.err == nil {
		c.err = to.Write(cells)
	}
}

// person writes one to the roster file and gives the id.
func (c *canaryMaker) person() (id string) {
	m, n := &c.m, c.made
	c.made++
	id = fmt.Sprintf("%s%06d", m.IDPrefix, m.FirstID+n)
	family, given := strings.Split(c.pick(canaryFamilies), "/"), strings.Split(c.pick(canaryGivens), "/")
	phone, post := "", PostalAddress{}
	if len(m.Phones) > 0 {
		phone = m.Phones[n%len(m.Phones)]
	}
	if len(m.Addresses) > 0 {
		post = m.Addresses[n%len(m.Addresses)]
	}
	c.write(c.people, id, c.local()+"@"+strings.TrimPrefix(m.Domains[n%len(m.Domains)], "@"), phone, family[0]+given[0], family[1]+given[1], post.PostalCode, post.Address, "yes")
	return id
}

// There are 2^40.4 local parts: three words of 256, two separators of three, four
// digits.
const (
	separators = "._-"
	digitsMost = 10_000
)

// local is the local part of an address that nobody has.
func (c *canaryMaker) local() string {
	for range 100 {
		var b strings.Builder
		for i := range 3 {
			if i > 0 {
				b.WriteByte(separators[c.below(len(separators))])
			}
			b.WriteString(c.pick(canaryWords))
		}
		digits := strconv.Itoa(digitsMost + c.below(digitsMost))[1:]
		if local := b.String() + digits; !c.taken[local] {
			c.taken[local] = true
			return local
		}
	}
	c.fail(errMakingRandom)
	return ""
}

func (c *canaryMaker) pick(from []string) string { return from[c.below(len(from))] }

// below is a number under n, each as likely: what would favour the low ones is
// drawn again.
func (c *canaryMaker) below(n int) int {
	const all = 1 << 32
	for range 100 {
		var b [4]byte
		if _, err := io.ReadFull(c.random, b[:]); err != nil {
			c.fail(fmt.Errorf("make canaries: read random bytes: %w", err))
			return 0
		}
		if v := int64(binary.BigEndian.Uint32(b[:])); v < all-all%int64(n) {
			return int(v % int64(n))
		}
	}
	c.fail(errMakingRandom)
	return 0
}

func (c *canaryMaker) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}
