package corpus

import (
	"strings"

	"golang.org/x/text/width"
)

// name is a customer's name in one of the spellings mail has it in.
func (s *Story) name(c *Customer) string {
	return one(s, c.Family+" "+c.Given, c.Family+" "+c.Given, c.Family+c.Given, c.Family+"　"+c.Given)
}

// kana is the reading, full or half width, or in hiragana's sister.
func (s *Story) kana(c *Customer) string {
	return one(s, c.Kana(), c.Kana(), c.FamilyKana+c.GivenKana, width.Narrow.String(c.Kana()))
}

// mobile is the mobile number in one of its spellings.
func (s *Story) mobile(c *Customer) string { return s.number10(c.Mobile) }

func (s *Story) number10(n string) string {
	digits := strings.ReplaceAll(n, "-", "")
	parts := strings.Split(n, "-")
	return one(s, n, n, n, digits, width.Widen.String(n), parts[0]+"("+parts[1]+")"+parts[2], "+81 "+n[1:])
}

// address is the address in one of its spellings, on one line.
func (s *Story) address(c *Customer) string {
	house := c.House
	parts := strings.Split(house, "-")
	house = one(s, house, house, width.Widen.String(house),
		parts[0]+"丁目"+parts[1]+"番"+parts[2]+"号", parts[0]+"丁目"+parts[1]+"-"+parts[2])
	a := c.Prefecture + c.Town + house
	if c.Building != "" {
		a += one(s, " ", "　") + c.Building
	}
	return a
}

// postal is the postal code.
func (s *Story) postal(c *Customer) string {
	return one(s, "〒"+c.PostalCode, "〒 "+c.PostalCode, "〒"+strings.ReplaceAll(c.PostalCode, "-", ""))
}
