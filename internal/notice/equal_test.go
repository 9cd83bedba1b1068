package notice

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/public"
)

// class is a kind of asker that nobody may tell from another.
type class struct {
	name, path string
	fields     func(i int) []string
}

// timed asks in a mixed order, a few at a time, and gives the times of each
// class in nanoseconds and the bodies seen.
func timed(t *testing.T, srv *httptest.Server, classes []class, each int) (map[string][]float64, map[string]int) {
	t.Helper()
	type job struct{ c, i int }
	var jobs []job
	for i := range each {
		for c := range classes {
			jobs = append(jobs, job{c, i})
		}
	}
	rand.Shuffle(len(jobs), func(i, j int) { jobs[i], jobs[j] = jobs[j], jobs[i] })
	took, bodies := map[string][]float64{}, map[string]int{}
	var mu sync.Mutex
	work := make(chan job)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for j := range work {
				c := classes[j.c]
				came := time.Now()
				a := post(t, srv, c.path, c.fields(j.i)...)
				d := time.Since(came)
				a.Header.Del("Date")
				mu.Lock()
				took[c.name] = append(took[c.name], float64(d))
				bodies[fmt.Sprint(a.Status, a.Header, a.Body)]++
				mu.Unlock()
			}
		})
	}
	for _, j := range jobs {
		work <- j
	}
	close(work)
	wg.Wait()
	return took, bodies
}

// apart is how many standard deviations the rank sum of two samples lies from
// what one distribution would give (Mann and Whitney).
func apart(a, b []float64) float64 {
	type one struct {
		v   float64
		ofA bool
	}
	var all []one
	for _, v := range a {
		all = append(all, one{v, true})
	}
	for _, v := range b {
		all = append(all, one{v, false})
	}
	slices.SortFunc(all, func(x, y one) int {
		switch {
		case x.v < y.v:
			return -1
		case x.v > y.v:
			return 1
		default:
			return 0
		}
	})
	sum := 0.0
	for i, o := range all {
		if o.ofA {
			sum += float64(i + 1)
		}
	}
	n, m := float64(len(a)), float64(len(b))
	return (sum - n*(n+m+1)/2) / math.Sqrt(n*m*(n+m+1)/12)
}

// farthest compares every two classes.
func farthest(took map[string][]float64) (worst float64, pair string) {
	for a := range took {
		for b := range took {
			if z := math.Abs(apart(took[a], took[b])); z > worst {
				worst, pair = z, a+" and "+b
			}
		}
	}
	return worst, pair
}

// askers of the self-check and of the verify page. The desk takes 6 ms to find
// what it knows, and nothing for what it does not.
var selfChecks = []class{
	{"member", "/ja/affected", func(i int) []string { return []string{"address", fmt.Sprintf("member%d@example.jp", i)} }},
	{"stranger", "/ja/affected", func(i int) []string { return []string{"address", fmt.Sprintf("nobody%d@example.net", i)} }},
	{"affected", "/ja/affected", func(int) []string { return []string{"address", hanako} }},
	{"no address", "/ja/affected", func(int) []string { return []string{"address", "not one"} }},
}

var verifiers = []class{
	{"unknown code", "/ja/verify", func(i int) []string { return []string{"code", fmt.Sprintf("ZZZZ%d", i), "address", taro} }},
	{"wrong address", "/ja/verify", func(i int) []string {
		return []string{"code", goodCode, "address", fmt.Sprintf("other%d@example.net", i)}
	}},
}

// TestAnswersAreEqual: what differs behind the page differs neither in bytes
// nor in time. A difference of a millisecond in the median would lie some six
// deviations apart here; a run that a busy machine spoiled is repeated.
func TestAnswersAreEqual(t *testing.T) {
	d := newDesk(t)
	d.takes = func(code, _ string) time.Duration {
		if code == goodCode {
			return 6 * time.Millisecond
		}
		return 0
	}
	many := Limits{MailsPerAddress: 1 << 30, ChecksPerNetwork: 1 << 30, Checks: 1 << 30, VerifyPerCode: 1 << 30, VerifyPerNetwork: 1 << 30}
	_, srv := open(t, d, Options{Tick: 60 * time.Millisecond, Limits: many})
	for name, classes := range map[string][]class{"self-check": selfChecks, "verify": verifiers} {
		t.Run(name, func(t *testing.T) {
			var z float64
			var pair string
			for try := 1; try <= 4; try++ {
				took, bodies := timed(t, srv, classes, 150)
				if len(bodies) != 1 {
					t.Fatalf("%d different answers", len(bodies))
				}
				if z, pair = farthest(took); z < 4 {
					t.Logf("%s lie %.1f deviations apart (try %d)", pair, z, try)
					return
				}
			}
			t.Errorf("%s can be told apart by time: %.1f deviations", pair, z)
		})
	}
}

// TestUnequalAnswersAreSeen: the same measurement does see the difference when
// answers leave as soon as they are there.
func TestUnequalAnswersAreSeen(t *testing.T) {
	d := newDesk(t)
	d.takes = func(code, _ string) time.Duration {
		if code == goodCode {
			return 6 * time.Millisecond
		}
		return 0
	}
	_, srv := open(t, d, Options{Tick: time.Microsecond, Limits: Limits{VerifyPerCode: 1 << 30, VerifyPerNetwork: 1 << 30}})
	z := 0.0
	for range 4 {
		took, _ := timed(t, srv, verifiers, 150)
		if z, _ = farthest(took); z >= 4 {
			t.Logf("6 ms are %.1f deviations", z)
			return
		}
	}
	t.Errorf("6 ms were not seen: %.1f deviations", z)
}

// TestFlood: thousands of requests get the same bytes, the desk gets no more than
// the limits let through, and memory stays where it was.
func TestFlood(t *testing.T) {
	d := newDesk(t)
	d.asked = make(chan struct{}, 1<<16)
	s, srv := open(t, d, Options{Limits: Limits{MailsPerAddress: 3, ChecksPerNetwork: 100, Checks: 500}})
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { s.Run(ctx) })
	defer wg.Wait()
	defer cancel()

	const askers, each = 50, 100
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var mu sync.Mutex
	bodies := map[string]int{}
	var flood sync.WaitGroup
	for a := range askers {
		flood.Go(func() {
			for i := range each {
				address := fmt.Sprintf("someone%d@example.jp", i)
				if a%2 == 0 {
					address = hanako // one address, from many networks
				}
				r := request(t, "POST", srv.URL+"/ja/affected", "application/x-www-form-urlencoded", strings.NewReader(values([]string{"address", address}).Encode()))
				r.Header.Set("X-Forwarded-For", fmt.Sprintf("198.51.100.7, 10.%d.0.%d", a%10, i)) // the first may be made up; the /24 counts
				got := do(t, srv, r)
				mu.Lock()
				bodies[fmt.Sprint(got.Status, got.Body)]++
				mu.Unlock()
			}
		})
	}
	flood.Wait()
	runtime.GC()
	runtime.ReadMemStats(&after)
	if len(bodies) != 1 {
		t.Errorf("%d different answers to a flood", len(bodies))
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 32<<20 {
		t.Errorf("%d MB more in memory", grown>>20)
	}
	perAddress := map[string]int{}
	// What waits is handed over: the desk has as many as were let through.
	want := 0
	s.limits.address.mu.Lock()
	for _, n := range s.limits.address.seen {
		want += n
	}
	s.limits.address.mu.Unlock()
	for range want {
		<-d.asked
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.checks {
		perAddress[c.Address]++
	}
	if len(d.checks) == 0 || len(d.checks) > 500 {
		t.Errorf("%d self-checks reached the desk, at most 500 may", len(d.checks))
	}
	for a, n := range perAddress {
		if n > 3 {
			t.Errorf("%s would get %d mails", a, n)
		}
	}
	for key, n := range s.limits.checkNet.seen {
		if n > 100 {
			t.Errorf("network %x asked %d times", key, n)
		}
	}
}

// TestOneAddressHoweverWritten: spelling does not multiply the mails.
func TestOneAddressHoweverWritten(t *testing.T) {
	d := newDesk(t)
	s, srv := open(t, d, Options{})
	for _, a := range []string{taro, "Taro@Example.JP", "ｔａｒｏ@example.jp", " taro@example.jp ", taro, "taro＠example.jp", "nobody", ""} {
		post(t, srv, "/ja/affected", "address", a).says(t, 200, "10分以内")
	}
	if n := len(s.checks); n != 3 {
		t.Errorf("%d self-checks of one address are handed over, want 3", n)
	}
}

// TestLimits: a limit ends with its window, and a network is its prefix.
func TestLimits(t *testing.T) {
	d := newDesk(t)
	now := jst("2026-11-24 12:00")
	_, srv := open(t, d, Options{Now: func() time.Time { return now }, Limits: Limits{WordsPerNetwork: 2}})
	ask := func(from string) int {
		r := request(t, "POST", srv.URL+"/ja/question", "application/x-www-form-urlencoded", strings.NewReader("text=why"))
		r.Header.Set("X-Forwarded-For", from)
		return do(t, srv, r).Status
	}
	for i, c := range []struct {
		from string
		want int
	}{
		{"192.0.2.1", 200}, {"192.0.2.77", 200}, {"192.0.2.200", 429}, {"203.0.113.9, 192.0.2.3", 429}, {"198.51.100.1", 200},
		{"2001:db8:0:12ff::1", 200}, {"2001:db8:0:1234::1", 200}, {"2001:db8:0:1200::2", 429}, {"2001:db8:0:1300::2", 200}, {"::ffff:192.0.2.4", 429},
	} {
		if got := ask(c.from); got != c.want {
			t.Errorf("%d, from %s: %d, want %d", i, c.from, got, c.want)
		}
	}
	now = now.Add(time.Hour)
	if got := ask("192.0.2.1"); got != http.StatusOK {
		t.Errorf("an hour later: %d", got)
	}
	full := &tally{most: 5, window: time.Hour, seen: map[[16]byte]int{}}
	for i := range maxSeen {
		full.take([16]byte{byte(i), byte(i >> 8), byte(i >> 16)}, now)
	}
	if full.take([16]byte{15: 1}, now) || !full.take([16]byte{}, now) || len(full.seen) != maxSeen {
		t.Error("a full counter forgot somebody, or took a new one")
	}
}

// TestResultOnce: looking at the link shows nothing, the button shows the
// result, once.
func TestResultOnce(t *testing.T) {
	d := newDesk(t)
	_, srv := open(t, d, Options{})
	d.results["0123456789abcdef0123"] = bothResult()
	d.results["clear"] = &public.Result{AsOf: jst("2026-11-24 12:00"), Complete: true}
	d.results["unread"] = &public.Result{AsOf: jst("2026-11-24 12:00")}
	link := get(t, srv, "/ja/affected/0123456789abcdef0123")
	link.says(t, 200, "結果を表示する")
	if len(d.results) != 3 || strings.Contains(link.Body, "氏名") {
		t.Fatal("looking at a link used it up, or showed the result")
	}
	post(t, srv, "/ja/affected/0123456789abcdef0123").says(t, 200, "氏名", "2026年11月22日", "他の方に送られたメールに含まれていました", "調査はまだ終わっていません")
	post(t, srv, "/ja/affected/0123456789abcdef0123").says(t, 200, "このリンクは使えません")
	post(t, srv, "/en/affected/clear").says(t, 200, "Your data was in none of the mails examined")
	unread := post(t, srv, "/en/affected/unread")
	unread.says(t, 200, "still examining")
	if strings.Contains(unread.Body, "in none of the mails") {
		t.Error("somebody was reassured before all was examined")
	}
}
