package client

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Incident is a response as it stands.
type Incident struct {
	ID       string     `json:"id"`
	State    string     `json:"state"` // found, contained, scoped, told, reported, closed
	Drill    bool       `json:"drill,omitempty"`
	Title    string     `json:"title,omitempty"`
	OpenedAt time.Time  `json:"opened_at"`
	OpenedBy string     `json:"opened_by,omitempty"`
	Source   string     `json:"source,omitempty"`
	ClockAt  *time.Time `json:"clock_at,omitempty"` // when the company first knew
	ClosedAt *time.Time `json:"closed_at,omitempty"`
	Erased   bool       `json:"erased,omitempty"`
}

// IncidentDetail is an incident with its whole course.
type IncidentDetail struct {
	Incident
	Clock     int               `json:"clock"` // number of the event that says when the company knew
	Paused    []string          `json:"paused"`
	Facts     map[string]string `json:"facts"`
	Scope     int               `json:"scope_version"`
	Agreed    bool              `json:"agreed"`
	Numbers   *Numbers          `json:"numbers,omitempty"`
	Rounds    []LetterRound     `json:"rounds"`
	Page      int               `json:"page_version"`
	Published int               `json:"page_published"`
	Reports   []string          `json:"reports"`
	Events    []IncidentEvent   `json:"events"`
	Next      []string          `json:"next"` // what to do next, as commands
}

// Bounds are a number that is known to be at least and at most so much.
type Bounds struct {
	Least int `json:"least"`
	Most  int `json:"most"`
}

// Numbers are what a scope counted. While something left unread the upper
// bounds do not hold.
type Numbers struct {
	Persons    Bounds `json:"persons"`
	Recipients Bounds `json:"recipients"`
	Mails      Bounds `json:"mails"`
	Unread     int    `json:"unread"`
}

// IncidentEvent is one entry of the course.
type IncidentEvent struct {
	N    int       `json:"n"`
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Kind string    `json:"kind"`
	Text string    `json:"text,omitempty"` // what it says, in one line
}

// OpenIncident says why an incident is opened and which mails it is about.
type OpenIncident struct {
	Source     string     `json:"source"` // alert, clerk, customer, mail, person, foreign, drill
	Title      string     `json:"title,omitempty"`
	KnownAt    *time.Time `json:"known_at,omitempty"`
	KnownHow   string     `json:"known_how,omitempty"`
	Selections            // at least one
}

// Selections say which mails are meant: those of any.
type Selections struct {
	Stream     string     `json:"stream,omitempty"` // wrong mails of it
	Rule       string     `json:"rule,omitempty"`   // only those this rule held, or would have
	Person     string     `json:"person,omitempty"` // mails with data of this person for somebody else
	Identifier string     `json:"identifier,omitempty"`
	Mails      []string   `json:"mails,omitempty"`
	Alert      string     `json:"alert,omitempty"`
	Since      *time.Time `json:"since,omitempty"`
	Until      *time.Time `json:"until,omitempty"`
	Without    []string   `json:"without,omitempty"` // mails that are not part of it
}

// Clock says when somebody of the company first knew.
type Clock struct {
	At       time.Time `json:"at"`
	How      string    `json:"how"`
	Corrects int       `json:"corrects,omitempty"` // number of the entry that was wrong
}

// Contained says what was stopped.
type Contained struct {
	Paused   []string `json:"paused"`
	Recalled int      `json:"recalled"`
	Blocked  int      `json:"blocked"`
}

// ContactsTaken says what became of a file of contacts.
type ContactsTaken struct {
	Rows     int          `json:"rows"`
	Taken    int          `json:"taken"`
	Refused  []RefusedRow `json:"refused"` // listed, never mailed
	Missing  int          `json:"missing"` // exposed persons without a contact
	Problems []RefusedRow `json:"problems"`
}

// RefusedRow is a row that was not taken, by its line.
type RefusedRow struct {
	Line   int    `json:"line"`
	Field  string `json:"field,omitempty"`
	Reason string `json:"reason"`
}

// LetterRound is one sending of letters.
type LetterRound struct {
	Round    int            `json:"round"`
	Occasion string         `json:"occasion,omitempty"` // first, reassure, follow, remind
	Letters  int            `json:"letters"`
	Sample   string         `json:"sample_approved_by,omitempty"`
	All      string         `json:"approved_by,omitempty"`
	Sent     int            `json:"sent"`
	Kinds    map[string]int `json:"kinds,omitempty"`
	States   map[string]int `json:"states,omitempty"`
	Left     map[string]int `json:"left,omitempty"` // who is not written to by mail, by reason
}

// Letter is one letter.
type Letter struct {
	ID      string    `json:"id"`
	Round   int       `json:"round"`
	Kind    string    `json:"kind"`
	Person  string    `json:"person,omitempty"`
	To      string    `json:"to,omitempty"` // shown to whoever may run the command on the server
	Sample  bool      `json:"sample,omitempty"`
	Paper   bool      `json:"paper,omitempty"`
	State   string    `json:"state"`
	Fate    string    `json:"fate,omitempty"`   // of its mail
	Bounce  string    `json:"bounce,omitempty"` // why it came back, as far as that was said
	Mail    string    `json:"mail_id,omitempty"`
	MovedAt time.Time `json:"moved_at"`
	Text    string    `json:"text,omitempty"`
}

// IncidentAct is what most acts on an incident say.
type IncidentAct struct {
	Text    string            `json:"text,omitempty"`
	Object  string            `json:"object,omitempty"`
	Stream  string            `json:"stream,omitempty"`
	Streams []string          `json:"streams,omitempty"`
	Round   string            `json:"round,omitempty"`
	Person  string            `json:"person,omitempty"`
	Facts   map[string]string `json:"facts,omitempty"`
	Receipt string            `json:"receipt,omitempty"`
	Law     string            `json:"law,omitempty"`
	Final   bool              `json:"final,omitempty"`
	Diff    bool              `json:"diff,omitempty"`
}

// Lookup is a caller, as the call centre has them on the line.
type Lookup struct {
	Incident string `json:"incident,omitempty"` // empty: the newest open one
	Caller   string `json:"caller"`             // an address or a number
	Code     string `json:"code,omitempty"`     // from the caller's letter
	CallBack bool   `json:"call_back"`          // the caller was called back at the address or number on file
	Clock    bool   `json:"clock"`              // the call is how the company learned of it
}

// LookedUp is what the clerk may say.
type LookedUp struct {
	Incident string `json:"incident"`
	Known    bool   `json:"known"`           // whether group is shown: only after call-back or code
	Group    string `json:"group,omitempty"` // affected, received, both, neither
	Script   string `json:"script"`
	ScriptEn string `json:"script_en"`
}

// act posts an act on an incident.
func (c *Client) act(ctx context.Context, id, act string, in, out any) error {
	return c.call(ctx, http.MethodPost, "/v1/incidents/"+url.PathEscape(id)+"/"+act, nil, in, out)
}

func (c *Client) detail(ctx context.Context, id, act string, in any) (*IncidentDetail, error) {
	out := &IncidentDetail{}
	return out, c.act(ctx, id, act, in, out)
}

// Incidents lists all incidents, oldest first.
func (c *Client) Incidents(ctx context.Context) ([]Incident, error) {
	out := []Incident{}
	return out, c.call(ctx, http.MethodGet, "/v1/incidents", nil, nil, &out)
}

// Incident shows one incident.
func (c *Client) Incident(ctx context.Context, id string) (*IncidentDetail, error) {
	out := &IncidentDetail{}
	return out, c.call(ctx, http.MethodGet, "/v1/incidents/"+url.PathEscape(id), nil, nil, out)
}

// OpenIncident opens an incident.
func (c *Client) OpenIncident(ctx context.Context, o OpenIncident) (*IncidentDetail, error) {
	out := &IncidentDetail{}
	return out, c.call(ctx, http.MethodPost, "/v1/incidents", nil, o, out)
}

// SelectMails says anew which mails an incident is about.
func (c *Client) SelectMails(ctx context.Context, id string, s Selections) (*IncidentDetail, error) {
	return c.detail(ctx, id, "select", s)
}

// StartClock says when somebody of the company first knew.
func (c *Client) StartClock(ctx context.Context, id string, k Clock) (*IncidentDetail, error) {
	return c.detail(ctx, id, "clock", k)
}

// Contain stops the streams of an incident, recalls what waits, and blocks the
// data that went out.
func (c *Client) Contain(ctx context.Context, id string, streams ...string) (*Contained, error) {
	out := &Contained{}
	return out, c.act(ctx, id, "contain", IncidentAct{Streams: streams}, out)
}

// ResumeAfter lets a stream go on that an incident stopped.
func (c *Client) ResumeAfter(ctx context.Context, id, stream, reason string) (*IncidentDetail, error) {
	return c.Act(ctx, id, "resume", IncidentAct{Stream: stream, Text: reason})
}

// Scope computes anew whose data went to whom, twice, and keeps the result as
// the next version.
func (c *Client) Scope(ctx context.Context, id string) (*Scope, error) {
	out := &Scope{}
	return out, c.act(ctx, id, "scope", nil, out)
}

// ExportScope writes the newest scope with its proofs, as "csv" or "json".
func (c *Client) ExportScope(ctx context.Context, id, format string, w io.Writer) error {
	return c.copy(ctx, "/v1/incidents/"+url.PathEscape(id)+"/export", url.Values{"format": {format}}, w)
}

// Scope is whose data went to whom, in numbers.
type Scope struct {
	Version      int        `json:"version"`
	AsOf         time.Time  `json:"as_of"`
	FirstSeconds float64    `json:"first_seconds"` // until the ledger had said it
	Seconds      float64    `json:"seconds"`       // until the second computation had agreed, and all was kept
	Numbers      Numbers    `json:"numbers"`
	Guests       Bounds     `json:"guests"` // persons nobody declared, in persons
	Both         Bounds     `json:"both"`   // recipients whose own data went out too
	Canaries     int        `json:"canaries"`
	Stopped      int        `json:"stopped"`
	First        *time.Time `json:"first,omitempty"`
	Last         *time.Time `json:"last,omitempty"`
	Kinds        []string   `json:"kinds"`
	Agreed       bool       `json:"agreed"`
	Reassure     bool       `json:"can_reassure"`
	Why          string     `json:"why,omitempty"` // nobody can be reassured
	Differences  int        `json:"differences"`
	Unread       []string   `json:"unread"`
	Root         string     `json:"root"`
}

// Act adds to the course: a remark, facts, an override, what was told, …
func (c *Client) Act(ctx context.Context, id, act string, a IncidentAct) (*IncidentDetail, error) {
	return c.detail(ctx, id, "act/"+url.PathEscape(act), a)
}

// ImportForeign takes in a log, or mails, of before Kakitome or of another
// system: a tar of one CSV and any number of .eml files.
func (c *Client) ImportForeign(ctx context.Context, id string, tar io.Reader) (*ForeignTaken, error) {
	out := &ForeignTaken{}
	return out, c.act(ctx, id, "foreign", tar, out)
}

// ForeignTaken says what became of a foreign log.
type ForeignTaken struct {
	Mails      int      `json:"mails"`
	Recipients int      `json:"recipients"`
	Missing    int      `json:"missing"`            // mails whose content was not given
	Already    int      `json:"already"`            // taken in before
	Unlisted   []string `json:"unlisted,omitempty"` // files whose mail the log does not name
}

// ImportContacts takes in where exposed persons can be told (CSV).
func (c *Client) ImportContacts(ctx context.Context, id string, csv io.Reader) (*ContactsTaken, error) {
	out := &ContactsTaken{}
	return out, c.act(ctx, id, "contacts", csv, out)
}

// DraftLetters makes a round of letters: first, reassure, follow or remind.
func (c *Client) DraftLetters(ctx context.Context, id, occasion string) (*LetterRound, error) {
	out := &LetterRound{}
	return out, c.act(ctx, id, "letters/draft", IncidentAct{Round: occasion}, out)
}

// Letters lists the letters of an incident; sample: only the first to look at,
// with their words.
func (c *Client) Letters(ctx context.Context, id string, sample bool) ([]Letter, error) {
	q := url.Values{}
	if sample {
		q.Set("sample", "true")
	}
	out := []Letter{}
	return out, c.call(ctx, http.MethodGet, "/v1/incidents/"+url.PathEscape(id)+"/letters", q, nil, &out)
}

// LetterRounds counts the letters of an incident.
func (c *Client) LetterRounds(ctx context.Context, id string) ([]LetterRound, error) {
	out := []LetterRound{}
	return out, c.call(ctx, http.MethodGet, "/v1/incidents/"+url.PathEscape(id)+"/rounds", nil, nil, &out)
}

// PrintLetters writes the letters for people without mail, as "html" or "csv".
func (c *Client) PrintLetters(ctx context.Context, id, format string, w io.Writer) error {
	return c.copy(ctx, "/v1/incidents/"+url.PathEscape(id)+"/print", url.Values{"format": {format}}, w)
}

// ExportSite writes the public pages for a second host, as a tar.
func (c *Client) ExportSite(ctx context.Context, w io.Writer) error {
	return c.copy(ctx, "/v1/site", nil, w)
}

// DraftPage makes the next version of the public page of what is known; text
// says what it changes.
func (c *Client) DraftPage(ctx context.Context, id string, a IncidentAct) (*Page, error) {
	out := &Page{}
	return out, c.act(ctx, id, "page/draft", a, out)
}

// Page is a version of the public page.
type Page struct {
	Version     int        `json:"version"`
	At          time.Time  `json:"at"`
	PublishedAt *time.Time `json:"published_at,omitempty"`
	Hash        string     `json:"hash"`
	URL         string     `json:"url"`
	Document    string     `json:"document"`
}

// Deadlines are what the law asks, as far as it is known.
func (c *Client) Deadlines(ctx context.Context, id string) ([]Deadline, error) {
	out := []Deadline{}
	return out, c.call(ctx, http.MethodGet, "/v1/incidents/"+url.PathEscape(id)+"/deadlines", nil, nil, &out)
}

// Deadline is a duty with its window.
type Deadline struct {
	Law       string      `json:"law"`
	Rule      string      `json:"rule"`
	Due       *time.Time  `json:"due,omitempty"`
	From      *time.Time  `json:"from,omitempty"`
	Applies   string      `json:"applies"` // yes, no, provisional
	What      string      `json:"what"`
	WhatEn    string      `json:"what_en"`
	Why       string      `json:"why"`
	WhyEn     string      `json:"why_en"`
	Until     string      `json:"until"` // the deadline in words
	UntilEn   string      `json:"until_en"`
	Notes     []string    `json:"notes,omitempty"`
	NotesEn   []string    `json:"notes_en,omitempty"`
	Reminders []time.Time `json:"reminders,omitempty"`
	Overdue   bool        `json:"overdue"`
	Missing   []string    `json:"missing,omitempty"`
	Source    string      `json:"source,omitempty"`
	Done      bool        `json:"done"`
}

// Report is the draft of a report, for a person to check.
func (c *Client) Report(ctx context.Context, id string, a IncidentAct) (*ReportDraft, error) {
	out := &ReportDraft{}
	return out, c.act(ctx, id, "report", a, out)
}

// ReportDraft is a draft as text.
type ReportDraft struct {
	Text string `json:"text"`
	Hash string `json:"hash"`
}

// Replay runs an incident's mails against today's policy and roster.
func (c *Client) Replay(ctx context.Context, id string) (*Replayed, error) {
	out := &Replayed{}
	return out, c.act(ctx, id, "replay", nil, out)
}

// Replayed says what would happen now.
type Replayed struct {
	Mails    int            `json:"mails"`
	Wrong    int            `json:"wrong"`
	Stopped  int            `json:"stopped"`
	Released int            `json:"released"` // of the wrong ones
	Before   int            `json:"before"`   // of these, before the first is held
	Gone     int            `json:"gone"`     // whose content is no more
	Rules    map[string]int `json:"rules"`
	Seconds  float64        `json:"seconds"`

	RosterVersion int64  `json:"roster_version"`
	PolicyVersion string `json:"policy_version"`
}

// LookUp gives the call centre's clerk what may be said to a caller.
func (c *Client) LookUp(ctx context.Context, l Lookup) (*LookedUp, error) {
	out := &LookedUp{}
	return out, c.call(ctx, http.MethodPost, "/v1/incidents/lookup", nil, l, out)
}

// Inquiries lists what people reported and asked.
func (c *Client) Inquiries(ctx context.Context, since time.Time) ([]Inquiry, error) {
	q := url.Values{}
	if !since.IsZero() {
		q.Set("since", since.UTC().Format(time.RFC3339Nano))
	}
	out := []Inquiry{}
	return out, c.call(ctx, http.MethodGet, "/v1/inquiries", q, nil, &out)
}

// Inquiry is what somebody reported or asked.
type Inquiry struct {
	Ref  string    `json:"ref"`
	Kind string    `json:"kind"`
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// Compare weighs whether other mail comes from the same leak.
func (c *Client) Compare(ctx context.Context, id string, e SameLeak) (*Attribution, error) {
	out := &Attribution{}
	return out, c.act(ctx, id, "compare", e, out)
}

// SameLeak is what is known of other mail, such as members report it.
type SameLeak struct {
	Members   int        `json:"members"`   // people who could have reported; 0: those of the roster
	Reporters []Reporter `json:"reporters"` // who reported it before they were told
	Later     []Reporter `json:"later"`     // and after
	Onset     *time.Time `json:"onset,omitempty"`
	// Provenance is a CSV of who was given which canary: person_id,partner,given_at.
	// Without it no canary counts as one that nobody was given.
	Provenance string `json:"provenance,omitempty"`
}

// Reporter is a member who reported such mail.
type Reporter struct {
	Address  string `json:"address"`
	OnlyOurs bool   `json:"only_ours,omitempty"` // their mail uses data of theirs that only this company held
}

// Attribution is a verdict with its reasons.
type Attribution struct {
	Verdict string   `json:"verdict"` // confirmed, possible, not_confirmed
	Text    string   `json:"text"`
	TextEn  string   `json:"text_en"`
	Reasons []string `json:"reasons"`
	Needed  []string `json:"needed"` // what would allow to say more
	P       float64  `json:"p"`      // of the reports before people were told

	Partners []Partner `json:"partners,omitempty"`
}

// Partner is a hand-off of data, by what canaries say of it.
type Partner struct {
	Name      string  `json:"name"`
	Verdict   string  `json:"verdict"`
	Posterior float64 `json:"posterior"`
	Hits      int     `json:"hits"`
	Canaries  int     `json:"canaries"`
}

// String is the number, or its bounds.
func (b Bounds) String() string {
	if b.Least == b.Most {
		return strconv.Itoa(b.Least)
	}
	return strconv.Itoa(b.Least) + "–" + strconv.Itoa(b.Most)
}
