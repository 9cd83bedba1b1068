package config

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// Errors of units.
var (
	errDuration = errors.New("not a duration")
	errNoUnit   = errors.New("a number without a unit")
	errTooLong  = errors.New("longer than can be counted")
	errSize     = errors.New("not a size")
)

// parseDuration reads whole numbers with the units s, m, h and d, the larger
// first: 1d12h.
func parseDuration(text string) (time.Duration, error) {
	units := []struct {
		name string
		unit time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}}
	var sum time.Duration
	rest := text
	for _, u := range units {
		number, behind := digits(rest)
		if number == "" || !strings.HasPrefix(behind, u.name) {
			continue
		}
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || n > int64((math.MaxInt64-sum)/u.unit) {
			return 0, errTooLong
		}
		sum += time.Duration(n) * u.unit
		rest = behind[len(u.name):]
	}
	switch number, behind := digits(rest); {
	case text == "":
		return 0, errDuration
	case rest == "":
		return sum, nil
	case number != "" && behind == "":
		return 0, errNoUnit
	default:
		return 0, errDuration
	}
}

func digits(s string) (number, behind string) {
	i := 0
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return s[:i], s[i:]
}

func parseSize(text string) (Size, error) {
	number, unit := digits(text)
	factor := map[string]int64{
		"B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30,
	}[unit]
	switch {
	case number != "" && unit == "":
		return 0, errNoUnit
	case number == "" || factor == 0:
		return 0, errSize
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n > math.MaxInt64/factor {
		return 0, errTooLong
	}
	return Size(n * factor), nil
}
