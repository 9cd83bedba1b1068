package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kakitome/kakitome/internal/kakitest"
)

// Somebody is told in every way there is, again and again, until a person
// acknowledges; and nothing of what is told is personal.
func TestAlertsAreToldUntilAcknowledged(t *testing.T) {
	t.Parallel()
	posts := make(chan string, 100)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var a struct {
			Kind, Subject, Text string
		}
		if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
			t.Errorf("webhook: %v", err)
		}
		posts <- a.Kind + " " + a.Subject + " " + a.Text
	}))
	defer hook.Close()
	file := filepath.Join(t.TempDir(), "told")
	s := start(t, fmt.Sprintf("alert: {command: \"cat >>%s\", url: %q, mail: watch@shop.example, repeat: 5m}", file, hook.URL))
	told := func() int {
		text, err := os.ReadFile(file) //nolint:gosec // the test's own
		if err != nil {
			return 0
		}
		return bytes.Count(text, []byte("\n"))
	}
	wantTold := func(n int) {
		t.Helper()
		kakitest.Eventually(t, fmt.Sprintf("told %d times in each way", n), func() bool {
			return told() >= n && len(posts) >= n && len(s.Relay.To("watch@shop.example")) >= n
		})
		if told() != n || len(posts) != n || len(s.Relay.To("watch@shop.example")) != n {
			t.Fatalf("told %d times by command, %d by webhook, %d by mail, want %d", told(), len(posts), len(s.Relay.To("watch@shop.example")), n)
		}
	}
	wantAnswer(t, s.Send(t, shop, []string{hanako}, letter("alert", aboutTaro)), "250 ", "held (1 of 1 recipients)")
	wantTold(1)
	// A second one of the kind is counted, not told.
	wantAnswer(t, s.Send(t, shop, []string{hanako}, letter("alert2", aboutTaro)), "250 ", "held (1 of 1 recipients)")
	s.Clock.Forward(6 * time.Minute)
	wantTold(2)
	alerts, err := s.Client.Alerts(t.Context(), false)
	if err != nil || len(alerts) != 1 || alerts[0].Count != 2 {
		t.Fatalf("alerts %+v %v", alerts, err)
	}
	if err := s.Client.AckAlert(t.Context(), alerts[0].ID); err != nil {
		t.Fatal(err)
	}
	s.Clock.Forward(time.Hour)
	// The next hold opens an alert of its own. It is told, the old one is not.
	wantAnswer(t, s.Send(t, shop, []string{hanako}, letter("alert3", aboutTaro)), "250 ", "held (1 of 1 recipients)")
	wantTold(3)
	ids := map[string]bool{}
	for _, m := range s.Relay.To("watch@shop.example") {
		head, _, _ := strings.Cut(string(m.Data), "\r\n\r\n")
		_, id, _ := strings.Cut(head, "Message-ID: ")
		id, _, _ = strings.Cut(id, "\r\n")
		if ids[id] {
			t.Errorf("two mails have the Message-ID %s: the second one is thrown away as a copy", id)
		}
		ids[id] = true
		// Whole values: an id or a date may well hold the digits 090.
		for _, never := range []string{"山田", "090-1111", "0901111", "1111-2222", taro, hanako, "丸の内"} {
			if bytes.Contains(m.Data, []byte(never)) {
				t.Errorf("an alert says %q", never)
			}
		}
	}
	for range 3 {
		if got := <-posts; !strings.HasPrefix(got, "held default/") {
			t.Errorf("webhook got %q", got)
		}
	}
}
