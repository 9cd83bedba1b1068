package check

import (
	"strings"

	"github.com/kakitome/kakitome/internal/extract"
	"github.com/kakitome/kakitome/internal/mail"
)

// invited notes the addresses of an invitation: whoever gets it sees them, like
// those in To (RFC 5545 §3.8.4.1, §3.8.4.3).
func (x *examiner) invited(run extract.Run) {
	if !strings.Contains(run.Text, "BEGIN:VCALENDAR") {
		return
	}
	for line := range strings.Lines(unfold.Replace(run.Text)) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		if kind, _, _ := strings.Cut(name, ";"); !ok || !strings.EqualFold(kind, "ATTENDEE") && !strings.EqualFold(kind, "ORGANIZER") {
			continue
		}
		if i := strings.Index(strings.ToLower(value), "mailto:"); i >= 0 {
			value = value[i+len("mailto:"):]
		}
		for _, a := range mail.Addresses(value) {
			if strings.Contains(a.Addr, "@") {
				x.see(a.Addr, run.Where)
			}
		}
	}
}

var unfold = strings.NewReplacer("\r\n ", "", "\r\n\t", "", "\n ", "", "\n\t", "")
