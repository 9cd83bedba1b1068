package extract

import (
	"net/textproto"
	"strings"

	"github.com/kakitome/kakitome/internal/mail"
)

// machinery are the header fields that programs write for programs; what they
// hold is no free text (or, as with file names, is read from the Part).
// X-Kakitome-* fields are orders to the gateway and never leave.
var machinery = map[string]bool{
	"Arc-Authentication-Results": true, "Arc-Message-Signature": true, "Arc-Seal": true,
	"Authentication-Results": true, "Content-Disposition": true, "Content-Id": true,
	"Content-Language": true, "Content-Length": true, "Content-Md5": true,
	"Content-Transfer-Encoding": true, "Content-Type": true, "Date": true,
	"Dkim-Signature": true, "Domainkey-Signature": true, "In-Reply-To": true,
	"Message-Id": true, "Mime-Version": true, "Received": true, "Received-Spf": true,
	"References": true, "Resent-Date": true, "Resent-Message-Id": true, "Thread-Index": true,
}

// knownParams are the Content-Type parameters that hold no free text.
var knownParams = map[string]bool{
	"boundary": true, "charset": true, "delsp": true, "differences": true, "format": true,
	"method": true, "micalg": true, "protocol": true, "report-type": true,
	"smime-type": true, "start": true, "start-info": true, "type": true, "reply-type": true,
}

// header adds the free text of a part's header: every field value that is not
// machinery, lines that are no field, and odd parameters. The text of address
// fields is whole; whose address may be there is for the judge.
func (u *unit) header(p *mail.Part) {
	for _, f := range p.Fields {
		name := textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(f.Name))
		switch {
		case machinery[name], strings.HasPrefix(name, "X-Kakitome-"):
		case name == "Subject":
			u.prose("subject", f.Value, 0)
		default:
			u.prose("header "+label(name, "no name"), f.Value, 0)
			if strings.ContainsAny(f.Name, "0123456789@") { // a program that misses where the header ends shows it all
				u.prose("header name", f.Name, 0)
			}
		}
	}
	u.prose("stray header", p.Stray, 0)
	u.params(p)
}

func (u *unit) params(p *mail.Part) {
	for _, name := range sortedKeys(p.Params) {
		value := p.Params[name]
		if !knownParams[name] && value != p.Filename {
			u.prose("header Content-Type", value, 0)
		}
	}
}
