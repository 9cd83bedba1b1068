package check

import (
	"strings"

	"github.com/kakitome/kakitome/internal/extract"
)

// readings are the parts of a unit that are read without the rest of it, a bit
// for each: the alternatives of a body, of which a mail program shows one, and
// the name of a file, which is seen before the file is opened.
type readings uint16

const (
	inFileName      readings = 1 << 15
	allAlternatives          = inFileName - 1
)

func readingOf(run extract.Run) readings {
	switch {
	case strings.HasSuffix(run.Where, fileName):
		return inFileName
	case run.Alternative == 0:
		return allAlternatives
	}
	return 1 << (run.Alternative - 1)
}

// fileName ends the places of file names.
const fileName = "file name"

// parts are the readings of a unit in which something was found, unless there
// is only one, which is the unit itself.
func (f *finder) parts(u *extract.Unit) [][]Finding {
	var seen readings
	for i := range u.Runs {
		if r := readingOf(u.Runs[i]); r != allAlternatives {
			seen |= r
		}
	}
	var list [][]Finding
	for bit := readings(1); bit != 0; bit <<= 1 {
		if seen&bit == 0 || seen == bit && bit != inFileName {
			continue
		}
		var part []Finding
		for i := range f.findings {
			if f.readings[i]&bit != 0 {
				part = append(part, f.findings[i])
			}
		}
		if len(part) > 0 && len(part) < len(f.findings) {
			list = append(list, part)
		}
	}
	return list
}
