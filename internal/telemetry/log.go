package telemetry

import (
	"context"
	"io"
	"log/slog"
	"regexp"
)

// NewLog is the program's log: text lines in which whatever looks like an
// e-mail address or a phone number is blanked. Nothing personal should be
// logged in the first place; this is for what a library or a relay puts into
// its error texts.
func NewLog(w io.Writer, level slog.Leveler) *slog.Logger {
	return slog.New(redactor{slog.NewTextHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: redactAttr})})
}

// redactor blanks messages; the handler within blanks attributes.
type redactor struct{ slog.Handler }

func (r redactor) Handle(ctx context.Context, rec slog.Record) error {
	rec.Message = redact(rec.Message)
	return r.Handler.Handle(ctx, rec)
}

func (r redactor) WithAttrs(attrs []slog.Attr) slog.Handler {
	return redactor{r.Handler.WithAttrs(attrs)}
}
func (r redactor) WithGroup(name string) slog.Handler { return redactor{r.Handler.WithGroup(name)} }

func redactAttr(_ []string, a slog.Attr) slog.Attr {
	switch v := a.Value.Resolve(); v.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(redact(v.String()))
	case slog.KindAny:
		if err, ok := v.Any().(error); ok {
			a.Value = slog.StringValue(redact(err.Error()))
		}
	default:
	}
	return a
}

// personal matches what looks like an address, or a number somebody can be
// called by; ids of mails are letters and digits mixed and stay.
var personal = regexp.MustCompile(`[^\s<>"@=]+@[^\s<>"@]+\.[^\s<>"@:;,)]+|\+?\b0?\d{1,4}[-(. ]{1,2}\d{2,4}[-). ]{1,2}\d{3,4}\b|\b0\d{9,10}\b`)

func redact(s string) string { return personal.ReplaceAllString(s, "(redacted)") }
