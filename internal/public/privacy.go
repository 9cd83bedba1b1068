package public

import "time"

// Privacy is what the mail gateway does with personal data: generated from the
// policy in force.
type Privacy struct {
	Company string        `json:"company"`
	Streams []Stream      `json:"streams"`
	Bodies  time.Duration `json:"bodies_ns"`    // how long the text of a mail is kept, sealed
	Facts   time.Duration `json:"exposures_ns"` // how long it is kept who was sent whose data, as keyed hashes
	Contact Contact       `json:"contact,omitzero"`
	Rights  Text          `json:"rights,omitzero"` // how to ask for disclosure, correction, erasure; empty: the usual words
}

// Stream is mail of one purpose.
type Stream struct {
	Name    string  `json:"name"`
	Purpose Text    `json:"purpose"`
	Kinds   []Text  `json:"kinds"` // of data it may carry
	Shared  []Share `json:"shared,omitempty"`
}

// Share is who else may be sent data, until when.
type Share struct {
	With  string    `json:"with"`
	Kinds []Text    `json:"kinds"`
	Until time.Time `json:"until,omitzero"`
}

// Document is the notice as it is published and logged.
func (p Privacy) Document() ([]byte, error) { return document(p) }

// ParsePrivacy reads a Document.
func ParsePrivacy(doc []byte) (Privacy, error) { return parse[Privacy](doc) }
