package response

import (
	"maps"
	"slices"
	"strings"
)

// factNames are the facts an officer states, and what they are. Names ending
// in _en are the English words of the fact before them.
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
	"special_care":   "yes, no: sensitive data (要配慮個人情報)",
	"property":       "yes, no: misuse may cost money (財産的被害)",
	"improper":       "yes, no: somebody may have done it on purpose (不正の目的)",
	"intrusion":      "yes, no: unlawful access from outside",
	"unique_ids":     "yes, no: resident, passport or licence numbers",
	"encrypted":      "yes, no: strongly encrypted and the key safe",
	"processor":      "yes, no: the data is held for somebody else",
	"risk":           "yes, no: a risk to the persons (GDPR 33)",
	"high_risk":      "yes, no: a high risk to the persons (GDPR 34)",
	"identity":       "yes, no: name with an identity number, account with its code, health, or login with password",
	"remedied":       "yes, no: what was done makes harm unlikely",
	"items_text":     "contents that went out beside the kinds found, in words: goods, amount",
	"items_text_en":  "",
	"news":           "what is known since, or was wrong before, for a follow-up letter",
	"news_en":        "",
	"found_by":       "through whom it was found, for the public page",
	"found_by_en":    "",
	"harm":           "yes, no: significant harm (Singapore)",
	"established":    "countries in which the company has a seat, separated by commas: jp, eu",
	"residents":      "how many of the persons live where: eu=12, uk=0",
	"assessed":       "when the assessment was finished, a time",
	"final_numbers":  "yes: nothing more will be counted",
	"contact_person": "who prepares the report",
}

func factList() string { return strings.Join(slices.Sorted(maps.Keys(factNames)), ", ") }

// FactNames says which facts there are, with what each is.
func FactNames() map[string]string { return maps.Clone(factNames) }
