package law

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Calendar is the closed days of a place, as a data file states them.
type Calendar struct {
	Name      string   `yaml:"calendar"`
	Weekdays  []string `yaml:"weekdays"`
	EveryYear []string `yaml:"every_year"` // 12-29
	Source    Source   `yaml:"source"`
	Years     []Year   `yaml:"years"`

	file string
}

// Year is the public holidays of one year.
type Year struct {
	Year int `yaml:"year"`
	// Announced is false while days of the year are computed and not yet announced.
	Announced bool              `yaml:"announced"`
	Days      map[string]string `yaml:"days"` // day → name
}

// Gap is something the packs do not say and should: no deadline or duty was
// dropped for it, but somebody has to look.
type Gap struct {
	File string // of the pack or calendar
	What string
}

func (g *Gap) Error() string { return fmt.Sprintf("law: %s: %s", g.File, g.What) }

// open rolls a day forward to the next on which the place is open. Sure is
// false when days of a year were asked for that are not announced yet.
func (c *Calendar) open(day time.Time) (open time.Time, sure bool, err error) {
	sure = true
	for {
		closed, announced, err := c.closed(day)
		if err != nil {
			return day, false, err
		}
		sure = sure && announced
		if !closed {
			return day, sure, nil
		}
		day = day.AddDate(0, 0, 1)
	}
}

// closed looks a day up. A year without data is an error even on a Sunday: what
// follows is not known.
func (c *Calendar) closed(day time.Time) (closed, announced bool, err error) {
	at := slices.IndexFunc(c.Years, func(y Year) bool { return y.Year == day.Year() })
	if at < 0 {
		return false, false, &Gap{c.file, fmt.Sprintf("no public holidays for the year %d", day.Year())}
	}
	text := day.Format(time.DateOnly)
	y := c.Years[at]
	closed = slices.Contains(c.Weekdays, strings.ToLower(day.Weekday().String())) ||
		slices.Contains(c.EveryYear, text[len("2006-"):]) || y.Days[text] != ""
	return closed, y.Announced, nil
}

// check refuses a calendar that cannot be right.
func (c *Calendar) check() error {
	if c.Name == "" || c.Source.Cite == "" {
		return fmt.Errorf("calendar and source.cite are needed")
	}
	if len(c.Weekdays) >= 7 {
		return fmt.Errorf("weekdays: no day is left")
	}
	for _, d := range c.Weekdays {
		if !slices.Contains(weekdays, d) {
			return fmt.Errorf("weekdays: %q is none", d)
		}
	}
	if len(c.EveryYear) > maxClosed {
		return fmt.Errorf("every_year: over %d days", maxClosed)
	}
	for _, d := range c.EveryYear {
		if !isDay("2024-" + d) { // a leap year: 02-29 is a day
			return fmt.Errorf("every_year: %q is not a day such as 12-29", d)
		}
	}
	seen := map[int]bool{}
	for _, y := range c.Years {
		if seen[y.Year] {
			return fmt.Errorf("years: %d stands twice", y.Year)
		}
		seen[y.Year] = true
		if len(y.Days) > maxClosed {
			return fmt.Errorf("years: %d has over %d days", y.Year, maxClosed)
		}
		for day, name := range y.Days {
			if !isDay(day) || day[:4] != fmt.Sprintf("%04d", y.Year) || name == "" {
				return fmt.Errorf("years: %d: %q is no named day of that year", y.Year, day)
			}
		}
	}
	return nil
}

// maxClosed bounds a list of closed days, so that an open one always follows.
const maxClosed = 60

var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// isDay tells whether s is a day such as 2026-11-22.
func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil && len(s) == len(time.DateOnly)
}
