package relay

// Status is what became of a mail for one recipient.
type Status uint8

// The statuses; the values are stable. The zero value claims nothing.
const (
	Deferred Status = iota // not taken, to be tried again
	Relayed                // the relay took responsibility
	Failed                 // refused for good
)

// String is the status in lower case.
func (s Status) String() string {
	switch s {
	case Deferred:
		return "deferred"
	case Relayed:
		return "relayed"
	case Failed:
		return "failed"
	}
	return "unknown"
}

// Outcome is the fate of one recipient, in the relay's own words where it
// spoke and in ours (Code 0) where it did not.
type Outcome struct {
	Recipient int // index into Envelope.Recipients
	Status    Status
	Code      int    // SMTP reply code, 0 when the relay said nothing
	Enhanced  string // "5.1.1" (RFC 3463), empty when the relay gave none
	Text      string // the relay's words, printable, at most 500 bytes; may hold an address: never log it
	Uncertain bool   // the answer to the final dot was lost: the relay may have taken the mail
}

// verdict is an Outcome without its recipient.
type verdict struct {
	status    Status
	code      int
	enhanced  string
	text      string
	uncertain bool
}

func (v verdict) of(recipient int) Outcome {
	return Outcome{recipient, v.status, v.code, v.enhanced, v.text, v.uncertain}
}

// all gives n recipients the same fate.
func (v verdict) all(n int) []Outcome {
	out := make([]Outcome, n)
	for i := range out {
		out[i] = v.of(i)
	}
	return out
}

// Our own words, where the relay could not or need not be asked.
var (
	untouched = verdict{text: "not tried"}
	lost      = verdict{enhanced: "4.4.2", text: "connection to the relay lost"}
	inDoubt   = verdict{enhanced: "4.4.2", text: "the relay's answer to the content was lost", uncertain: true}

	badLines   = verdict{status: Failed, code: 550, enhanced: "5.6.11", text: "bare CR, bare LF or NUL in the content"}
	badAddress = verdict{status: Failed, code: 553, enhanced: "5.1.3", text: "address cannot be said in SMTP"}
	needs8Bit  = verdict{status: Failed, code: 554, enhanced: "5.6.3", text: "the relay does not take this BODY type, and mail is never converted"}
	needsUTF8  = verdict{status: Failed, code: 554, enhanced: "5.6.7", text: "the relay does not take internationalised mail (SMTPUTF8)"}
	needsTLS   = verdict{status: Failed, code: 554, enhanced: "5.7.30", text: "the relay does not offer REQUIRETLS"}
	tooLarge   = verdict{status: Failed, code: 552, enhanced: "5.3.4", text: "larger than the relay takes"}
)
