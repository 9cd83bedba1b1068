package telemetry

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

// What slips into a log by way of somebody's error text is blanked; ids, times
// and addresses of hosts stay.
func TestLogRedacts(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := NewLog(&out, slog.LevelInfo).With("peer", "taro@example.jp").WithGroup("relay")
	log.Error("550 <hanako@example.net> unknown", "error", errors.New("no route to jiro@例え.example"), "phone", "090-1111-2222",
		"tel", "call 09011112222", "intl", "+81 90 1234 5678", "mail", "06h0fmm3egfq2w2mphw4nwaa0m", "addr", "127.0.0.1:2525", "n", 12345678901)
	got := out.String()
	for _, never := range []string{"taro@", "hanako@", "jiro@", "1111-2222", "09011112222", "1234 5678"} {
		if strings.Contains(got, never) {
			t.Errorf("the log says %q:\n%s", never, got)
		}
	}
	for _, want := range []string{"06h0fmm3egfq2w2mphw4nwaa0m", "127.0.0.1:2525", "12345678901", "unknown", "relay.mail="} {
		if !strings.Contains(got, want) {
			t.Errorf("the log does not say %q:\n%s", want, got)
		}
	}
}
