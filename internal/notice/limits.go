package notice

import (
	"crypto/hmac"
	"crypto/sha256"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// Limits are how often the forms may be used, on this node. A network is an IPv4
// /24 or an IPv6 /56.
type Limits struct {
	MailsPerAddress   int // self-checks of one address per day; default 3
	ChecksPerNetwork  int // self-checks per hour; default 60
	Checks            int // self-checks of everybody per hour; default 10,000: below the ordinary rate of mail
	VerifyPerCode     int // tries of one code per hour; default 10
	VerifyPerNetwork  int // per hour; default 120
	ConfirmPerNetwork int // per hour; default 300: carriers have thousands behind few addresses
	WordsPerNetwork   int // reports and questions per hour; default 30
	All               int // verifications, confirmations, reports and questions of everybody per hour; default 100,000
}

// limits are counters that fit Limits.
type limits struct {
	key                                                []byte
	address, checkNet, checks, code, verify, ok, words *tally
	all                                                *tally
}

func newLimits(l Limits, key []byte) *limits {
	per := func(n, otherwise int, window time.Duration) *tally {
		if n <= 0 {
			n = otherwise
		}
		return &tally{most: n, window: window, seen: map[[16]byte]int{}}
	}
	return &limits{
		key:      key,
		address:  per(l.MailsPerAddress, 3, 24*time.Hour),
		checkNet: per(l.ChecksPerNetwork, 60, time.Hour),
		checks:   per(l.Checks, 10_000, time.Hour),
		code:     per(l.VerifyPerCode, 10, time.Hour),
		verify:   per(l.VerifyPerNetwork, 120, time.Hour),
		ok:       per(l.ConfirmPerNetwork, 300, time.Hour),
		words:    per(l.WordsPerNetwork, 30, time.Hour),
		all:      per(l.All, 100_000, time.Hour),
	}
}

// hash hides what is counted: addresses and codes are in memory as keyed hashes
// only, under a key that dies with the process.
func (l *limits) hash(what string) (h [16]byte) {
	m := hmac.New(sha256.New, l.key)
	m.Write([]byte(what))
	copy(h[:], m.Sum(nil))
	return h
}

// tally counts within windows that follow each other.
type tally struct {
	most   int
	window time.Duration

	mu    sync.Mutex
	since time.Time
	seen  map[[16]byte]int
}

// maxSeen is how many different keys are counted in a window: 10 MB at most.
const maxSeen = 200_000

// take counts one; false: the limit is reached. When there is no room to count,
// it is reached for whoever is new.
func (t *tally) take(key [16]byte, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now.Sub(t.since) >= t.window || now.Before(t.since) {
		t.since = now
		clear(t.seen)
	}
	n, known := t.seen[key]
	if n >= t.most || !known && len(t.seen) >= maxSeen {
		return false
	}
	t.seen[key] = n + 1
	return true
}

// network is where a request comes from, as far as its limits go.
func (s *Site) network(r *http.Request) [16]byte {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return [16]byte{} // a socket: all its visitors are one network
	}
	addr := ap.Addr().Unmap()
	// The nearest proxy wrote the last hop; what stands before an unknown one
	// may be made up.
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && s.proxy(addr); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = next.Unmap()
	}
	bits := 56
	if addr.Is4() {
		bits = 24
	}
	p, err := addr.WithZone("").Prefix(bits)
	if err != nil {
		return [16]byte{}
	}
	return p.Addr().As16()
}

func (s *Site) proxy(a netip.Addr) bool {
	for _, p := range s.o.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
