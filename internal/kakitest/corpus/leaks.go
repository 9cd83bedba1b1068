package corpus

// leaks are the ways mail goes wrong.
var leaks = []Kind{
	{Name: "a-member-to-many", Class: "A", Cases: "1, 2, 3, 5, 6, 7", Tell: tellMemberToMany,
		Says: "One member's order confirmation goes to many others.", SaysJa: "会員一人の注文確認が多数の会員に届く"},
	{Name: "a-guest-to-many", Class: "A", Cases: "1", Tell: tellGuestToMany, Reach: 2,
		Says: "One guest's order confirmation goes to many others.", SaysJa: "登録のない一人の注文確認が多数に届く"},
	{Name: "c-row-shift", Class: "C", Cases: "17, 20, 22, 23, 24", Tell: tellRowShift,
		Says: "Each member gets the mail of the one in the next row.", SaysJa: "宛先が一行ずれて、全員に隣の会員のメールが届く"},
}

func tellMemberToMany(s *Story) {
	victim := s.member()
	text := s.confirmation(victim, victim)
	s.send(Draft{To: []*Customer{victim}, Subject: "ご注文ありがとうございます", Text: text})
	for range 20 {
		s.send(Draft{To: []*Customer{s.member(victim)}, Truth: Wrong, Subject: "ご注文ありがとうございます", Text: text})
	}
}

func tellGuestToMany(s *Story) {
	victim := s.guest()
	text := s.confirmation(victim, victim)
	for range 20 {
		s.send(Draft{To: []*Customer{s.member()}, Truth: Guest, Subject: "ご注文ありがとうございます", Text: text})
	}
}

func tellRowShift(s *Story) {
	rows := s.members(20)
	for i, c := range rows {
		next := rows[(i+1)%len(rows)]
		s.send(Draft{To: []*Customer{c}, Truth: Wrong, Subject: "ご注文ありがとうございます", Text: s.confirmation(next, next)})
	}
}
