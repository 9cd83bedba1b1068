package law

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/kakitome/kakitome/internal/jp"
)

// Answer is three-valued. The zero value is Unknown, so that a fact nobody
// stated is not known.
type Answer uint8

// The answers. They are ordered by nothing.
const (
	Unknown Answer = iota
	Yes
	No
)

func (a Answer) String() string {
	switch a {
	case Yes:
		return "yes"
	case No:
		return "no"
	default:
		return "unknown"
	}
}

// MarshalText writes "yes", "no" or "unknown".
func (a Answer) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what MarshalText writes; an empty text is Unknown.
func (a *Answer) UnmarshalText(text []byte) error {
	switch string(text) {
	case "yes":
		*a = Yes
	case "no":
		*a = No
	case "unknown", "":
		*a = Unknown
	default:
		return errors.New("an answer is yes, no or unknown")
	}
	return nil
}

func (a Answer) not() Answer {
	switch a {
	case Yes:
		return No
	case No:
		return Yes
	default:
		return Unknown
	}
}

// Count is a number that may not be fixed yet. The zero value is a number of
// which nothing is known; [Exactly] and [AtMost] make the others.
type Count struct {
	Least int `json:"least"` // proven
	// Most is what it can be at most. 0 says that no bound is known, unless Final.
	Most int `json:"most"`
	// Final says that nothing more will be counted; Count{Final: true} is none.
	Final bool `json:"final"`
}

// Exactly is a count that is fixed.
func Exactly(n int) Count { return Count{Least: n, Most: n, Final: true} }

// AtMost is a count with proven bounds that is not fixed yet. At most none is
// none, and fixed.
func AtMost(least, most int) Count { return between(least, most, false) }

func (c Count) bounded() bool { return c.Final || c.Most > 0 }

// top is the upper bound.
func (c Count) top() int {
	if !c.bounded() {
		return math.MaxInt
	}
	return c.Most
}

// between is the count with these bounds.
func between(least, top int, final bool) Count {
	if top == math.MaxInt {
		return Count{Least: least}
	}
	return Count{Least: least, Most: top, Final: final || top == 0}
}

// over tells whether it is more than n.
func (c Count) over(n int) Answer {
	switch {
	case c.Least > n:
		return Yes
	case c.top() <= n:
		return No
	default:
		return Unknown
	}
}

func (c Count) check() error {
	if c.Least < 0 || c.Most < 0 || c.Least > c.top() {
		return errors.New("a count needs 0 ≤ least ≤ most")
	}
	return nil
}

// text says the number and how sure it is.
func (c Count) text() Text {
	switch {
	case c.Final && c.Least == c.Most:
		return textf("%s（確定）", "%s (fixed)", number(c.Least))
	case c.bounded():
		return textf("確認済み %s・最大 %s", "%s confirmed, %s at most", number(c.Least), number(c.Most))
	case c.Least > 0:
		return textf("確認済み %s・最大数は不明", "%s confirmed, upper bound unknown", number(c.Least))
	default:
		return Text{"不明", "unknown"}
	}
}

// Item is a kind of data as report forms list them.
type Item string

// The items.
const (
	ItemName       Item = "name"
	ItemBirthday   Item = "birthday"
	ItemSex        Item = "sex"
	ItemAddress    Item = "address"
	ItemPhone      Item = "phone"
	ItemEmail      Item = "email"
	ItemCard       Item = "card"     // card numbers
	ItemPassword   Item = "password" // with or without the login name
	ItemMemberNo   Item = "member_no"
	ItemOrder      Item = "order" // what was bought, order numbers
	ItemHealth     Item = "health"
	ItemGovernment Item = "government_id"
	ItemBank       Item = "bank_account"
	ItemOther      Item = "other"
)

// Items lists all items in the order of the forms.
func Items() []Item {
	return []Item{ItemName, ItemBirthday, ItemSex, ItemAddress, ItemPhone, ItemEmail, ItemCard, ItemPassword, ItemMemberNo,
		ItemOrder, ItemHealth, ItemGovernment, ItemBank, ItemOther}
}

var itemWords = map[Item]Text{
	ItemName: {"氏名", "name"}, ItemBirthday: {"生年月日", "date of birth"}, ItemSex: {"性別", "sex"},
	ItemAddress: {"住所", "postal address"}, ItemPhone: {"電話番号", "telephone number"}, ItemEmail: {"メールアドレス", "e-mail address"},
	ItemCard: {"クレジットカード情報", "payment card data"}, ItemPassword: {"パスワード", "password"},
	ItemMemberNo: {"会員番号", "member number"}, ItemOrder: {"注文内容・注文番号", "orders and order numbers"},
	ItemHealth: {"健康・医療に関する情報", "health data"}, ItemGovernment: {"公的な番号（個人番号等）", "government identifiers"},
	ItemBank: {"口座情報", "bank account"}, ItemOther: {"その他", "other data"},
}

// Words is the item as a form names it; of an unknown one, its own name.
func (i Item) Words() Text {
	if w, ok := itemWords[i]; ok {
		return w
	}
	return same(string(i))
}

// ItemOf is the item a kind of identifier counts as.
func ItemOf(k jp.Kind) Item {
	switch k {
	case jp.Email:
		return ItemEmail
	case jp.Phone:
		return ItemPhone
	case jp.Name, jp.NameKana, jp.NameLatin:
		return ItemName
	case jp.PostalCode, jp.Address:
		return ItemAddress
	case jp.Birthday:
		return ItemBirthday
	case jp.MemberNo:
		return ItemMemberNo
	case jp.OrderNo:
		return ItemOrder
	default:
		return ItemOther
	}
}

// Place is what one jurisdiction needs to know.
type Place struct {
	Established Answer `json:"established"` // we have a seat or branch there
	Offers      Answer `json:"offers"`      // we offer goods or services to people there
	Residents   Count  `json:"residents"`   // of the persons whose data leaked
	// Zone counts its calendar days. Nil is the zone its pack names.
	Zone *time.Location `json:"-"`
}

// Facts is what is known of an incident. The zero value knows nothing.
type Facts struct {
	// Occurred is when data first went out; its day chooses the rules. Zero: Known does.
	Occurred time.Time `json:"occurred,omitzero"`
	// Known is when the first of our departments learned of it. Zero: not recorded.
	Known time.Time `json:"known,omitzero"`
	// Assessed is when the assessment was finished. Zero, as for the next two: not yet.
	Assessed       time.Time `json:"assessed,omitzero"`
	ControllerTold time.Time `json:"controller_told,omitzero"` // all that the law asks of a processor
	PersonsTold    time.Time `json:"persons_told,omitzero"`    // the first of the persons was written to

	Persons Count            `json:"persons"` // whose data leaked: neither mails nor recipients
	Places  map[string]Place `json:"places,omitempty"`
	// Items are those that leaked; further ones may, until ItemsFinal.
	Items      []Item `json:"items,omitempty"`
	ItemsFinal bool   `json:"items_final,omitempty"`

	SpecialCare     Answer `json:"special_care"`     // 要配慮個人情報, special categories
	PropertyDamage  Answer `json:"property_damage"`  // misuse may cost money (財産的被害)
	ImproperPurpose Answer `json:"improper_purpose"` // somebody may have done it on purpose: not one's own mistake
	Intrusion       Answer `json:"intrusion"`        // unlawful access from outside
	UniqueIDs       Answer `json:"unique_ids"`       // resident registration, passport, licence numbers (Korea)
	IdentityData    Answer `json:"identity_data"`    // name with such a number, account with code, health; or login with password (US)
	Encrypted       Answer `json:"encrypted"`        // strongly, and the key is safe
	Database        Answer `json:"database"`         // 個人データ: from a collection one can search
	UnreadDeleted   Answer `json:"unread_deleted"`   // every recipient is confirmed to have deleted it unread
	Retrieved       Answer `json:"retrieved"`        // path known; retrieved or deleted, so that harm is markedly unlikely
	Remedied        Answer `json:"remedied"`         // what was done makes the harm unlikely
	Processor       Answer `json:"processor"`        // we hold the data for somebody else
	Risk            Answer `json:"risk"`             // No: unlikely to result in a risk to the persons
	HighRisk        Answer `json:"high_risk"`
	SignificantHarm Answer `json:"significant_harm"`
}

// check refuses facts that cannot be.
func (f *Facts) check(now time.Time) error {
	for _, t := range []struct {
		name string
		at   time.Time
	}{{"occurred", f.Occurred}, {"known", f.Known}, {"assessed", f.Assessed}, {"controller_told", f.ControllerTold}, {"persons_told", f.PersonsTold}} {
		if t.at.After(now) {
			return fmt.Errorf("facts: %s lies in the future", t.name)
		}
	}
	for _, later := range []time.Time{f.Assessed, f.ControllerTold, f.PersonsTold} {
		if !later.IsZero() && later.Before(f.Known) {
			return errors.New("facts: assessed or told before it was known")
		}
	}
	if err := f.Persons.check(); err != nil {
		return fmt.Errorf("facts: persons: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(f.Places)) {
		r := f.Places[name].Residents
		if err := r.check(); err != nil {
			return fmt.Errorf("facts: residents of %s: %w", name, err)
		}
		if r.Least > f.Persons.top() {
			return fmt.Errorf("facts: more residents of %s than persons", name)
		}
	}
	return nil
}

// covered is how many persons count for the law of a place: all, where we are
// established, else those who live there.
func (f *Facts) covered(p Place) Count {
	all, some := f.Persons, p.Residents
	all = between(max(all.Least, some.Least), all.top(), all.Final)
	some = between(some.Least, min(some.top(), all.top()), some.Final)
	switch p.Established {
	case Yes:
		return all
	case No:
		return some
	default:
		return between(some.Least, all.top(), false)
	}
}
