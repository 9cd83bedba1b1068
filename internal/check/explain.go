package check

import (
	"slices"
	"time"

	"github.com/kakitome/kakitome/internal/extract"
	"github.com/kakitome/kakitome/internal/jp"
)

// Doc is the explanation of a verdict: what `check --json` prints and what
// every held mail carries, sealed. See interface.md.
type Doc struct {
	Decision      string         `json:"decision"` // release, hold, duplicate
	Stream        string         `json:"stream"`
	Mode          string         `json:"mode"`
	Recipients    []DocRecipient `json:"recipients"`
	Findings      []DocFinding   `json:"findings"`
	Unread        []DocUnread    `json:"unread,omitempty"`  // not read, and the stream does not allow it
	Passed        []DocUnread    `json:"passed,omitempty"`  // not read, and let pass: listed
	Remarks       []string       `json:"remarks,omitempty"` // such as a wrong charset label
	FirstMail     string         `json:"first_mail,omitempty"`
	RosterVersion int64          `json:"roster_version"`
	PolicyVersion string         `json:"policy_version"`
	AsOf          time.Time      `json:"as_of"` // the moment whose counts were read
}

// DocRecipient is the verdict for one recipient.
type DocRecipient struct {
	Address  string      `json:"address"`
	Decision string      `json:"decision"`
	Observed bool        `json:"observed,omitempty"` // observe mode: the reasons would have held it
	Reasons  []DocReason `json:"reasons"`
}

// DocReason is one reason, in words a clerk understands.
type DocReason struct {
	Rule   Rule     `json:"rule"`
	Person string   `json:"person,omitempty"` // id, or "unknown"
	Kinds  []string `json:"kinds,omitempty"`
	Detail string   `json:"detail,omitempty"` // as in Reason
	Where  string   `json:"where,omitempty"`
	Count  int      `json:"count,omitempty"`
	Limit  int      `json:"limit,omitempty"`
	Text   string   `json:"text"`
	TextJa string   `json:"text_ja"`
}

// DocFinding is one identifier found.
type DocFinding struct {
	Kind  string `json:"kind"`
	Owner string `json:"owner"` // person id, "company" or "unknown"
	Where string `json:"where"`
	Unit  string `json:"unit,omitempty"` // attachment or enclosed mail
	Value string `json:"value,omitempty"`
}

// DocUnread is a part that stayed unread.
type DocUnread struct {
	Where string `json:"where"`
	Type  string `json:"type,omitempty"`
	Why   string `json:"why"`
}

// Explain writes a verdict down. The value function says how the value of a
// finding is shown; nil leaves it out, which is what is stored.
func Explain(e *Examined, v *Verdict, value func(*Finding) string) *Doc {
	d := &Doc{
		Decision: "release", Stream: e.Stream.Name, Mode: e.Stream.Mode.String(),
		Recipients: []DocRecipient{}, Findings: []DocFinding{},
		Remarks: e.Remarks, FirstMail: v.Duplicate,
		RosterVersion: e.RosterVersion, PolicyVersion: e.PolicyVersion, AsOf: e.At.UTC(),
	}
	for i, r := range v.Recipients {
		dr := DocRecipient{Address: e.Recipients[i].Address, Decision: r.String(), Reasons: []DocReason{}}
		dr.Observed = !r.Hold && len(r.Reasons) > 0
		for k := range r.Reasons {
			dr.Reasons = append(dr.Reasons, e.reason(&r.Reasons[k]))
		}
		if r.Hold {
			d.Decision = "hold"
		}
		d.Recipients = append(d.Recipients, dr)
	}
	if v.Duplicate != "" {
		d.Decision = "duplicate"
	}
	for i := range e.Units {
		d.Findings = append(d.Findings, e.findings(&e.Units[i], value)...)
	}
	d.Unread, d.Passed = unreadDocs(e.Unread), unreadDocs(e.Passed)
	return d
}

func (d *Decision) String() string {
	switch {
	case d.Duplicate != "":
		return "duplicate"
	case d.Hold:
		return "hold"
	}
	return "release"
}

func (e *Examined) findings(u *Unit, value func(*Finding) string) []DocFinding {
	var list []DocFinding
	for i := range u.Findings {
		f := &u.Findings[i]
		df := DocFinding{Kind: f.Kind.String(), Where: f.Where}
		df.Unit = unitName(u)
		if value != nil {
			df.Value = value(f)
		}
		for _, owner := range OwnerNames(e, f) {
			df.Owner = owner
			list = append(list, df)
		}
	}
	return list
}

// OwnerNames are the persons a finding belongs to, or "company", or "unknown".
func OwnerNames(e *Examined, f *Finding) []string {
	if f.Company {
		return []string{"company"}
	}
	var names []string
	for _, p := range slices.Concat(f.Owners, f.Bearers) {
		names = append(names, e.nameOf(p))
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) == 0 {
		return []string{"unknown"}
	}
	return names
}

func (e *Examined) nameOf(p Key) string {
	if id := e.People[p].ID; id != "" {
		return id
	}
	return "unknown"
}

func unreadDocs(list []extract.Unread) []DocUnread {
	var docs []DocUnread
	for _, u := range list {
		docs = append(docs, DocUnread{u.Where, u.Type, u.Why})
	}
	return docs
}

func (e *Examined) reason(r *Reason) DocReason {
	d := DocReason{Rule: r.Rule, Detail: r.Detail, Where: r.Where, Count: r.Count, Limit: r.Limit}
	if r.Person != (Key{}) {
		d.Person = e.nameOf(r.Person)
	} else if len(r.Kinds) > 0 {
		d.Person = "unknown"
	}
	for _, k := range r.Kinds {
		if name := Family(k); !slices.Contains(d.Kinds, name) {
			d.Kinds = append(d.Kinds, name)
		}
	}
	slices.Sort(d.Kinds)
	d.Text, d.TextJa = words(r, &d)
	return d
}

// Family is the name under which a kind is shown to people: the three kinds of
// name are one.
func Family(k jp.Kind) string {
	if isName(k) {
		return jp.Name.String()
	}
	return k.String()
}
