package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	mimeparts "mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/kakitest"
	"github.com/kakitome/kakitome/internal/kakitest/crash"
)

// asker is a kind of person that nobody may tell from another by the answers.
type asker struct {
	name string
	form func(i int) (kind string, body []byte)
}

func typed(fields func(i int) url.Values) func(int) (string, []byte) {
	return func(i int) (string, []byte) {
		return "application/x-www-form-urlencoded", []byte(fields(i).Encode())
	}
}

func filed(mail []byte, address func(i int) string) func(int) (string, []byte) {
	return func(i int) (string, []byte) {
		var b bytes.Buffer
		w := mimeparts.NewWriter(&b)
		_ = w.SetBoundary(strings.Repeat("b", 40))
		_ = w.WriteField("address", address(i))
		f, _ := w.CreateFormFile("file", "mail.eml")
		_, _ = f.Write(mail)
		_ = w.Close()
		return w.FormDataContentType(), b.Bytes()
	}
}

// measured is how long each kind of asker waited, and what all were answered.
type measured struct {
	mu      sync.Mutex
	took    map[string][]float64 // nanoseconds
	answers map[string]int
}

// ask has all kinds of askers ask in a mixed order, some at a time, each from a
// network of its own.
func ask(t *testing.T, s *kakitest.Server, path string, askers []asker, from, each int) *measured {
	t.Helper()
	type one struct{ asker, i int }
	var all []one
	for i := range each {
		for a := range askers {
			all = append(all, one{a, from + i})
		}
	}
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	m := &measured{took: map[string][]float64{}, answers: map[string]int{}}
	work := make(chan one)
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() {
			for w := range work {
				a := askers[w.asker]
				kind, body := a.form(w.i)
				took, answer := timedPost(t, s, path, kind, body)
				m.mu.Lock()
				m.took[a.name] = append(m.took[a.name], float64(took))
				m.answers[answer]++
				m.mu.Unlock()
			}
		})
	}
	for _, w := range all {
		work <- w
	}
	close(work)
	workers.Wait()
	return m
}

func timedPost(t *testing.T, s *kakitest.Server, path, kind string, body []byte) (time.Duration, string) {
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+s.App.PublicAddr()+path, bytes.NewReader(body))
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.1", rand.IntN(256), rand.IntN(256)))
	came := time.Now()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	took := time.Since(came)
	if err != nil {
		t.Error(err)
	}
	resp.Header.Del("Date")
	return took, fmt.Sprint(resp.StatusCode, resp.Header, string(b))
}

// apart is how many standard deviations the rank sum of two samples lies from
// what one distribution would give (Mann and Whitney).
func apart(a, b []float64) float64 {
	all := slices.Concat(a, b)
	slices.Sort(all)
	sum := 0.0
	for _, v := range a {
		first, _ := slices.BinarySearch(all, v)
		sum += float64(first + 1)
	}
	n, m := float64(len(a)), float64(len(b))
	return (sum - n*(n+m+1)/2) / math.Sqrt(n*m*(n+m+1)/12)
}

// farthest compares every two kinds of askers.
func (m *measured) farthest() (worst float64, pair string) {
	for a := range m.took {
		for b := range m.took {
			if z := math.Abs(apart(m.took[a], m.took[b])); z > worst {
				worst, pair = z, a+" and "+b
			}
		}
	}
	return worst, pair
}

// TestNobodyIsTold: through the whole program, while it carries mail, the
// answers of the self-check and the verify page are alike in bytes and in time
// for members and strangers, for those affected and those who are not, and
// whatever is on record of the address. The askers come in a random order, so a
// busy machine is as likely to delay the one as the other; what lies four standard
// deviations apart by chance does not do so twice. Where answers left a fixed
// time after the work was done, instead of at a fixed time, this measurement saw
// it.
func TestNobodyIsTold(t *testing.T) {
	t.Parallel()
	const members, busy = 400, 1
	shopOf := crash.NewShop(members)
	s := kakitest.Start(t, receiptYAML)
	importPeople(t, s, string(shopOf.Roster()))
	n := 0
	send := func(c *kakitest.SMTP, owner int, to string) (ok bool) {
		answer := c.Send(shop, []string{to}, append([]byte(orderStream+"\r\n"), shopOf.Order(n, owner, to).Data...))
		n++
		if ok = strings.HasSuffix(answer, " released"); !ok {
			t.Errorf("mail %d: %s", n, answer)
		}
		return ok
	}
	c := s.Dial(t)
	for i := range 150 { // the busy member has much on record; every member from 200 on is affected
		send(c, busy, shopOf.Email(busy))
		send(c, 200+i, shopOf.Email(busy))
	}
	var codes []string
	for _, m := range s.Relay.Await(t, n) {
		code, _ := receipt(t, m)
		codes = append(codes, code)
	}
	mail := s.Relay.Mails()[0].Data
	running, stop := context.WithCancel(t.Context())
	var carrying sync.WaitGroup
	carrying.Go(func() {
		for running.Err() == nil && send(c, busy, shopOf.Email(busy)) {
		}
	})
	defer carrying.Wait()
	defer stop()

	stranger := func(i int) string { return fmt.Sprintf("nobody%d@example.com", i) }
	member := func(i int) string { return shopOf.Email(10 + i%180) }
	affected := func(i int) string { return shopOf.Email(200 + i%150) }
	recipient := func(int) string { return shopOf.Email(busy) }
	selfCheck := func(address func(int) string) func(int) (string, []byte) {
		return typed(func(i int) url.Values { return url.Values{"address": {address(i)}} })
	}
	coded := func(code, address func(int) string) func(int) (string, []byte) {
		return typed(func(i int) url.Values { return url.Values{"code": {code(i)}, "address": {address(i)}} })
	}
	unknown := func(i int) string { return fmt.Sprintf("0000-0000-%04d-%04d", rand.IntN(10000), i) }
	genuine := func(i int) string { return codes[i%len(codes)] }
	for _, test := range []struct {
		path   string
		each   int
		askers []asker
	}{
		{"/ja/affected", 30, []asker{
			{"a member", selfCheck(member)},
			{"a stranger", selfCheck(stranger)},
			{"somebody affected", selfCheck(affected)},
			{"a wrong recipient", selfCheck(recipient)},
		}},
		{"/ja/verify", 50, []asker{
			{"a stranger with an unknown code", coded(unknown, stranger)},
			{"somebody affected with another's code", coded(genuine, affected)},
			{"a recipient of much with an unknown code", coded(unknown, recipient)},
		}},
		{"/ja/verify?file", 30, []asker{
			{"a stranger with another's mail", filed(mail, stranger)},
			{"somebody affected with another's mail", filed(mail, affected)},
			{"a recipient of much with an unknown mail", filed([]byte(plain("unknown")), recipient)},
		}},
	} {
		z, pair := 0.0, ""
		for try := range 2 {
			m := ask(t, s, test.path, test.askers, test.each*try, test.each)
			if len(m.answers) != 1 {
				t.Fatalf("%s: %d different answers", test.path, len(m.answers))
			}
			for name, took := range m.took {
				if least := time.Duration(slices.Min(took)); least < 290*time.Millisecond {
					t.Errorf("%s: %s was answered after %v", test.path, name, least)
				}
			}
			if z, pair = m.farthest(); z < 4 {
				t.Logf("%s: %s lie %.1f deviations apart (try %d)", test.path, pair, z, try+1)
				break
			}
		}
		if z >= 4 {
			t.Errorf("%s: %s can be told apart by time: %.1f deviations", test.path, pair, z)
		}
	}
}
