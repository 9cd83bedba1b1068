package public

import "time"

// Verdict is the answer to "is this mail yours?". There are exactly four.
type Verdict uint8

// The verdicts.
const (
	CannotTell  Verdict = iota // altered, too old, or what it takes is missing
	Ours                       // ours, and meant for this address
	Misdirected                // ours, sent to this address by mistake: please delete it
	NotOurs                    // not in our records; no proof that it is forged
)

// Verified is the answer, with what may be told beside it.
type Verified struct {
	Verdict      Verdict
	Sent         time.Time // Ours, Misdirected
	Purpose      Text      // of its stream: Ours, Misdirected
	Announcement string    // ID: Misdirected, if there is one
	Confirm      string    // token of the confirmation page: Misdirected; empty: to be typed
}

// SelfCheck is the wish to know whether one was affected. It is answered by
// mail to the address, if it is a customer's, and in no other way.
type SelfCheck struct {
	Address string // as typed, trimmed, at most 320 bytes
	Lang    Lang
	At      time.Time
}

// Result is the answer to a SelfCheck, shown once behind the mailed link. It
// holds no value, no name and no recipient.
type Result struct {
	AsOf     time.Time
	Complete bool // the scope is settled; else nobody can be told that nothing happened
	Findings []Finding
}

// Finding is one incident the asker has a part in.
type Finding struct {
	Announcement string // ID, if there is one
	Title        Text
	Affected     bool        // the asker's data was sent to others
	Received     bool        // the asker received somebody else's
	Items        []Text      // kinds of the asker's data: Affected
	Days         []time.Time // on which it happened
}

// Receipt says about which letter somebody speaks: by the token of its page, or
// by its receipt code and the address it came to.
type Receipt struct {
	Token         string // at most 200 bytes; else
	Code, Address string // as typed, at most 200 and 320 bytes
}

// ReportKind says what somebody reports.
type ReportKind string

// The kinds of reports.
const (
	Misaddressed ReportKind = "misaddressed" // "I got somebody else's mail"; the company knows from At on
	Strange      ReportKind = "strange"      // "I got a strange mail"
)

// Report is a mail somebody reports. All words are the reporter's.
type Report struct {
	Kind    ReportKind
	When    string // it came, at most 200 bytes
	Address string // it came to, at most 320 bytes
	Text    string // at most 20,000 bytes
	Mail    []byte // the file, as uploaded, at most 10 MiB; nil: none
	Lang    Lang
	At      time.Time // it was received
}

// Question is something somebody asks.
type Question struct {
	Text  string // at most 20,000 bytes
	Reply string // address or phone number to answer to, at most 320 bytes; may be empty
	Lang  Lang
	At    time.Time
}
