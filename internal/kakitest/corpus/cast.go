package corpus

import "time"

// The casts of a story: whose data goes astray, and to whom.

// anyone is a recipient of any sort: a member whose row is full, partial or
// stale, who shares a mailbox with the household or gets mail at work, or a
// guest.
func (s *Story) anyone(not ...*Customer) *Customer {
	if s.chance(15) {
		return s.guest()
	}
	want := one(s, roleFull, roleFull, rolePartial, roleMoved, roleShared, roleStaff)
	return s.memberWho(func(c *Customer) bool { return c.role == want }, not...)
}

// crowd are n recipients of any sort, of different households.
func (s *Story) crowd(n int, not ...*Customer) []*Customer {
	for range n {
		not = append(not, s.anyone(not...))
	}
	return not[len(not)-n:]
}

// declared are n members whose whole rows the roster has.
func declared(s *Story, n int) []*Customer { return s.members(n) }

// partly are n members of whom the roster has name and e-mail address alone.
func partly(s *Story, n int) []*Customer { return s.membersOf(rolePartial, n) }

// moved are n members whose address in the roster is that of before they moved.
func moved(s *Story, n int) []*Customer { return s.membersOf(roleMoved, n) }

func (s *Story) membersOf(want role, n int) []*Customer {
	var all []*Customer
	for range n {
		all = append(all, s.memberWho(func(c *Customer) bool { return c.role == want }, all...))
	}
	return all
}

// strangers are n people whom nobody declared and who get their first mail.
func strangers(s *Story, n int) []*Customer {
	all := make([]*Customer, 0, n)
	for len(all) < n {
		if c := s.guest(); !containsNear(all, c) {
			all = append(all, c)
		}
	}
	return all
}

func containsNear(all []*Customer, c *Customer) bool {
	for _, n := range all {
		if c.near(n) {
			return true
		}
	}
	return false
}

// learned are a cast to each of whom the gateway has let two right mails go on
// two days, so that it has learned whose the data in them is.
func learned(cast func(*Story, int) []*Customer, says paper) func(*Story, int) []*Customer {
	return func(s *Story, n int) []*Customer {
		all := cast(s, n)
		for range 2 {
			for _, c := range all {
				s.mail(c, c, says)
			}
			s.wait(26 * time.Hour)
		}
		return all
	}
}

// mail sends a paper about somebody to somebody; it is wrong if they are two.
func (s *Story) mail(to, about *Customer, says paper) { s.mailAs(Wrong, to, about, says) }

// mailAs is mail whose truth, if they are two, is given. A paper that names
// recipients has written the address fields itself.
func (s *Story) mailAs(truth Truth, to, about *Customer, says paper) {
	if to.Number == about.Number {
		truth = Right
	}
	d := says(s, about)
	d.Truth = truth
	if d.More == nil {
		d.To = []*Customer{to}
	}
	for i := range d.More {
		d.More[i].Truth = truth
	}
	s.send(d)
}
