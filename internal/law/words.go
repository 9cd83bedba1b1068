package law

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// with fills texts into the verbs of both languages.
func (t Text) with(args ...Text) Text {
	ja, en := make([]any, len(args)), make([]any, len(args))
	for i, a := range args {
		ja[i], en[i] = a.JA, a.EN
	}
	return Text{fmt.Sprintf(t.JA, ja...), fmt.Sprintf(t.EN, en...)}
}

// factWord is one fact a condition can ask about, and how it is told.
type factWord struct {
	get     func(*situation) *Answer
	yes, no Text
}

// factName is how a fact is called outside: those of a place with its place.
func factName(fact, jurisdiction string) string {
	switch fact {
	case "established", "offers", "residents":
		return "places." + jurisdiction + "." + fact
	}
	return fact
}

// Set states a fact by the name under which [Asked] and packs know it:
// "special_care", "places.EU.offers", "items.card" (Yes only: what did not leak
// is said by ItemsFinal). Counts and times have no names here.
func (f *Facts) Set(name string, a Answer) error {
	if item, ok := strings.CutPrefix(name, "items."); ok {
		if itemWords[Item(item)].Empty() || a != Yes {
			return fmt.Errorf("law: %q cannot be answered by %s", name, a)
		}
		if !slices.Contains(f.Items, Item(item)) {
			f.Items = append(slices.Clone(f.Items), Item(item))
		}
		return nil
	}
	s := &situation{Facts: f}
	fact, jurisdiction := name, ""
	if at, ok := strings.CutPrefix(name, "places."); ok {
		jurisdiction, fact, _ = strings.Cut(at, ".")
		s.place = f.Places[jurisdiction]
	}
	w := factWords[fact]
	if w.get == nil || factName(fact, jurisdiction) != name {
		return fmt.Errorf("law: no fact is called %q", name)
	}
	*w.get(s) = a
	if jurisdiction != "" {
		f.Places = maps.Clone(f.Places)
		if f.Places == nil {
			f.Places = map[string]Place{}
		}
		f.Places[jurisdiction] = s.place
	}
	return nil
}

func (w factWord) unknown() Text {
	return Text{"「%s」かどうか不明", "not known whether %s"}.with(w.yes)
}

var factWords = map[string]factWord{
	"established":      {func(s *situation) *Answer { return &s.place.Established }, Text{"{place}に拠点がある", "we are established in {place}"}, Text{"{place}に拠点がない", "we are not established in {place}"}},
	"offers":           {func(s *situation) *Answer { return &s.place.Offers }, Text{"{place}の人に商品・サービスを提供している", "we offer goods or services to people in {place}"}, Text{"{place}の人に商品・サービスを提供していない", "we offer nothing to people in {place}"}},
	"special_care":     {func(s *situation) *Answer { return &s.SpecialCare }, Text{"要配慮個人情報（特別な種類のデータ）を含む", "special-care data are involved"}, Text{"要配慮個人情報（特別な種類のデータ）を含まない", "no special-care data are involved"}},
	"property_damage":  {func(s *situation) *Answer { return &s.PropertyDamage }, Text{"不正利用による財産的被害のおそれがある", "misuse may cause property damage"}, Text{"不正利用による財産的被害のおそれがない", "misuse cannot cause property damage"}},
	"improper_purpose": {func(s *situation) *Answer { return &s.ImproperPurpose }, Text{"不正の目的で行われたおそれがある", "it may have been done for an improper purpose"}, Text{"不正の目的によるものではない（自らの過失等）", "it was not done for an improper purpose (own mistake)"}},
	"intrusion":        {func(s *situation) *Answer { return &s.Intrusion }, Text{"外部からの不正アクセスによる", "it came from unlawful access from outside"}, Text{"外部からの不正アクセスによらない", "it did not come from access from outside"}},
	"unique_ids":       {func(s *situation) *Answer { return &s.UniqueIDs }, Text{"固有識別情報（住民登録番号・旅券番号等）を含む", "unique identifiers (resident registration, passport numbers and the like) are involved"}, Text{"固有識別情報（住民登録番号・旅券番号等）を含まない", "no unique identifiers are involved"}},
	"identity_data":    {func(s *situation) *Answer { return &s.IdentityData }, Text{"氏名と番号類（社会保障番号・口座・医療等）、またはログイン情報とパスワードを含む", "a name with a number of identity, account or health, or a login with its password, is involved"}, Text{"氏名と番号類の組合せもログイン情報とパスワードの組合せも含まない", "neither a name with such a number nor a login with its password is involved"}},
	"encrypted":        {func(s *situation) *Answer { return &s.Encrypted }, Text{"高度な暗号化等により保護され、鍵も安全である", "the data are strongly encrypted and the key is safe"}, Text{"高度な暗号化等で保護されていない", "the data are not protected by strong encryption"}},
	"database":         {func(s *situation) *Answer { return &s.Database }, Text{"個人データ（データベース等を構成する）である", "the data come from a searchable collection"}, Text{"個人データ（データベース等を構成する）ではない", "the data come from no searchable collection"}},
	"unread_deleted":   {func(s *situation) *Answer { return &s.UnreadDeleted }, Text{"すべての受信者が閲覧せず削除したと確認した", "every recipient is confirmed to have deleted it unread"}, Text{"閲覧前の削除を確認できない受信者がいる", "not every recipient is confirmed to have deleted it unread"}},
	"retrieved":        {func(s *situation) *Answer { return &s.Retrieved }, Text{"経路を特定し回収・削除等により被害の可能性が著しく低い", "the path is known and the data were retrieved or deleted, so that harm is markedly unlikely"}, Text{"回収・削除等により被害の可能性が著しく低いとはいえない", "the data were not retrieved or deleted so that harm is markedly unlikely"}},
	"remedied":         {func(s *situation) *Answer { return &s.Remedied }, Text{"講じた措置により被害のおそれがなくなった", "measures taken make the harm unlikely"}, Text{"講じた措置で被害のおそれがなくなったとはいえない", "measures taken do not make the harm unlikely"}},
	"processor":        {func(s *situation) *Answer { return &s.Processor }, Text{"委託を受けて取り扱うデータである", "we hold the data as a processor"}, Text{"自らのために取り扱うデータである", "we hold the data as the controller"}},
	"risk":             {func(s *situation) *Answer { return &s.Risk }, Text{"本人の権利・自由にリスクがある", "there is a risk to the persons"}, Text{"本人の権利・自由へのリスクが生じる可能性は低い", "a risk to the persons is unlikely"}},
	"high_risk":        {func(s *situation) *Answer { return &s.HighRisk }, Text{"本人の権利・自由に高いリスクがある", "there is a high risk to the persons"}, Text{"本人の権利・自由に高いリスクはない", "there is no high risk to the persons"}},
	"significant_harm": {func(s *situation) *Answer { return &s.SignificantHarm }, Text{"本人に重大な損害を与える（おそれがある）", "significant harm to the persons results or is likely"}, Text{"本人に重大な損害を与えるおそれはない", "significant harm to the persons is not likely"}},
}

var eventWords = map[string]struct{ name, done, not Text }{
	StartKnowledge:      {Text{"認知", "knowledge"}, Text{"認知した", "it is known"}, Text{"認知の時刻が未記録", "the time of knowledge is not recorded"}},
	StartAssessment:     {Text{"評価の完了", "the end of the assessment"}, Text{"評価を終えた", "the assessment is finished"}, Text{"評価をまだ終えていない", "the assessment is not finished"}},
	StartControllerTold: {Text{"委託元への通知", "telling the controller"}, Text{"委託元に全事項を通知した", "the controller was told all items"}, Text{"委託元への全事項の通知がまだ", "the controller was not yet told all items"}},
	StartPersonsTold:    {Text{"本人への通知", "telling the persons"}, Text{"本人に通知した", "the persons were told"}, Text{"本人への通知がまだ", "the persons were not yet told"}},
}

// at is when an event happened, or zero.
func (f *Facts) at(event string) time.Time {
	switch event {
	case StartKnowledge:
		return f.Known
	case StartAssessment:
		return f.Assessed
	case StartControllerTold:
		return f.ControllerTold
	case StartPersonsTold:
		return f.PersonsTold
	}
	return time.Time{}
}
