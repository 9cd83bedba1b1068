package demo

import (
	"fmt"
	"slices"
)

// Figures is what a drill measured; its JSON is what `demo --json` prints, see
// interface.md. Seconds are wall time.
type Figures struct {
	Members       int      `json:"members"`
	ImportSeconds float64  `json:"import_seconds"`
	Normal        Normal   `json:"normal"`
	Enforce       Enforce  `json:"enforce"`
	Observe       Observe  `json:"observe"`
	Response      Response `json:"response"`
	Guest         Guest    `json:"guest"`
	Evidence      Evidence `json:"evidence"`
	Seconds       float64  `json:"seconds"`
	Broken        []string `json:"broken"` // promises that did not hold, by name
	OK            bool     `json:"ok"`
}

// Normal is a day without a defect.
type Normal struct {
	Orders    int     `json:"orders"`
	Gifts     int     `json:"gifts"`
	Sent      int     `json:"sent"`
	Delivered int     `json:"delivered"`
	Held      int     `json:"held"`
	Altered   int     `json:"altered"` // arrived, but not byte for byte
	Seconds   float64 `json:"seconds"`
}

// Enforce is the incident in a stream that enforces.
type Enforce struct {
	WrongSent          int     `json:"wrong_sent"`
	WrongDelivered     int     `json:"wrong_delivered"`
	RightDelivered     int     `json:"right_delivered"`
	Held               int     `json:"held"`
	Explained          int     `json:"explained"` // of Held: name the buyer and the rule
	Read               int     `json:"explanations_read"`
	Example            string  `json:"explanation"`
	ExampleJa          string  `json:"explanation_ja"`
	MeanwhileSent      int     `json:"meanwhile_sent"`
	MeanwhileDelivered int     `json:"meanwhile_delivered"`
	Discarded          int     `json:"discarded"`
	DiscardSeconds     float64 `json:"discard_seconds"`
	SendSeconds        float64 `json:"send_seconds"`
	Seconds            float64 `json:"seconds"`
}

// Observe is the incident in a stream that only observes.
type Observe struct {
	Person          string  `json:"person"`
	WrongSent       int     `json:"wrong_sent"`
	WrongDelivered  int     `json:"wrong_delivered"`
	AlarmSeconds    float64 `json:"alarm_seconds"` // from the first wrong mail to the alarm; negative: none came
	ExposureOthers  int     `json:"exposure_others"`
	ExposureExact   bool    `json:"exposure_exact"`
	ExposureSeconds float64 `json:"exposure_seconds"`
	SendSeconds     float64 `json:"send_seconds"`
	Seconds         float64 `json:"seconds"`
}

// Response is what came after Observe had let the wrong mails go.
type Response struct {
	DetectSeconds           float64 `json:"detect_seconds"`
	StopSeconds             float64 `json:"stop_seconds"`          // from opening the incident to everything stopped
	ScopeSeconds            float64 `json:"scope_seconds"`         // until the ledger had said it, exactly
	ScopeCheckedSeconds     float64 `json:"scope_checked_seconds"` // until the second computation had agreed
	Persons                 int     `json:"persons"`
	Recipients              int     `json:"recipients"`
	Agreed                  bool    `json:"agreed"`
	LettersReadySeconds     float64 `json:"letters_ready_seconds"`
	Letters                 int     `json:"letters"`
	LettersSent             int     `json:"letters_sent"`
	LettersSentSeconds      float64 `json:"letters_sent_seconds"` // from the first approval to the last mailbox
	LettersWithLeakedValues int     `json:"letters_with_leaked_values"`
	PageSeconds             float64 `json:"page_seconds"` // from approval to being there
	ConfirmedUnread         int     `json:"confirmed_unread"`
	ConfirmedDeleted        int     `json:"confirmed_deleted"`
	Duties                  int     `json:"duties"`
	ReportLines             int     `json:"report_lines"`
	ReportUnknown           int     `json:"report_unknown"`
	ReplayWrong             int     `json:"replay_wrong"`
	ReplayStopped           int     `json:"replay_stopped"`
	ReplaySeconds           float64 `json:"replay_seconds"`
	State                   string  `json:"state"`
	Events                  int     `json:"events"`
	Seconds                 float64 `json:"seconds"`
}

// Guest is the same defect with a buyer nobody has registered.
type Guest struct {
	WrongSent                    int     `json:"wrong_sent"`
	WrongDelivered               int     `json:"wrong_delivered"` // the guest was served first
	WrongDeliveredStrangersFirst int     `json:"wrong_delivered_strangers_first"`
	FanOut                       int     `json:"fan_out"`
	WrongDeliveredWithHoldFor    int     `json:"wrong_delivered_with_hold_for"`
	HeldWithHoldFor              int     `json:"held_with_hold_for"`
	Seconds                      float64 `json:"seconds"`
}

// Evidence is the check of the evidence log at the end.
type Evidence struct {
	Verified bool    `json:"verified"`
	Entries  int64   `json:"entries"`
	Seconds  float64 `json:"seconds"`
}

// promise notes a promise that did not hold.
func (f *Figures) promise(kept bool, format string, args ...any) {
	if broken := fmt.Sprintf(format, args...); !kept && !slices.Contains(f.Broken, broken) {
		f.Broken = append(f.Broken, broken)
	}
}

// equal notes a figure that is not what was promised.
func (f *Figures) equal(name string, got, want int) {
	f.promise(got == want, "%s: %d, not %d", name, got, want)
}

// atMost notes a figure that is above what was promised.
func (f *Figures) atMost(name string, got, limit int) {
	f.promise(got <= limit, "%s: %d, over %d", name, got, limit)
}
