package notice

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// maxConns is how many visitors are connected at a time; more wait in the
// kernel's queue. Each costs some 20 kB.
const maxConns = 4096

// reply is an answer made before it may leave.
type reply struct {
	status int
	body   []byte
}

// equal serves an answer at a fixed time after the request came: at the first
// tick after the work is done. What took the desk one millisecond and what took it
// twenty leave alike.
func (s *Site) equal(answer func(*http.Request) reply) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		came := time.Now()
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		out := answer(r.WithContext(ctx))
		took := time.Since(came)
		wait := time.NewTimer(s.o.Tick - took%s.o.Tick)
		defer wait.Stop()
		select {
		case <-wait.C:
		case <-r.Context().Done():
			return
		}
		h := w.Header()
		h.Set("Content-Type", htmlType)
		h.Set("Cache-Control", "no-store")
		h.Set("X-Robots-Tag", "noindex")
		h.Set("Content-Length", strconv.Itoa(len(out.body)))
		w.WriteHeader(out.status)
		_, _ = w.Write(out.body) // who hung up does not want it
	}
}

// bounded is a listener with at most as many connections open as it has places.
type bounded struct {
	net.Listener
	places chan struct{}
	closed chan struct{}
	once   *sync.Once
}

func newBounded(ln net.Listener, n int) bounded {
	return bounded{ln, make(chan struct{}, n), make(chan struct{}), new(sync.Once)}
}

// Accept waits for a place, then for a visitor.
func (b bounded) Accept() (net.Conn, error) {
	select {
	case b.places <- struct{}{}:
	case <-b.closed:
		return nil, net.ErrClosed
	}
	c, err := b.Listener.Accept()
	if err != nil {
		<-b.places
		return nil, err
	}
	return &placed{Conn: c, leave: sync.OnceFunc(func() { <-b.places })}, nil
}

// Close ends Accept.
func (b bounded) Close() error {
	b.once.Do(func() { close(b.closed) })
	return b.Listener.Close()
}

type placed struct {
	net.Conn
	leave func()
}

// Close gives the place to the next.
func (p *placed) Close() error {
	defer p.leave()
	return p.Conn.Close()
}
