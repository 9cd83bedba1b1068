package response

import (
	"context"
	"fmt"
	"slices"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/incident"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/letter"
	"github.com/kakitome/kakitome/internal/roster"
)

func (d *Desk) noted(ctx context.Context, who, id, text string) error {
	_, err := d.act(ctx, id, incident.Event{Kind: incident.Noted, By: who, Text: text}, nil)
	return err
}

// LookUp gives the clerk what may be said to a caller. Whether somebody is in
// the records at all is said only after the caller was called back at what is on
// file, or has read the code from their own letter: else anybody could ask about
// anybody. Every question is in the course, by a keyed hash.
func (d *Desk) LookUp(ctx context.Context, who string, l client.Lookup) (*client.LookedUp, error) {
	id := l.Incident
	if id == "" {
		var err error
		if id, err = d.newestOpen(ctx); err != nil {
			return nil, err
		}
	}
	key, err := d.caller(l.Caller)
	if err != nil {
		return nil, err
	}
	c, s, err := d.known(ctx, id)
	if err != nil {
		return nil, err
	}
	if l.Clock && !slices.ContainsFunc(c.Events, func(e incident.Event) bool { return e.Kind == incident.Clock }) {
		since := d.Now()
		if c, err = d.act(ctx, id, incident.Event{Kind: incident.Clock, By: who, Since: since, Text: "a customer called"}, nil); err != nil {
			return nil, err
		}
	}
	proven := l.CallBack
	if l.Code != "" {
		if proven, err = d.codeFits(ctx, id, key, l.Code); err != nil {
			return nil, err
		}
	}
	out := &client.LookedUp{Incident: id, Known: proven}
	group := ""
	if proven && s != nil {
		group = groupOf(s, d.personsOf(key))
	}
	out.Group = group
	out.Script, out.ScriptEn = d.script(c, s, proven, group)
	_, err = d.act(ctx, id, incident.Event{Kind: incident.Asked, By: who, Person: key.Hex(), Text: fmt.Sprintf("proven: %v", proven)}, func(tx Tx, _ *Course, _ *incident.Event) error {
		return tx.Audit(d.Now(), gate.Audit{Who: who, Act: "incident lookup", Object: "incident " + id + " caller " + key.Hex()})
	})
	return out, err
}

func (d *Desk) newestOpen(ctx context.Context) (string, error) {
	rows, err := d.Store.Incidents(ctx)
	if err != nil {
		return "", err
	}
	for _, r := range slices.Backward(rows) {
		if r.ClosedAt.IsZero() && !r.Drill {
			return r.ID, nil
		}
	}
	return "", fault.New(fault.NotFound, "look up caller", "no incident is open").WithHint("kakitome incident open --source customer opens one")
}

// caller is the identifier of an address or a number.
func (d *Desk) caller(value string) (roster.Key, error) {
	for _, k := range []jp.Kind{jp.Email, jp.Phone} {
		if normal, err := jp.Normal(k, value); err == nil {
			return d.Hasher.Ident(k, normal), nil
		}
	}
	return roster.Key{}, fault.New(fault.Invalid, "look up caller", "it is neither an address nor a telephone number").WithHint("kakitome incident lookup hanako@example.jp")
}

// codeFits tells whether a code is that of a letter to the caller.
func (d *Desk) codeFits(ctx context.Context, id string, caller roster.Key, typed string) (fits bool, err error) {
	code, err := letter.ParseCode(typed)
	if err != nil {
		return false, nil //nolint:nilerr // a mistyped code is a code that does not fit
	}
	err = d.Store.Respond(ctx, func(tx Tx) error {
		l, err := tx.LetterByCode(d.Hasher.Bytes("receipt code", []byte(code)))
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		persons := d.personsOf(caller)
		fits = l.Incident == id && (l.Address == caller || slices.Contains(persons, l.Person))
		return nil
	})
	return fits, err
}

// personsOf are those an identifier belongs to.
func (d *Desk) personsOf(ident roster.Key) []roster.Key { return d.Roster.Snapshot().Owners(ident) }

// groupOf says where somebody stands: affected, received, both, neither.
func groupOf(s *scoped, persons []roster.Key) string {
	exposed, received := false, false
	for _, p := range persons {
		g := s.Group(p)
		exposed = exposed || g.Exposed.AtMost()
		received = received || g.Received
	}
	switch {
	case exposed && received:
		return "both"
	case exposed:
		return "affected"
	case received:
		return "received"
	}
	return "neither"
}

// script is what the clerk says.
func (d *Desk) script(c *Course, s *scoped, proven bool, group string) (ja, en string) {
	if !proven {
		return "この件でご連絡いただきありがとうございます。ご本人の情報をお守りするため、登録の有無や該当の有無は、この電話ではお答えできません。" +
				"登録の電話番号へ当社から折り返すか、お手紙の受付番号をうかがったうえでご案内します。公表している内容はお伝えできます。",
			"Thank you for calling about this. To protect everybody's data we do not say on this call whether somebody is registered or affected. " +
				"We call back the number on file, or you read us the receipt code of your letter; then we can tell you. What is published we can tell anybody."
	}
	asOf := ""
	if s != nil {
		asOf = s.AsOf.In(d.Zone).Format("2006-01-02 15:04 MST")
	}
	switch group {
	case "affected", "both":
		ja = "お客様の情報が、当社の誤りにより別の方へ送られました（" + asOf + " 現在）。深くお詫び申し上げます。項目と対応はお手紙でお知らせしています。"
		en = "By our mistake your data was sent to somebody else (as of " + asOf + "). We are very sorry. Our letter says which kinds of data, and what we do."
	case "received":
		ja = "お客様に、別の方の情報を含むメールが届きました（" + asOf + " 現在）。開かずに削除し、お手紙の四つの質問にお答えください。"
		en = "You were sent a mail with somebody else's data (as of " + asOf + "). Please delete it unopened and answer the four questions in our letter."
	default:
		ja = "調べた範囲のメール（" + asOf + " 現在）に、お客様の情報は見つかっていません。範囲が広がった場合は改めてご連絡します。"
		en = "In the mails examined (as of " + asOf + ") your data was not found. If the scope grows we will write to you."
	}
	if group == "both" {
		ja += "また、お客様にも別の方の情報を含むメールが届いています。開かずに削除をお願いします。"
		en += " You were also sent a mail with somebody else's data; please delete it unopened."
	}
	if s != nil && s.Numbers.Unread > 0 && group == "neither" {
		ja, en = "調査が終わっていないため、該当しないとはまだ申し上げられません。", "The examination is not finished; we cannot yet say that you are not affected."
	}
	return ja, en
}
