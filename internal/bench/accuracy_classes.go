package bench

import (
	"fmt"
	"strings"

	"github.com/kakitome/kakitome/internal/kakitest/corpus"
)

// ClassTable is a table in Markdown: what happens to each class of incident
// with Kakitome in front. Japanese, or English.
func (a *Accuracy) ClassTable(japanese bool) string {
	var b strings.Builder
	if japanese {
		b.WriteString("| 事故の型 | 種類 | 名簿の方の情報 | 名簿にない方・名前だけ | 見えないもの |\n|---|---|---|---|---|\n")
	} else {
		b.WriteString("| class of incident | kinds | data of people in the roster | of people nobody declared, or names alone | what no mail shows |\n|---|---|---|---|---|\n")
	}
	for _, class := range corpus.Classes() {
		says := class.Says
		if japanese {
			says = class.SaysJa
		}
		fmt.Fprintf(&b, "| **%s** %s | %d | %s | %s | %s |\n", class.Code, strings.TrimRight(says, "."), len(class.Kinds),
			a.declared(class, japanese), a.bounded(class, japanese), unseen(class, japanese))
	}
	return b.String()
}

// declared says how many of the wrong deliveries were held.
func (a *Accuracy) declared(class corpus.Class, japanese bool) string {
	wrong, missed := 0, 0
	for _, k := range a.Kinds {
		if k.Class == class.Code {
			wrong, missed = wrong+k.Wrong, missed+k.Missed
		}
	}
	switch {
	case wrong == 0:
		return "–"
	case missed == 0 && japanese:
		return "すべて保留"
	case missed == 0:
		return "all held"
	case japanese:
		return fmt.Sprintf("%d通中%d通を保留", wrong, wrong-missed)
	}
	return fmt.Sprintf("%d of %d held", wrong-missed, wrong)
}

// bounded says how many of a leak leave before it is seen, at most, and how
// many kinds cannot be seen at all.
func (a *Accuracy) bounded(class corpus.Class, japanese bool) string {
	most, seen, blind := 0, 0, 0
	for _, k := range a.Kinds {
		switch {
		case k.Class != class.Code || k.Bounded == 0:
		case k.ReachLimit < 0:
			blind++
		default:
			seen++
			most = max(most, k.ReachedMost)
		}
	}
	var parts []string
	if seen > 0 {
		word := fmt.Sprintf("at most %d left", most)
		if japanese {
			word = fmt.Sprintf("最大%d通で停止", most)
		}
		parts = append(parts, word)
	}
	if blind > 0 {
		word := fmt.Sprintf("%d kinds are not seen without a feed", blind)
		if japanese {
			word = fmt.Sprintf("%d種類は名簿への登録が必要", blind)
		}
		parts = append(parts, word)
	}
	if len(parts) == 0 {
		return "–"
	}
	return strings.Join(parts, "; ")
}

func unseen(class corpus.Class, japanese bool) string {
	var parts []string
	for _, u := range class.Unseen {
		text := u.Says + " " + u.Helps
		if japanese {
			text = u.SaysJa + "（" + u.HelpsJa + "）"
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		return "–"
	}
	return strings.Join(parts, "<br>")
}
