package letter

import (
	"errors"
	"io/fs"
	"maps"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"github.com/kakitome/kakitome/internal/jp"
)

// own is an operator's directory with one template.
func own(name, text string) fs.FS { return fstest.MapFS{name: {Data: []byte(text)}} }

func builtinText(t testing.TB, k Kind) string {
	t.Helper()
	b, err := fs.ReadFile(builtin, "words/"+k.String()+".txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestLoadRefuses: each thing wrong is named with file, line, field and a hint.
func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	good := builtinText(t, Question)
	after := func(line string) string {
		return strings.Replace(good, "お客様各位\n", "お客様各位\n"+line+"\n", 1)
	}
	for name, c := range map[string]struct{ text, want string }{
		"no such field":     {after("{companyy}"), "question.txt:10: {companyy}: there is no such field (this letter has as_of, cause, code, company,"},
		"a name":            {after("{name} 様"), "question.txt:10: {name}: a letter must never print it (a letter names nobody, neither its addressee nor who got or lost data; write お客様)"},
		"a subject":         {after("{subject}"), "question.txt:10: {subject}: a letter must never print it"},
		"a value":           {after("{values}"), "question.txt:10: {values}: a letter must never print it"},
		"another letter's":  {after("{mails}"), "question.txt:10: {mails}: this letter must not print it"},
		"asked, another's":  {after("{?kinds}x{/kinds}"), "question.txt:10: {kinds}: this letter must not print it"},
		"a flag":            {after("{paper}"), "question.txt:10: {paper}: it can be asked, not printed (write {?paper}…{/paper})"},
		"a brace":           {after("{"), "question.txt:10: a brace stands alone"},
		"braces of others":  {after("{{company}}"), "question.txt:10: a brace stands alone"},
		"not closed":        {after("{?cause}x"), "question.txt:10: {cause}: the condition is never closed"},
		"not open":          {after("x{/cause}"), "question.txt:10: {cause}: it closes what is not open"},
		"crosswise":         {after("{?cause}{?next}x{/cause}{/next}"), "question.txt:10: {cause}: it closes what is not open"},
		"an address":        {after("taro@example.jp まで"), "question.txt:10: it holds a mail address (the company's is {desk_mail})"},
		"a telephone":       {after("090-1234-5678 まで"), "question.txt:10: it holds a telephone number"},
		"a postal address":  {after("東京都千代田区丸の内1-2-3"), "question.txt:10: it holds a postal address"},
		"a personal link":   {after("https://shop.example/d/AbCdEfGhIjKlMnOpQrStUv1234"), "question.txt:10: it holds a personal link"},
		"an invisible sign": {after("a\u202eb"), "question.txt:10: it has a control or invisible character"},
		"no English":        {good[:strings.Index(good, "[en subject]")], "question.txt: there is no section [en] (every letter is in Japanese and in English)"},
		"a section twice":   {good + "\n[en]\nx\n", "this section is there twice"},
		"no such section":   {good + "\n[fr]\n", "there is no such section"},
		"before sections":   {"hello\n" + good, "question.txt:1: it stands before the first section"},
		"must in English":   {strings.Replace(good, "Reference: {reference}", "", 1), "{reference}: [en] does not print it, and has to (number of the question)"},
		"never_ask dropped": {strings.Replace(good, "{never_ask}", "", 1), "{never_ask}: [ja] does not print it, and has to"},
		"not UTF-8":         {"[ja]\n\x82\xa0", "question.txt: it is not UTF-8"},
		"too long":          {good + strings.Repeat("あ", maxTemplate/3), "question.txt: it is over 64 KiB"},
		"empty":             {"", "question.txt: there is no section [ja]"},
	} {
		_, err := Load(own("question.txt", c.text))
		var p *Problem
		if !errors.As(err, &p) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v\nwant %s", name, err, c.want)
		}
	}
	if _, err := Load(own("victim.txt", good)); err == nil || !strings.Contains(err.Error(), "victim.txt: no letter has this name (the templates are deletion.txt, notice.txt,") {
		t.Errorf("a template nobody uses: %v", err)
	}
}

// TestOwnTemplate: an operator's text takes the place of ours, also one saved on
// Windows with a byte order mark, and what is not a template is left alone.
func TestOwnTemplate(t *testing.T) {
	t.Parallel()
	text := strings.Replace(builtinText(t, Question), "お客様各位", "皆様", 1)
	w, err := Load(fstest.MapFS{"question.txt": {Data: []byte("\ufeff" + strings.ReplaceAll(text, "\n", "\r\n"))}, "README.md": {Data: []byte("x")}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.Write(Question, shop(), details(t))
	if err != nil || !strings.Contains(s.Text, "皆様\n") || strings.Contains(s.Text, "\r") {
		t.Errorf("%v\n%s", err, s.Text)
	}
	plain, err := Load(own("question.txt", text))
	if err != nil || plain.Version(Question) != w.Version(Question) || s.Version != w.Version(Question) {
		t.Errorf("line ends change the version: %v", err)
	}
	if w.Version(Deletion) != load(t).Version(Deletion) || w.Version(Question) == load(t).Version(Question) {
		t.Error("versions do not follow their texts")
	}
}

// TestVersionFollowsText: versions differ if and only if texts do.
func TestVersionFollowsText(t *testing.T) {
	t.Parallel()
	base := builtinText(t, Question)
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) string {
			return base + rapid.SampledFrom([]string{"", "\n", "x", "あ", "# x", "See you. "}).Draw(t, label)
		}
		a, b := draw("a"), draw("b")
		v, errV := parse(Question, a)
		w, errW := parse(Question, b)
		if errV != nil || errW != nil {
			t.Fatal(errV, errW)
		}
		if (a == b) != (v.version == w.version) {
			t.Fatalf("%q %q", v.version, w.version)
		}
	})
}

// TestApproval: whatever a person writes is approved anew when it changes, each
// text by itself; what is counted or clocked is not.
func TestApproval(t *testing.T) {
	t.Parallel()
	w, base := load(t), shop()
	base.Other, base.Secondary = Text{"他", "Other"}, Text{"無", "None"}
	seen := map[string]string{w.Approval(Notice, base): "as it was", w.Approval(Deletion, base): "another letter"}
	for path, s := range texts(reflect.ValueOf(&base).Elem(), "") {
		old := s.String()
		s.SetString(old + "x")
		a := w.Approval(Notice, base)
		if was, ok := seen[a]; ok {
			t.Errorf("%s changed, and the approval is that of %s", path, was)
		}
		seen[a] = path
		s.SetString(old)
	}
	if len(seen) != 27 {
		t.Errorf("%d approvals", len(seen))
	}
	base.Deleted.Confirmed++
	base.Now = at(59)
	if seen[w.Approval(Notice, base)] != "as it was" {
		t.Error("a number that moves on needs an approval")
	}
}

// texts are all strings in a struct, by their path.
func texts(v reflect.Value, path string) map[string]reflect.Value {
	all := map[string]reflect.Value{}
	for i := range v.NumField() {
		name, f := path+"."+v.Type().Field(i).Name, v.Field(i)
		switch {
		case f.Kind() == reflect.String:
			all[name] = f
		case f.Type() == reflect.TypeFor[Text]() || f.Type() == reflect.TypeFor[Desk]():
			maps.Copy(all, texts(f, name))
		}
	}
	return all
}

// TestWriteRefuses: a letter with a hole, in one language, or that says what it
// must not is not written.
func TestWriteRefuses(t *testing.T) {
	t.Parallel()
	w := load(t)
	for name, c := range map[string]struct {
		kind  Kind
		spoil func(*Facts, *Details)
		want  string
	}{
		"no cause in English":   {Notice, func(f *Facts, _ *Details) { f.Cause.En = "" }, "cause is given in one language only"},
		"no outline":            {Notice, func(f *Facts, _ *Details) { f.Outline = Text{} }, "{outline}: the letter prints it, and it is empty"},
		"no company":            {Question, func(f *Facts, _ *Details) { f.Company = Text{} }, "{company}: the letter prints it, and it is empty"},
		"a token not filled":    {Notice, func(f *Facts, _ *Details) { f.Cause.Ja = "{{cause}}" }, "cause has braces"},
		"a control character":   {Notice, func(f *Facts, _ *Details) { f.Cause.Ja = "a\x00" }, "cause has control characters"},
		"a bidi character":      {Notice, func(f *Facts, _ *Details) { f.Desk.Phone = "\u202e03" }, "desk phone has characters that no letter can print"},
		"at most too small":     {Notice, func(f *Facts, _ *Details) { f.Persons = Count{5, 4} }, "persons: at most is less than confirmed"},
		"no zone":               {Notice, func(f *Facts, _ *Details) { f.Zone = nil }, "no time zone"},
		"no code":               {Notice, func(_ *Facts, d *Details) { d.Code = "" }, "it has no receipt code"},
		"nothing to delete":     {Deletion, func(_ *Facts, d *Details) { d.Mails = nil }, "no mail is named"},
		"nothing that went out": {Notice, func(f *Facts, d *Details) { f.Items, d.Kinds, d.MaybeKinds = Text{}, nil, nil }, "no kind of data is named"},
		"reassure an exposed":   {Reassurance, func(_ *Facts, d *Details) { d.Kinds = []jp.Kind{jp.Name} }, "nobody can be reassured"},
		"reassure, maybe":       {Reassurance, func(_ *Facts, d *Details) { d.MaybeKinds = []jp.Kind{jp.Name} }, "nobody can be reassured"},
		"reassure, unread":      {Reassurance, func(f *Facts, _ *Details) { f.Unread = true }, "nobody can be reassured"},
		"no page":               {Deletion, func(_ *Facts, d *Details) { d.Page = "" }, "a mail needs the page"},
		"a page on paper":       {Deletion, func(_ *Facts, d *Details) { d.Paper = true }, "paper has none"},
		"nothing to type":       {Deletion, func(_ *Facts, d *Details) { d.Typed = "" }, "cannot be typed"},
		"a short token":         {Deletion, func(_ *Facts, d *Details) { d.Page = "https://shop.example/d/short" }, "does not end in a token"},
		"an address in the URL": {Deletion, func(_ *Facts, d *Details) {
			d.Page = "https://shop.example/d/a@example.jp/AbCdEfGhIjKlMnOpQrStUv"
		}, "no plain http or https URL"},
		"a script":           {Deletion, func(_ *Facts, d *Details) { d.Page = "javascript:alert(1)//AbCdEfGhIjKlMnOpQrStUv" }, "no plain http or https URL"},
		"an unsafe id":       {Deletion, func(_ *Facts, d *Details) { d.Mails[0].ID = "taro.yamada.1980" }, "may hold more than a random number"},
		"a purpose in lines": {Deletion, func(_ *Facts, d *Details) { d.Mails[0].Purpose = "a\nb" }, "purpose of a mail"},
		"a reference":        {Question, func(_ *Facts, d *Details) { d.Reference = "a@example.jp" }, "no plain code"},
		"no such kind":       {0, func(*Facts, *Details) {}, "there is no template"},
	} {
		f, d := shop(), detailsOf(t, c.kind)
		c.spoil(&f, &d)
		s, err := w.Write(c.kind, f, d)
		if err == nil || !strings.Contains(err.Error(), c.want) || s.Text != "" {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// TestLegalItems: with nothing known yet, the notice still has the five items of
// 施行規則 第10条, and says what is being examined.
func TestLegalItems(t *testing.T) {
	t.Parallel()
	for _, k := range []Kind{Notice, Combined} {
		f := shop()
		f.Cause, f.Secondary, f.Items, f.NotLeaked, f.Measures = Text{}, Text{}, Text{}, Text{}, Text{}
		s, err := load(t).Write(k, f, details(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"概要", "項目", "■ 原因\nいま調べています", "■ 二次被害について\n現時点で", "■ その他", "■ Cause\nWe are examining", "■ Misuse\nAt present"} {
			if !strings.Contains(s.Text, want) {
				t.Errorf("%s does not say %q", k, want)
			}
		}
	}
}

// TestLongList: who got hundreds of mails gets a letter one can read.
func TestLongList(t *testing.T) {
	t.Parallel()
	d := details(t)
	d.Mails = nil
	for i := range 660 {
		d.Mails = append(d.Mails, Mail{At: at(i), Purpose: []string{"注文確認", "発送"}[i%2]})
	}
	s, err := load(t).Write(Deletion, shop(), d)
	if err != nil || strings.Count(s.Text, "注文確認") != 2 || !strings.Contains(s.Text, "・2026年11月25日 14時00分（JST） から 2026年11月26日 0時58分（JST） まで　330通　用件：注文確認") {
		t.Errorf("%v\n%s", err, s.Text)
	}
}

func TestPaperHasNoLink(t *testing.T) {
	t.Parallel()
	d := details(t)
	d.Page, d.Paper = "", true
	s, err := load(t).Write(Combined, shop(), d)
	if err != nil || strings.Contains(s.HTML, "<a ") || strings.Contains(s.Text, "shop.example/") || !strings.Contains(s.Text, "下の窓口に電話で、受付番号 ") {
		t.Errorf("%v\n%s", err, s.Text)
	}
	if s, _ = load(t).Write(Combined, shop(), details(t)); strings.Count(s.HTML, "<a ") != 2 || strings.Contains(s.HTML, `href="https://shop.example/verify`) {
		t.Error("a mail has its page as the one link, in both languages")
	}
}

func TestSafeID(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]bool{
		"0f3a9b2c77aa4b1c9d0eaa10bb20cc30": true, "0f3a9b2c-77aa-4b1c-9d0e-aa10bb20cc30": true, "0F3A9B2C77AA4B1C": true,
		"": false, "0f3a9b2c": false, "taro.yamada.19800102": false, "abcdef09012345678abcdef": false, "deadbeef-1234567-cafe": false,
		"KK-50210000-abcdefabcdef": false, "a0b1c2d3e4f5a0b1c2d3e4f5a0b1c2d3e4f5a0b1c2d3e4f5a0b1c2d3e4f5a0b1c2": false,
	} {
		if SafeID(id) != want {
			t.Errorf("%s: %v", id, !want)
		}
	}
	if m := MailOf(at(1), "", "<0f3a9b2c77aa4b1c9d0eaa10bb20cc30@shop.example>", false); m.ID != "0f3a9b2c77aa4b1c9d0eaa10bb20cc30" {
		t.Error(m)
	}
}

func TestCounted(t *testing.T) {
	t.Parallel()
	for c, want := range map[Count]string{
		{}: "", {1001, 1001}: "1,001（確認済み）", {4987, 1234567}: "確認済み 4,987、最大 1,234,567", {5, AtMostUnknown}: "確認済み 5（最大数は調査中です）",
	} {
		if got := counted(c, japanese); got != want {
			t.Errorf("%v: %s", c, got)
		}
	}
}

// FuzzTemplate: any text is a template or a list of problems; a template that
// is taken prints nothing but its own words and fields.
func FuzzTemplate(f *testing.F) {
	f.Add(builtinText(f, Question))
	for _, s := range []string{
		"[ja subject]\n{?cause}{!cause}{/cause}{/cause}\n[ja]\n{", "[ja]\r\n{company}\n[ja]\n", "# x\n[en]\n{?paper}\n{/paper}\n", "[ja]\n{}{?}{/}{{x}}",
	} {
		f.Add(s)
	}
	facts, d := shop(), details(f)
	f.Fuzz(func(t *testing.T, text string) {
		tmpl, err := parse(Question, text)
		if err != nil {
			var p *Problem
			if !errors.As(err, &p) {
				t.Fatal(err)
			}
			return
		}
		w := Words{templates: map[Kind]*template{Question: tmpl}}
		s, err := w.Write(Question, facts, d)
		if err == nil && (strings.ContainsAny(s.Text+s.Subject, "{}") || !strings.Contains(s.Text, "決してありません")) {
			t.Fatalf("%s", s.Text)
		}
	})
}

// TestSelfCheck: the three results in their own words, kinds and dates alone,
// and no more certainty than there is.
func TestSelfCheck(t *testing.T) {
	t.Parallel()
	const neither, noOwn, noMail, unread = "対象ではありません", "ほかの方へ送られたものは見つかっていません", "■ 誤ってお客様に届いたメール\n見つかっていません", "まだ読み取れていない部分"
	for name, c := range map[string]struct {
		spoil     func(*Facts, *Details)
		says, not []string
	}{
		"affected": {func(_ *Facts, d *Details) { d.Mails = nil }, []string{"・電話番号", "購入された商品", noMail}, []string{neither, noOwn, "14時02分", unread}},
		"received": {func(_ *Facts, d *Details) { d.Kinds, d.MaybeKinds = nil, nil }, []string{"14時02分", noOwn}, []string{neither, "・電話番号", "購入された商品", noMail}},
		"neither":  {func(_ *Facts, d *Details) { d.Mails, d.Kinds, d.MaybeKinds = nil, nil, nil }, []string{neither, noOwn, noMail, "14時50分（JST） 現在"}, []string{unread}},
		"unread": {func(f *Facts, d *Details) { f.Unread, d.Mails, d.Kinds, d.MaybeKinds = true, nil, nil, nil },
			[]string{unread, "Parts of the mail could not be read yet"}, []string{neither, "not concerned"}},
	} {
		f, d := shop(), details(t)
		c.spoil(&f, &d)
		s, err := load(t).Write(SelfCheck, f, d)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range c.says {
			if !strings.Contains(s.Text, want) {
				t.Errorf("%s: does not say %q", name, want)
			}
		}
		for _, bad := range c.not {
			if strings.Contains(s.Text, bad) {
				t.Errorf("%s: says %q", name, bad)
			}
		}
	}
}
