package mail

// Envelope is what SMTP says beside the content: who sends, who receives, and
// the parameters that must travel on unchanged.
type Envelope struct {
	From       string // reverse-path without brackets; empty is the null sender (RFC 5321 §4.5.5)
	Recipients []Recipient
	Body       string // BODY= 7BIT, 8BITMIME or BINARYMIME; empty when not given (RFC 6152)
	UTF8       bool   // SMTPUTF8 was asked for (RFC 6531)
	RequireTLS bool   // REQUIRETLS was asked for (RFC 8689)
	Ret        string // RET= FULL or HDRS (RFC 3461 §4.3)
	EnvID      string // ENVID=, decoded (RFC 3461 §4.4)
}

// Recipient is one RCPT with its delivery status parameters.
type Recipient struct {
	Address string   // forward-path without brackets
	Notify  []string // NOTIFY= NEVER, or SUCCESS, FAILURE, DELAY; empty when not given (RFC 3461 §4.1)
	ORcpt   string   // ORCPT= as "type;address", decoded; empty when not given (RFC 3461 §4.2)
}
