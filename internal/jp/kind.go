package jp

// Kind is the kind of an identifier. The values are stored; they never change.
type Kind uint8

// The kinds of identifiers.
const (
	Email      Kind = 1
	Phone      Kind = 2
	Name       Kind = 3
	NameKana   Kind = 4
	NameLatin  Kind = 5
	PostalCode Kind = 6
	Address    Kind = 7
	Birthday   Kind = 8
	MemberNo   Kind = 9
	OrderNo    Kind = 10
	Other      Kind = 11
	// Attachment is the hash of an attachment; it is never in a roster.
	Attachment Kind = 12
	// Link is the secret part of a personal URL.
	Link Kind = 13
)

var kindNames = [...]string{
	Email: "email", Phone: "phone", Name: "name", NameKana: "name_kana", NameLatin: "name_latin",
	PostalCode: "postal_code", Address: "address", Birthday: "birthday", MemberNo: "member_no",
	OrderNo: "order_no", Other: "other", Attachment: "attachment", Link: "link",
}

// String returns the name used in rosters, policies and reports, or "unknown".
func (k Kind) String() string {
	if !k.Valid() {
		return "unknown"
	}
	return kindNames[k]
}

// Valid tells whether k is one of the kinds.
func (k Kind) Valid() bool { return k >= Email && k <= Link }

// ParseKind is the inverse of [Kind.String].
func ParseKind(s string) (Kind, bool) {
	for k := Email; k <= Link; k++ {
		if kindNames[k] == s {
			return k, true
		}
	}
	return 0, false
}

// TextMatched tells whether values of k are looked for as runs of folded text
// (see [Forms]), rather than recognised by shape.
func (k Kind) TextMatched() bool {
	switch k {
	case Name, NameKana, NameLatin, Address, MemberNo, OrderNo, Other:
		return true
	default:
		return false
	}
}
