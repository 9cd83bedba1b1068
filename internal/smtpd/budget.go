package smtpd

import (
	"net/netip"
	"sync"
)

// budget is memory for content under way, shared by all sessions.
type budget struct {
	mu   sync.Mutex
	free int64 // octets
}

func (b *budget) take(n int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n > b.free {
		return false
	}
	b.free -= n
	return true
}

func (b *budget) give(n int64) {
	b.mu.Lock()
	b.free += n
	b.mu.Unlock()
}

// has tells whether n octets are free now. It keeps none.
func (b *budget) has(n int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return n <= b.free
}

// seats are the connections there may be, in all and per address.
type seats struct {
	max, maxPerIP int
	taken         int
	perIP         map[netip.Addr]int
}

func (s *seats) take(ip netip.Addr) bool {
	if s.taken >= s.max || s.perIP[ip] >= s.maxPerIP {
		return false
	}
	s.taken++
	s.perIP[ip]++
	return true
}

func (s *seats) give(ip netip.Addr) {
	s.taken--
	if s.perIP[ip]--; s.perIP[ip] == 0 {
		delete(s.perIP, ip)
	}
}
