package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kakitome/kakitome/internal/auth"
	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/law"
	"github.com/kakitome/kakitome/internal/letter"
	"github.com/kakitome/kakitome/internal/notice"
	"github.com/kakitome/kakitome/internal/public"
	"github.com/kakitome/kakitome/internal/response"
	"github.com/kakitome/kakitome/internal/survey"
)

// choreLetters is woken when letters were approved.
const choreLetters = "hand in letters"

// makeResponse makes the desk that runs responses.
func (a *App) makeResponse(context.Context) error {
	post, err := a.post()
	if err != nil {
		return err
	}
	rules, err := a.law()
	if err != nil {
		return err
	}
	zone := a.cfg.Incident.Location()
	a.response = response.New(response.Options{
		Store: a.store, Gate: a.gate, Sealer: sealer{a.ring}, Hasher: a.hasher, Roster: a.index, Policy: a.policy,
		Survey: survey.New(survey.Options{
			Store: a.store, Gate: a.gate, Hasher: a.hasher, Roster: a.index, Person: a.open, Now: a.now, Log: a.o.Log,
		}),
		Post: post, Law: rules, Site: a.publicSite(), Seal: a.seal, Open: a.open, Stopped: a.stopped, Approved: a.approved, Drilled: a.drilled, Heard: a.metrics.Heard,
		Staff: a.staffNames(), Zone: zone, Now: a.now, Log: a.o.Log,
	})
	return nil
}

// post is what letters need of the configuration.
func (a *App) post() (response.Post, error) {
	in := &a.cfg.Incident
	var own fs.FS
	if in.Letters != "" {
		own = os.DirFS(in.Letters)
	}
	words, err := letter.Load(own)
	if err != nil {
		return response.Post{}, fault.Wrap(fault.Invalid, "read letters", err.Error(), err).WithHint("incident.letters")
	}
	p := response.Post{
		Words: words, Company: letter.Text{Ja: a.companyName(), En: a.companyNameEN()}, From: in.From, ReplyTo: in.ReplyTo,
		Desk: letter.Desk{Mail: in.ReplyTo, Phone: in.Contact.Phone, Hours: letter.Text{Ja: in.Contact.Hours, En: in.Contact.Hours}},
		URL:  strings.TrimSuffix(a.cfg.Public.URL, "/"), PerSecond: in.PerSecond, CodeKey: a.postKey(receiptCodes), Host: a.cfg.SMTP.Hostname,
	}
	if p.Desk.Mail == "" {
		p.Desk.Mail = in.From
	}
	p.Bounces = a.bounces()
	return p, nil
}

// receiptCodes is the purpose of the key of receipt codes.
const receiptCodes = "receipt codes"

// postKey is a key of 32 bytes, made of the secret that never changes.
func (a *App) postKey(purpose string) []byte {
	one, two := a.hasher.Bytes(purpose, []byte{1}), a.hasher.Bytes(purpose, []byte{2})
	return append(one[:], two[:]...)
}

// bounces makes and reads the envelope senders of letters.
func (a *App) bounces() letter.Bounces {
	local, domain, _ := strings.Cut(a.cfg.Incident.Bounce, "@")
	return letter.Bounces{Key: a.postKey("bounces"), Prefix: local, Separator: "+", Domain: domain}
}

func (a *App) companyName() string {
	if a.cfg.Company.Name != "" {
		return a.cfg.Company.Name
	}
	return a.cfg.SMTP.Hostname
}

func (a *App) companyNameEN() string {
	if a.cfg.Company.NameEN != "" {
		return a.cfg.Company.NameEN
	}
	return a.companyName()
}

// law reads the rule packs that apply.
func (a *App) law() (response.Law, error) {
	packs, err := law.Builtin(time.LoadLocation)
	if err != nil {
		return response.Law{}, fmt.Errorf("read law: %w", err)
	}
	out := response.Law{Packs: packs, Reporter: law.Reporter{Name: a.companyName(), Contact: a.cfg.Incident.Officer}}
	var known []string
	for _, p := range packs.All() {
		known = append(known, strings.ToLower(p.Jurisdiction))
	}
	for _, place := range a.cfg.Incident.Law {
		if !slices.Contains(known, place) {
			return out, fault.Newf(fault.Invalid, "read law", "incident.law: there is no rule pack %q", place).WithHint(strings.Join(known, ", "))
		}
		out.Places = append(out.Places, strings.ToUpper(place))
	}
	return out, nil
}

// publicSite is what the public pages need of the configuration.
func (a *App) publicSite() response.Site {
	in := &a.cfg.Incident
	contact := public.Contact{
		Name: public.Text{JA: in.Contact.JA, EN: in.Contact.EN}, Phone: in.Contact.Phone, Mail: in.ReplyTo,
		Hours: public.Text{JA: in.Contact.Hours, EN: in.Contact.Hours},
	}
	if contact.Mail == "" {
		contact.Mail = in.From
	}
	return response.Site{
		URL: strings.TrimSuffix(a.cfg.Public.URL, "/"), Contact: contact, Officer: public.Text{JA: in.Officer, EN: in.Officer},
		Privacy: response.PrivacyOf(a.policy, a.cfg.GrantSpecs(), a.companyName(), a.cfg.Retention.Bodies, a.cfg.Retention.Exposures, contact),
		Changed: func(ctx context.Context) {
			if a.site == nil {
				return
			}
			if err := a.site.Refresh(ctx); err != nil {
				a.o.Log.Warn("show what was published", "error", err)
			}
		},
	}
}

// approved has letters handed in at once.
func (a *App) approved() {
	if a.chores != nil {
		a.chores.Now(choreLetters)
	}
}

// drilled writes a letter of a drill into its folder.
func (a *App) drilled(incident, name string, message []byte) error {
	dir := filepath.Join(a.cfg.Data, "drills", filepath.Base(incident))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make folder of drill: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)), message, 0o600); err != nil {
		return fmt.Errorf("write letter of drill: %w", err)
	}
	return nil
}

// sendLetters hands in all letters that may leave now.
func (a *App) sendLetters(ctx context.Context) error {
	for {
		n, err := a.response.Send(ctx)
		if n > 0 {
			a.queue.Ring()
		}
		if err != nil || n == 0 {
			return err
		}
	}
}

// GiveUp closes letters that nobody answered in time. It is done by itself now
// and then.
func (a *App) GiveUp(ctx context.Context) error { return a.response.GiveUp(ctx) }

// Tidy forgets what the public asked, and incidents that were closed long ago.
// It is done by itself now and then.
func (a *App) Tidy(ctx context.Context) error { return a.response.Tidy(ctx) }

// RemindOfDeadlines raises alerts about what the law asks. It is done by itself
// now and then.
func (a *App) RemindOfDeadlines(ctx context.Context) error { return a.response.Remind(ctx) }

// answerSelfChecks mails links to those who asked.
func (a *App) answerSelfChecks(ctx context.Context) error {
	n, err := a.response.AnswerSelfChecks(ctx)
	if n > 0 {
		a.queue.Ring()
	}
	return err
}

// openPublic serves the public pages.
func (a *App) openPublic(ctx context.Context) (err error) {
	site := a.publicSite()
	a.site, err = notice.New(notice.Options{
		Desk: a.response.Public(), Company: public.Text{JA: a.companyName(), EN: a.companyNameEN()}, Contact: site.Contact, Privacy: site.Privacy,
		URL: site.URL, Zone: a.cfg.Incident.Location(), Now: a.now, Log: a.o.Log,
	})
	if err != nil {
		return fmt.Errorf("make public pages: %w", err)
	}
	if err := a.response.KeepPrivacy(ctx); err != nil {
		return fmt.Errorf("keep privacy notice: %w", err)
	}
	if err := a.site.Refresh(ctx); err != nil { // nobody is to see less than is published
		return fmt.Errorf("show what is published: %w", err)
	}
	if a.public, err = net.Listen("tcp", a.cfg.Public.Listen); err != nil {
		return fmt.Errorf("open public listener: %w", err)
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan error, 1)
	go func() { done <- a.site.Serve(running, a.public) }()
	a.defers("close public pages", func(context.Context) error {
		stop()
		return <-done
	})
	return nil
}

// signs tells whether a name and its password are right.
func signs(users *auth.Users) func(name, password string) bool {
	return func(name, password string) bool {
		_, ok := users.Check(name, password)
		return ok
	}
}

func (a *App) staffNames() (names []string) {
	for _, s := range a.cfg.Incident.Staff {
		names = append(names, s.Name)
	}
	return names
}

// staff are those who sign their acts with a password of their own.
func (a *App) staff() (*auth.Users, error) {
	var list []auth.User
	for _, s := range a.cfg.Incident.Staff {
		list = append(list, auth.User{Name: s.Name, Hash: s.Hash})
	}
	users, err := auth.NewUsers(list...)
	if err != nil {
		return nil, errors.Join(errors.New("incident.staff"), err)
	}
	return users, nil
}
