package office

import "strings"

// said are attributes whose values are written for people whatever they look
// like: "Taro" is a name and looks like one of a program's words.
var said = func() map[string]bool {
	set := map[string]bool{}
	for _, name := range strings.Fields(`alias alt author comment creator default descr description desc display displayName
		displayText email error errorTitle filter helpText href initials instr instrText lastModifiedBy location name
		promptTitle prompt statusText string string-value tag text title Title tooltip username userName
		value v Value Name Author Description UnicodeString`) {
		set[name] = true
	}
	return set
}()

// saidVal are elements whose attribute val is written for people.
var saidVal = map[string]bool{
	"alias": true, "tag": true, "default": true, "statusText": true, "helpText": true, "sheetName": true, "docVar": true,
	"filter": true, "customFilter": true, "lvlText": true, "listEntry": true,
}

// unsaid are elements whose attributes say nothing: hundreds of names of styles
// and settings stand in every document.
var unsaid = map[string]bool{"lsdException": true, "style": true, "font-face": true, "config-item": true, "config-item-set": true}

// property tells whether an attribute may hold text.
func property(t tag, name, value string) bool {
	switch {
	case value == "" || unsaid[t.name]:
		return false
	case said[name], name == "val" && saidVal[t.name], name == "":
		return true
	case name == "Target" && strings.Contains(t.attrs, "External"):
		return true
	}
	return Telling(value)
}

// Telling tells whether a value may be written by a person or about one. Values
// of programs are words without spaces, numbers, measures, identifiers.
func Telling(value string) bool {
	digits, from, letters, spaces, word := 0, 0, 0, false, false
	for i := range len(value) {
		c := value[i]
		switch {
		case c >= 0x80, c == '@', c == '"':
			return true
		case '0' <= c && c <= '9':
			if digits++; digits == manyDigits && value[from] == '0' && !guid(value) {
				return true
			}
		case c != '-':
			digits, from = 0, i+1
		}
		spaces = spaces || c == ' ' || c == '\n'
		if c|0x20 >= 'a' && c|0x20 <= 'z' {
			letters++
			word = word || letters > 1
		} else {
			letters = 0
		}
	}
	return spaces && word
}

// manyDigits is the length of the shortest number that may be a telephone's;
// those of programs do not start with a zero.
const manyDigits = 9

// guid tells whether value is like {00000000-0001-0000-0000-000000000000}.
func guid(value string) bool {
	value = strings.TrimSuffix(strings.TrimPrefix(value, "{"), "}")
	return len(value) == 36 && value[8] == '-' && value[13] == '-' && value[18] == '-' && value[23] == '-'
}
