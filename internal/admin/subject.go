package admin

import (
	"strings"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/mail"
)

// subjectOf is the subject of a mail.
func subjectOf(body []byte) string {
	return mail.Parse(body, mail.Limits{}).Root.Get("Subject")
}

// maskSubject shows a subject with every identifier in it shown by value.
func maskSubject(subject string, e *check.Examined, value func(*check.Finding) string) string {
	for i := range e.Units {
		for k := range e.Units[i].Findings {
			if f := &e.Units[i].Findings[k]; f.Value != "" {
				subject = strings.ReplaceAll(subject, f.Value, value(f))
			}
		}
	}
	return subject
}
