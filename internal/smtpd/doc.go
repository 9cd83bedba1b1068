// Package smtpd is the SMTP door.
//
// It keeps true that a client's bytes reach the gate whole or not at all, that
// what a client gets is never text from inside, and that every limit is
// stated.
//
// # How it is built
//
// go-smtp knows the verbs and their order. Between it and the network stands
// the wire, a net.Conn that hands over one checked command line at a time,
// reads the content of DATA itself, owns STARTTLS, and sends the answers
// coalesced: everything answered so far leaves in one segment when the client
// is waited for. What go-smtp v0.25.1 would let pass is refused there:
//
//   - commands hidden in content after a pause (emersion/go-smtp#196): the
//     connection ends with any error while content is read
//   - bare CR, bare LF and NUL in content, lines of commands ended by LF only
//   - SIZE beyond 32 bits, quoted local parts losing their quotes, parameters
//     given twice, parameters nobody offered, CHUNKING (not offered)
//
// # Limits
//
// Those of a mail and of the machine are in Options. The others:
//
//	command line           4,096 octets; AUTH and its answers 12,288 (RFC 4954 §4)
//	local part, domain     64 and 255 octets, path 256 (RFC 5321 §4.5.3.1)
//	ENVID, ORCPT           100 and 500 octets (RFC 3461 §4.4, §4.2)
//	memory                 about 30 KiB per connection beside MaxInFlightBytes
//	errors                 20 permanent refusals since the last accepted mail, those of RCPT aside
//	AUTH                   3 failures
//	content after refusal  read on for 4 more times Options.MaxMessage
package smtpd
