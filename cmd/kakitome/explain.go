package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/kakitome/kakitome/client"
)

type explainCmd struct {
	asJSON
	ID         string `arg:"" help:"Id of a mail, or of a held delivery."`
	ShowValues bool   `help:"Print the values of identifiers."`
}

// Run explains a mail. That somebody looked goes to the audit.
func (c *explainCmd) Run(e *environment) error {
	server, done, err := e.ask()
	if err != nil {
		return err
	}
	defer done()
	m, err := server.Explain(e.ctx, c.ID, c.ShowValues)
	if err != nil {
		return err
	}
	return e.show(c.JSON, m, func(w io.Writer) { printExplained(w, m) })
}

func printExplained(w io.Writer, m *client.Explained) {
	_, _ = fmt.Fprintf(w, "%s  from %s, stream %s, %d bytes, %s\nsubject: %s\n", m.MailID, m.Sender, m.Stream, m.Size,
		m.ReceivedAt.Local().Format(time.DateTime), m.Subject)
	for _, d := range m.Deliveries {
		_, _ = fmt.Fprintf(w, "%s  %s  %s\n", d.ID, d.Recipient, d.State)
	}
	var v verdict
	if json.Unmarshal(m.Verdict, &v) == nil {
		v.printReasons(w)
	}
	if m.Erased {
		_, _ = fmt.Fprintln(w, "the content was erased; what was found is no longer shown\n本文は保存期間を過ぎて消去されたため、表示できません")
		return
	}
	place := ""
	for _, l := range m.Lines {
		where := l.Where
		if l.Unit != "" {
			where += " in " + l.Unit
		}
		if where != place {
			_, _ = fmt.Fprintf(w, "\n%s\n", where)
		}
		place = where
		_, _ = fmt.Fprintf(w, "  | %s\n", l.Text)
		for _, f := range l.Found {
			_, _ = fmt.Fprintf(w, "  |   %-11s %s\n", f.Kind, whose(&f, m.Deliveries))
		}
	}
}

// whose says whom an identifier belongs to, in English and in Japanese.
func whose(f *client.Found, to []client.ExplainedDelivery) string {
	owners := strings.Join(f.Owners, ", ")
	switch {
	case slices.Equal(f.Owners, []string{"company"}):
		return "the company's own 自社のもの"
	case len(f.Own) == len(to):
		return "the recipient's own 宛先ご本人のもの (" + owners + ")"
	case len(f.Own) > 0:
		return "of " + owners + ", own for " + strings.Join(f.Own, ", ") + " 一部の宛先ご本人のもの"
	case slices.Equal(f.Owners, []string{"unknown"}):
		return "of nobody in the roster 名簿にない方のもの"
	}
	return "of " + owners + ", not of the recipient 宛先ではない方のもの"
}
