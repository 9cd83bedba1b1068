package response

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kakitome/kakitome/internal/fault"
	"github.com/kakitome/kakitome/internal/law"
)

// factNames are the facts an officer states, and what they are. Names ending
// in _en are the English words of the fact before them. Beside them stand the
// yes and no of the law, by the names that deadlines list as missing.
var factNames = map[string]string{
	"title":          "what happened, in one line",
	"title_en":       "",
	"outline":        "what happened, in a few sentences (規則10条: 概要)",
	"outline_en":     "",
	"cause":          "cause (原因)",
	"cause_en":       "",
	"secondary":      "secondary damage seen or possible (二次被害)",
	"secondary_en":   "",
	"measures":       "measures against recurrence (再発防止)",
	"measures_en":    "",
	"other":          "other matters of reference (その他参考となる事項)",
	"other_en":       "",
	"not_leaked":     "what did not leak, such as card numbers",
	"not_leaked_en":  "",
	"advice":         "what those affected can do",
	"advice_en":      "",
	"items":          "kinds of data that leaked beside those found: birthday, order, card, … separated by commas",
	"next_update":    "when the next news comes, a date",
	"started":        "when the fault began, a time",
	"fault_version":  "version of the roster before the fault",
	"items_text":     "contents that went out beside the kinds found, in words: goods, amount",
	"items_text_en":  "",
	"news":           "what is known since, or was wrong before, for a follow-up letter",
	"news_en":        "",
	"found_by":       "through whom it was found, for the public page",
	"found_by_en":    "",
	"established":    "countries in which the company has a seat, separated by commas: jp, eu",
	"residents":      "how many of the persons live where: eu=12, uk=0",
	"assessed":       "when the assessment was finished, a time",
	"final_numbers":  "yes: nothing more will be counted",
	"contact_person": "who prepares the report",
}

func factList() string {
	return strings.Join(slices.Sorted(maps.Keys(factNames)), ", ") + ", and what kakitome incident deadlines ID lists as not known"
}

// answerOf reads a fact that is yes or no for the law, under the law's own name.
func answerOf(name, value string) (a law.Answer, err error) {
	if err := a.UnmarshalText([]byte(value)); err != nil {
		return a, fault.Newf(fault.Invalid, "note fact", "%s is neither yes nor no", name).WithHint("leave it away while it is not known")
	}
	if err := new(law.Facts).Set(name, a); err != nil {
		return a, fault.Newf(fault.Invalid, "note fact", "%s cannot be said of any fact named %q", a, name).WithHint(factList())
	}
	return a, nil
}

// timeFacts are the facts that are times.
var timeFacts = []string{"next_update", "started", "assessed"}

// factFits says what is wrong with the value of a fact.
func (d *Desk) factFits(name, value string) error {
	_, known := factNames[name]
	switch {
	case value == "": // taken back
		return nil
	case !known:
		_, err := answerOf(name, value)
		return err
	case name == "final_numbers":
		if value != "yes" && value != "no" {
			return fault.Newf(fault.Invalid, "note fact", "%s is neither yes nor no", name).WithHint("leave it away while it is not known")
		}
	case slices.Contains(timeFacts, name):
		if _, ok := d.parseTime(value); !ok {
			return fault.Newf(fault.Invalid, "note fact", "%s is no time", name).WithHint("2026-11-22 14:19, or RFC 3339")
		}
	case name == "residents":
		if _, err := residents(value); err != nil {
			return err
		}
	case name == "items":
		for item := range strings.SplitSeq(value, ",") {
			if !slices.Contains(law.Items(), law.Item(trimmed(item))) {
				return fault.Newf(fault.Invalid, "note fact", "%q is no kind of data", trimmed(item)).WithHint(fmt.Sprint(law.Items()))
			}
		}
	}
	return nil
}

// residents reads how many persons live where: eu=12,uk=0.
func residents(value string) (map[string]int, error) {
	out := map[string]int{}
	for part := range strings.SplitSeq(value, ",") {
		place, n, ok := strings.Cut(trimmed(part), "=")
		count, err := strconv.Atoi(n)
		if !ok || err != nil || count < 0 {
			return nil, fault.New(fault.Invalid, "note fact", "it does not say how many live where").WithHint("eu=12,uk=0")
		}
		out[place] = count
	}
	return out, nil
}
