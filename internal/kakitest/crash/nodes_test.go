package crash

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/kakitest"
)

// hand hands in mails at one door and fails the test unless each is answered 250.
func hand(t *testing.T, door string, mails ...*Mail) (words []string) {
	t.Helper()
	c, err := Dial(door)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, m := range mails {
		a, err := c.Send(m)
		if err != nil || a.Code != 250 {
			t.Fatalf("mail %s: %+v, %v", m.Key, a, err)
		}
		words = append(words, a.Word)
	}
	return words
}

// TestRosterReachesNodes: a change at one node is effective at the other within
// five seconds; mail that was held for want of it leaves once, though both
// nodes judge it again.
func TestRosterReachesNodes(t *testing.T) {
	t.Parallel()
	const wrong = 120
	db, sink, shop := Postgres(t), NewSink(t), NewShop(400)
	list := Nodes(t, db, 2, sink.Addr(), "codes: {order_no: 'KK-\\d{8}'}\n")
	Roster(t, list, shop.RosterOf(0, 200))
	// Members of the first two hundred, at addresses the roster has not seen.
	var mails []*Mail
	for i := range wrong {
		mails = append(mails, shop.Order(i, i, fmt.Sprintf("new%d@example.jp", i)))
	}
	for i, word := range hand(t, list[0].App.SMTPAddr(), mails...) {
		if word != "held" {
			t.Fatalf("mail %d was %s", i, word)
		}
	}
	var csv bytes.Buffer
	for i, line := range strings.SplitAfter(string(shop.RosterOf(0, wrong)), "\n") {
		if cells := strings.SplitN(line, ",", 3); i > 0 && len(cells) == 3 {
			line = cells[0] + "," + fmt.Sprintf("new%d@example.jp", i-1) + "," + cells[2]
		}
		csv.WriteString(line)
	}
	began := time.Now()
	done, err := list[0].ImportRoster(t.Context(), &csv, false)
	if err != nil || done.Changed != wrong {
		t.Fatalf("import: %+v, %v", done, err)
	}
	imported := time.Since(began)
	kakitest.Eventually(t, "the other node knows the roster", func() bool {
		stats, err := list[1].RosterStats(t.Context())
		return err == nil && stats.Version == done.Version
	})
	known := time.Since(began)
	if word := hand(t, list[1].App.SMTPAddr(), shop.Order(9000, 5, "new5@example.jp"))[0]; word != "released" {
		t.Errorf("the other node answered %s to what fits now", word)
	}
	if known > 5*time.Second {
		t.Errorf("the other node knew after %v", known)
	}
	kakitest.Eventually(t, "what fits now has left", func() bool { return sink.Count() > wrong })
	t.Logf("import took %v, effective at the other node after %v, %d held mails judged again and relayed after %v",
		imported.Round(time.Millisecond), known.Round(time.Millisecond), wrong, time.Since(began).Round(time.Millisecond))
	if held, err := list[0].Held(t.Context(), client.Selection{}); err != nil || len(held) > 0 {
		t.Errorf("%d are held still, %v", len(held), err)
	}
	once(t, sink)
	Verified(t, list)
}

// TestOneNodeTellsAlerts: with two nodes somebody is told once, not once per node.
func TestOneNodeTellsAlerts(t *testing.T) {
	t.Parallel()
	db, sink, shop := Postgres(t), NewSink(t), NewShop(10)
	told := filepath.Join(t.TempDir(), "told")
	list := Nodes(t, db, 2, sink.Addr(), fmt.Sprintf("alert: {command: 'cat >>%s'}\n", told))
	Roster(t, list, shop.Roster())
	if word := hand(t, list[0].App.SMTPAddr(), shop.Order(1, 1, shop.Email(2)))[0]; word != "held" {
		t.Fatalf("the mail was %s", word)
	}
	lines := func() int {
		text, err := os.ReadFile(told)
		if err != nil {
			return 0
		}
		return bytes.Count(text, []byte(`"kind":"held"`))
	}
	began := time.Now()
	kakitest.Eventually(t, "somebody is told", func() bool { return lines() > 0 })
	first := time.Since(began)
	kakitest.Eventually(t, "both nodes have looked again, and again", func() bool { return time.Since(began) > first+4*time.Second })
	if n := lines(); n != 1 {
		t.Errorf("told %d times", n)
	}
	t.Logf("told once, after %v", first.Round(time.Millisecond))
}

// TestTakeOver: what a node that died had leased is relayed by another one
// when the leases have run out, and what may be a duplicate is counted.
func TestTakeOver(t *testing.T) {
	t.Parallel()
	const mails = 60
	db, sink, shop := Postgres(t), NewSink(t), NewShop(mails)
	sink.Delay = func(string) time.Duration { return 200 * time.Millisecond }
	dirs := []string{t.TempDir(), t.TempDir()}
	ShareKeys(t, dirs)
	dead := NewProcess(t, program(t), dirs[0], sink.Addr(), db.YAML(""))
	dead.Start(t)
	if _, err := dead.Client.ImportRoster(t.Context(), bytes.NewReader(shop.Roster()), false); err != nil {
		t.Fatal(err)
	}
	flood(t.Context(), func() []string { return []string{dead.Addr()} }, mails, func(i int) *Mail { return shop.Order(i, i, shop.Email(i)) })
	dead.Kill()
	before := sink.Count()
	// The survivor's clock is past the leases.
	alive := startNode(t, dirs[1], sink.Addr(), db.YAML(""), func() time.Time { return time.Now().Add(3 * time.Minute) })
	kakitest.Eventually(t, "the other node has relayed the rest", func() bool {
		return len(Reached(sink.Arrivals(), func(Arrival) bool { return true })) == mails
	})
	alive.Drained(t)
	twice := sink.Count() - mails
	lapsed := metric(t, alive, "kakitome_relay_lapsed_total")
	t.Logf("%d mails; %d had left when the node died; %d came twice, %d are counted as possible duplicates", mails, before, twice, lapsed)
	if twice > lapsed {
		t.Errorf("%d duplicates, only %d are counted as possible", twice, lapsed)
	}
	Verified(t, []*Node{alive})
}

// metric reads a counter.
func metric(t *testing.T, n *Node, name string) int {
	t.Helper()
	resp, err := http.Get("http://" + n.App.AdminAddr() + "/metrics") //nolint:noctx // loopback
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^` + name + ` (\d+)`).FindSubmatch(text)
	if found == nil {
		t.Fatalf("there is no metric %s", name)
	}
	value, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	return value
}
