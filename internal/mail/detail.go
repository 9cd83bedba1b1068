package mail

import "strings"

// WithDetail puts a detail into an address (RFC 5233 §1): bounce@shop.example
// with t0k3n becomes bounce+t0k3n@shop.example. Local parts have at most 64
// octets (RFC 5321 §4.5.3.1.1), and mail systems may change their case.
func WithDetail(address, detail string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return address
	}
	return address[:at] + "+" + detail + address[at:]
}

// Detail is what WithDetail put into base to give address, in lower case, empty
// when they are the same. It is not ok when address is another one.
func Detail(base, address string) (detail string, ok bool) {
	base, address = strings.ToLower(base), strings.ToLower(address)
	at, end := strings.LastIndexByte(base, '@'), strings.LastIndexByte(address, '@')
	if at < 1 || end < at || base[at:] != address[end:] || base[:at] != address[:at] {
		return "", false
	}
	if detail = address[at:end]; detail == "" {
		return "", true
	}
	return strings.CutPrefix(detail, "+")
}
