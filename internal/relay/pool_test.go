package relay

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func sendMany(t *testing.T, c *Client, n int) {
	t.Helper()
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if got, err := c.Send(t.Context(), to("a@example.jp"), content(hello), yes); err != nil || got[0].Status != Relayed {
				t.Errorf("%+v %v", got, err)
			}
		})
	}
	wg.Wait()
}

func TestPoolIsBounded(t *testing.T) {
	t.Parallel()
	f := startFake(t, &fake{})
	c := newClient(t, f, func(o *Options) { o.MaxConns = 3 })
	sendMany(t, c, 60)
	if f.peak > 3 || len(f.got()) != 60 || f.connections() > 3 {
		t.Errorf("%d connections at one time, %d mails, %d connections", f.peak, len(f.got()), f.connections())
	}
}

func TestConnectionsAreUsedUp(t *testing.T) {
	t.Parallel()
	f := startFake(t, &fake{})
	c := newClient(t, f, func(o *Options) { o.MaxConns, o.MaxPerConn = 1, 4 })
	sendMany(t, c, 10)
	c.Close() // waits for the farewells
	if f.connections() != 3 || f.heard("QUIT") != 3 {
		t.Errorf("%d connections, %d QUIT", f.connections(), f.heard("QUIT"))
	}
	if _, err := c.Send(t.Context(), to("a@example.jp"), content(hello), yes); !errors.Is(err, errClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// TestFewerConnectionsThanAsked: a relay that takes one connection only gets
// one, and everything goes over it.
func TestFewerConnectionsThanAsked(t *testing.T) {
	t.Parallel()
	f := startFake(t, &fake{greeting: func(conn int) string {
		if conn > 1 {
			return "421 4.7.0 too many connections"
		}
		return "220 relay.example"
	}})
	c := newClient(t, f, func(o *Options) { o.MaxConns = 4 })
	if err := c.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	sendMany(t, c, 20)
	if n := f.connections(); n > 4 { // once for each place in the pool
		t.Errorf("%d connections tried", n)
	}
}

func TestUnreachableKeepsItsCause(t *testing.T) {
	t.Parallel()
	f := startFake(t, &fake{})
	addr := f.ln.Addr().String()
	f.stop()
	c, err := New(Options{Address: addr, Hello: "gate.shop.example"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for range 2 { // the second is answered by the circuit
		got, err := c.Send(t.Context(), to("a@example.jp"), content(hello), yes)
		var down *Unreachable
		var op *net.OpError
		if !errors.As(err, &down) || !errors.As(err, &op) || got[0] != untouched.of(0) {
			t.Errorf("%+v %v", got, err)
		}
		if left := time.Until(down.Until); left <= 0 || left > minPause {
			t.Errorf("try again in %v", left)
		}
	}
}

// bubble is a pool over connections in memory, for a bubble of synctest.
func bubble(t *testing.T, dial func() error) (*Client, *atomic.Int64) {
	t.Helper()
	c, err := New(Options{Address: "relay.example:25", Hello: "gate.shop.example", IdleTimeout: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{ehlo: []string{"PIPELINING"}}
	var open atomic.Int64
	c.pool.open = func(ctx context.Context) (*session, error) {
		if err := dial(); err != nil {
			return nil, err
		}
		near, far := net.Pipe()
		open.Add(1)
		go func() {
			defer open.Add(-1)
			f.serve(1, far)
			_ = far.Close()
		}()
		return greet(ctx, &c.o, near)
	}
	return c, &open
}

// TestCircuit: one attempt per pause, pauses doubling to a minute, and at once
// back to normal.
func TestCircuit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		down := true
		var dials []time.Duration
		c, _ := bubble(t, func() error {
			dials = append(dials, time.Since(begin))
			if down {
				return errors.New("connection refused")
			}
			return nil
		})
		defer c.Close()
		send := func() error {
			_, err := c.Send(t.Context(), to("a@example.jp"), content(hello), yes)
			return err
		}
		for range 3000 { // five minutes, ten mails a second
			if send() == nil {
				t.Fatal("sent")
			}
			elapse(100 * time.Millisecond)
		}
		want := []time.Duration{0, 1, 3, 7, 15, 31, 63, 123, 183, 243}
		if len(dials) != len(want) {
			t.Fatalf("dials at %v", dials)
		}
		for i, d := range dials {
			if d != want[i]*time.Second {
				t.Errorf("dial %d at %v, want %v s", i, d, int(want[i]))
			}
		}
		down = false
		elapse(maxPause)
		if err := send(); err != nil {
			t.Errorf("after the pause: %v", err)
		}
		if c.pool.failures != 0 {
			t.Error("failures are remembered")
		}
	})
}

// TestOneAttemptAfterAPause, however many wait.
func TestOneAttemptAfterAPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var dials atomic.Int64
		c, _ := bubble(t, func() error {
			dials.Add(1)
			elapse(10 * time.Second)
			return errors.New("no answer")
		})
		defer c.Close()
		if err := c.Probe(t.Context()); err == nil {
			t.Error("connected")
		}
		elapse(minPause)
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				var down *Unreachable
				if err := c.Probe(t.Context()); !errors.As(err, &down) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := dials.Load(); n != 2 {
			t.Errorf("%d dials", n)
		}
	})
}

func TestIdleConnectionsEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dials := 0
		c, open := bubble(t, func() error { dials++; return nil })
		defer c.Close()
		env := to("a@example.jp")
		for _, pause := range []time.Duration{29 * time.Second, 31 * time.Second, 0} {
			if got, err := c.Send(t.Context(), env, content(hello), yes); err != nil || got[0].Status != Relayed {
				t.Fatalf("%+v %v", got, err)
			}
			elapse(pause)
			synctest.Wait()
			if pause == 31*time.Second && open.Load() != 0 {
				t.Error("idle connection still open")
			}
		}
		if dials != 2 {
			t.Errorf("%d dials", dials)
		}
	})
}

// TestDeadIdleConnectionIsSeen without a word being said on it.
func TestDeadIdleConnectionIsSeen(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(net.Conn){
		"closed":            func(nc net.Conn) { _ = nc.Close() },
		"spoke out of turn": func(nc net.Conn) { _, _ = nc.Write([]byte("421 4.4.2 idle too long\r\n")) },
	} {
		near, far := tcpPair(t)
		s := &session{o: &Options{Timeouts: Timeouts{}.orDefaults()}, since: time.Now().Add(-2 * freshFor)}
		s.use(near)
		if !s.alive() {
			t.Errorf("%s: seen dead before its time", name)
		}
		end(far)
		dead := false
		for range 1000 { // a loopback packet's way
			if dead = !s.alive(); dead {
				break
			}
		}
		if !dead {
			t.Errorf("%s: not seen", name)
		}
	}
}

func tcpPair(t *testing.T) (near, far net.Conn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	near, err = net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	far, err = ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = near.Close(); _ = far.Close() })
	return near, far
}

// TestRunnerOverRealSockets: a relay that hangs up now and then; every mail
// ends relayed, and what arrived twice was counted.
func TestRunnerOverRealSockets(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	f := startFake(t, &fake{
		on: func(_ int, line string) string {
			if k := n.Add(1); k%17 == 0 && !strings.HasPrefix(line, "EHLO") {
				return hangUp
			}
			return ""
		},
		onDot: func(int, []byte) string {
			if n.Add(1)%13 == 0 {
				return "250 taken, but nobody hears it" + hangUp
			}
			return "250 ok"
		},
	})
	c := newClient(t, f, func(o *Options) { o.MaxConns = 4 })
	q := &retryQueue{fakeQueue: newQueue(), left: map[string]bool{}, all: make(chan struct{})}
	for i := range 200 {
		j := job(string(rune('a'+i%26)) + strings.Repeat("x", i/26))
		q.left[j.ID] = true
		q.due = append(q.due, j)
	}
	r := run(q, c, RunnerOptions{Workers: 4})
	select {
	case <-q.all:
	case <-time.After(20 * time.Second):
		t.Error("mails are missing")
	}
	stop(t, r)
	twice := len(f.got()) - 200
	uncertain := int(r.Counts.Uncertain.Load())
	if twice < 0 || twice > uncertain || uncertain == 0 || r.Counts.Repeated.Load() == 0 {
		t.Errorf("%d arrived twice, %d uncertain, %d repeated", twice, uncertain, r.Counts.Repeated.Load())
	}
}

// retryQueue gives what was deferred again at once.
type retryQueue struct {
	*fakeQueue
	left map[string]bool
	all  chan struct{}
}

func (q *retryQueue) Settle(_ context.Context, results []Result) error {
	for _, res := range results {
		q.mu.Lock()
		if res.Final {
			delete(q.left, res.Job)
			if len(q.left) == 0 {
				close(q.all)
			}
		}
		q.mu.Unlock()
		if !res.Final {
			j := job(res.Job)
			j.Lost = res.Outcome.Uncertain
			q.put(j)
		}
	}
	return nil
}

func (q *retryQueue) Release(_ context.Context, jobs []Job) error {
	q.put(jobs...)
	return nil
}

var _ Queue = (*retryQueue)(nil)
