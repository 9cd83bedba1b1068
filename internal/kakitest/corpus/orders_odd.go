package corpus

import "strings"

// oddOrders are the kinds of right mail in which what an order says does not
// quite fit what the roster has.
var oddOrders = []Kind{
	{Name: "order-no-room", Weight: 3, Tell: tellNoRoom,
		Says: "Somebody who lives in a flat leaves out the room.", SaysJa: "部屋番号を省いた住所の注文確認"},
	{Name: "order-typed-otherwise", Weight: 3, Tell: tellTypedOtherwise,
		Says: "A name typed with another character than the roster has, or by half.", SaysJa: "氏名の漢字違い・姓だけなど、名簿と違う入力の注文確認"},
	{Name: "order-recycled-number", Weight: 1, Tell: tellRecycledNumber,
		Says: "The mobile number of a member who gave it up is now that of another, and the roster knows the former.", SaysJa: "解約された携帯番号が別の会員に再割当てされた注文確認（名簿は前の持ち主のまま）"},
	{Name: "order-recycled-home", Weight: 1, Tell: tellRecycledHome,
		Says: "A member moved to where another, whose row is stale, lived before.", SaysJa: "別の会員の旧居（名簿に残る）へ引っ越した会員の注文確認"},
	{Name: "order-card-of-spouse", Weight: 2, Tell: tellSpousesCard,
		Says: "An order paid with the card of somebody of the same home whom the roster does not know.", SaysJa: "名簿にない同居家族名義のカードで支払った注文確認"},
	{Name: "order-care-of", Weight: 1, Tell: tellCareOf,
		Says: "An order to a member who stays with another member: c/o.", SaysJa: "別の会員宅への気付（様方）の注文確認"},
	{Name: "reply-couple", Weight: 1, Tell: tellCouple,
		Says: "Staff answer a couple, each with an address of their own, visible to each other.", SaysJa: "夫婦二人（同居の会員）宛ての返信（互いのアドレスが見える）"},
}

func tellNoRoom(s *Story) {
	c := s.memberWho(func(c *Customer) bool { return isFull(c) && c.Building != "" })
	said := *c
	said.Building = ""
	s.send(s.ordered(&said, &said))
}

func tellTypedOtherwise(s *Story) {
	c := s.member()
	said := *c
	other := strings.NewReplacer("斎", "斉", "斉", "斎", "辺", "邊", "崎", "﨑", "島", "嶋", "子", "こ", "美", "実", "郎", "朗", "一", "市", "裕", "祐", "恵", "惠", "川", "河", "太", "大")
	switch s.rng.IntN(3) {
	case 0:
		said.Family = other.Replace(c.Family)
	case 1:
		said.Given = other.Replace(c.Given)
	default:
		said.Given = ""
		said.GivenKana = ""
	}
	s.send(s.ordered(&said, &said))
}

func tellRecycledNumber(s *Story) {
	former := s.member()
	c := s.memberWho(func(c *Customer) bool { return c.role == roleRenumbered }, former)
	now := *c
	now.Mobile = former.Mobile
	s.send(s.ordered(&now, &now))
}

func tellRecycledHome(s *Story) {
	former := s.member()
	c := s.member(former)
	now := *c
	now.PostalCode, now.Prefecture, now.Town, now.House, now.Building, now.Landline = former.PostalCode, former.Prefecture, former.Town, former.House, former.Building, ""
	s.send(s.ordered(&now, &now))
}

func tellSpousesCard(s *Story) {
	c := s.member()
	spouse := s.guest()
	d := s.ordered(c, c)
	d.Text = "カード名義：" + strings.ToUpper(spouse.GivenLatin+" "+c.FamilyLatin) + "\nカード会員様：" + c.Family + " " + spouse.Given + "\n\n" + d.Text
	s.send(d)
}

func tellCareOf(s *Story) {
	c := s.member()
	host := s.member(c)
	there := *c
	there.PostalCode, there.Prefecture, there.Town, there.House = host.PostalCode, host.Prefecture, host.Town, host.House
	if there.Building = host.Family + "様方"; host.Building != "" {
		there.Building = host.Building + " " + host.Family + "様方"
	}
	s.send(s.ordered(c, &there))
}

func tellCouple(s *Story) {
	for {
		couple := s.relatives(isFull)[:2]
		if couple[1].role != roleFull {
			continue
		}
		d := s.fromStaff()
		d.To, d.Subject = couple, "Re: お打ち合わせの件"
		d.Text = s.prose().line("%s 様\n%s 様\n\n%s", s.name(couple[0]), s.name(couple[1]), s.answer()).close() + s.quoted(couple[0], s.question(couple[0]))
		s.send(d)
		return
	}
}
