package law

import "time"

// window counts the deadline of a duty. The error is a *Gap.
func (p *Packs) window(s *situation, d *Duty) error {
	w, zone := d.Rule.Within, s.place.Zone
	event := eventWords[d.Rule.Start]
	if w.Unit == Promptly {
		d.Deadline = Text{"速やかに（法令に日数・時間の定めはない）", "without undue delay (the law names no number)"}
	} else {
		d.Deadline = Text{"起算点がまだない：%s", "its clock has not started: %s"}.with(event.not)
	}
	amount := d.amount(s)
	at := s.at(d.Rule.Start)
	if at.IsZero() {
		return nil
	}
	d.Start = at.In(zone)
	var err error
	switch w.Unit {
	case ClockHours:
		d.Due = d.Start.Add(time.Duration(amount) * time.Hour)
		d.Deadline = Text{"%[1]sまで（%[2]sから%[3]s時間。休日も夏時間の切替えも影響しない）", "by %[1]s (%[3]s hours after %[2]s; neither holidays nor summer time change it)"}.
			with(instantText(d.Due), event.name, same(number(amount)))
	case CalendarDays:
		err = p.days(d, amount)
	}
	if !d.Due.IsZero() {
		for _, share := range reminderShares {
			d.Reminders = append(d.Reminders, d.Start.Add(d.Due.Sub(d.Start)/100*time.Duration(share)))
		}
	}
	return err
}

// amount is the number that holds: the longer one only where its condition
// surely does.
func (d *Duty) amount(s *situation) int {
	w := d.Rule.Within
	if w.Longer == nil {
		return w.Amount
	}
	f := w.Longer.When.find(s)
	switch f.answer {
	case Yes:
		d.Notes = append(d.Notes, Text{"期限は長い方：%s", "the longer deadline holds: %s"}.with(f.texts()))
		return w.Longer.Amount
	case Unknown:
		d.ask(f)
		d.Notes = append(d.Notes, Text{"短い方の期限で扱う。%[2]s日になりうる：%[1]s", "the shorter deadline is kept; it may become %[2]s days: %[1]s"}.
			with(f.texts(), same(number(w.Longer.Amount))))
	case No:
	}
	return w.Amount
}

// days counts local days. They are counted in UTC, where each has 24 hours.
func (p *Packs) days(d *Duty, amount int) error {
	w, zone := d.Rule.Within, d.Start.Location()
	y, m, first := d.Start.Date()
	if w.DayOneIncluded {
		first--
	}
	counted := time.Date(y, m, first+amount, 0, 0, 0, 0, time.UTC)
	last := counted
	var err error
	if w.RollForward != "" {
		var sure bool
		c := p.calendars[w.RollForward]
		last, sure, err = c.open(counted)
		switch {
		case err != nil:
			last = counted
			d.Notes = append(d.Notes, Text{"休日の繰下げを計算できない（%[1]sに%[2]s年がない）。早い方の日を示す", "closed days cannot be looked up (%[1]s lacks %[2]s); the earlier day is shown"}.
				with(same(c.file), same(counted.Format("2006"))))
		case !sure:
			d.Notes = append(d.Notes, Text{"この年の春分・秋分の日は計算によるもので、まだ官報で公示されていない", "the equinox days of that year are computed and not yet announced"})
		}
	}
	d.DueDay = last.Format(time.DateOnly)
	d.Due = midnightAfter(last, zone)
	form := Text{"%[1]sの終わり（%[2]s）まで：%[3]sの日を1日目として%[4]s日目", "by the end of %[1]s (%[2]s): day %[4]s, the day of %[3]s being day 1"}
	if !w.DayOneIncluded {
		form = Text{"%[1]sの終わり（%[2]s）まで：%[3]sの翌日から数えて%[4]s日目", "by the end of %[1]s (%[2]s): day %[4]s, counted from the day after %[3]s"}
	}
	d.Deadline = form.with(dayText(last), same(d.Due.Format("MST")), eventWords[d.Rule.Start].name, same(number(amount)))
	if !last.Equal(counted) {
		d.Deadline = Text{"%[1]s（%[2]s）が閉庁日のため、次の開庁日", "%[1]s (%[2]s) is a closed day, so the next open one"}.
			with(d.Deadline, dayText(counted))
	}
	if w.From > 0 {
		from := time.Date(y, m, first+w.From, 0, 0, 0, 0, time.UTC)
		if d.Earliest = midnightAfter(from.AddDate(0, 0, -1), zone); d.Earliest.Before(d.Start) {
			d.Earliest = d.Start
		}
		d.Deadline = Text{"目安は%[2]sから。%[1]s", "guide: from %[2]s; %[1]s"}.with(d.Deadline, dayText(from))
	}
	if w.Guide {
		d.Deadline = Text{"%s。法令は日数を定めず、目安である", "%s. A guide: the law itself names no number"}.with(d.Deadline)
	}
	return err
}

// midnightAfter is the end of a day in a zone.
func midnightAfter(day time.Time, zone *time.Location) time.Time {
	y, m, n := day.Date()
	return time.Date(y, m, n+1, 0, 0, 0, 0, zone)
}
