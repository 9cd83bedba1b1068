package admin_test

import (
	"strings"
	"testing"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/kakitest"
)

// One bad row means that nothing is imported, unless bad ones are to be
// skipped; then they come back as a file that can be mended.
func TestImport(t *testing.T) {
	t.Parallel()
	s := kakitest.Start(t, "")
	ctx := t.Context()
	const file = "\xef\xbb\xbfperson_id,email,phone\r\nM-1,taro@example.jp,090-1111-2222\r\nM-2,no address,12\r\nM-3,c@example.jp,\r\nM-3,d@example.jp,\r\n"
	got, err := s.Client.ImportRoster(ctx, strings.NewReader(file), false)
	if err != nil || got.Version != 0 || got.Changed != 0 || got.Rows != 4 || got.Rejected != 2 || len(got.Errors) != 3 {
		t.Fatalf("%+v, %v", got, err)
	}
	for i, want := range []string{"3 email", "3 phone", "5 person_id"} {
		e := got.Errors[i]
		line, column, _ := strings.Cut(want, " ")
		if e.Line != int(line[0]-'0') || e.Column != column || strings.Contains(e.Error(), "no address") {
			t.Errorf("error %+v, want %s", e, want)
		}
	}
	if stats, err := s.Client.RosterStats(ctx); err != nil || stats.People != 0 {
		t.Errorf("%+v, %v", stats, err)
	}
	got, err = s.Client.ImportRoster(ctx, strings.NewReader(file), true)
	if err != nil || got.Version != 1 || got.Changed != 2 || got.Rows != 4 || got.Rejected != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	if want := "person_id,email,phone\nM-2,no address,12\nM-3,d@example.jp,\n"; got.RejectedRows != want {
		t.Errorf("rejected %q, want %q", got.RejectedRows, want)
	}
	again, err := s.Client.ImportRoster(ctx, strings.NewReader(file), true)
	if err != nil || again.Version != 1 || again.Changed != 0 {
		t.Errorf("the same again: %+v, %v", again, err)
	}
	if p, err := s.Client.Person(ctx, "M-1"); err != nil || p.Kinds["email"] != 1 || p.Kinds["phone"] != 1 || p.Version != 1 {
		t.Errorf("%+v, %v", p, err)
	}
	if err := s.Client.RemovePerson(ctx, "M-1"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Client.Person(ctx, "M-1"); !client.IsNotFound(err) {
		t.Errorf("removed: %v", err)
	}
	if err := s.Client.RemovePerson(ctx, "M-1"); !client.IsNotFound(err) {
		t.Errorf("removed twice: %v", err)
	}
	stats, err := s.Client.RosterStats(ctx)
	if err != nil || stats.People != 1 || stats.Version != 2 || stats.ChangedAt.IsZero() || stats.Identifiers["email"] != 1 {
		t.Errorf("%+v, %v", stats, err)
	}
}

// A file that is no roster says so without quoting it.
func TestImportOfNoRoster(t *testing.T) {
	t.Parallel()
	s := kakitest.Start(t, "")
	for name, file := range map[string]string{
		"empty": "", "no header": "taro@example.jp,山田太郎\n", "no id": "email\na@example.jp\n", "binary": "person_id\n\x00\n",
		"open quote": "person_id,email\nM-1,\"taro@example.jp\n",
	} {
		for _, skip := range []bool{false, true} {
			got, err := s.Client.ImportRoster(t.Context(), strings.NewReader(file), skip)
			if problem(err) != "invalid" || strings.Contains(err.Error(), "taro") || strings.Contains(err.Error(), "太郎") {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
		}
	}
	if stats, err := s.Client.RosterStats(t.Context()); err != nil || stats.Version != 0 {
		t.Errorf("%+v, %v", stats, err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	s := start(t, "streams: [{name: order}]\nsmtp: {listen: \"127.0.0.1:0\", max_message: 64KiB}")
	ctx := t.Context()
	check := func(mail string, r client.CheckRequest) string {
		doc, err := s.Client.Check(ctx, r, strings.NewReader(mail))
		if err != nil {
			return problem(err)
		}
		return string(doc)
	}
	mail := letter(aboutTaro)
	held := check(mail, client.CheckRequest{To: []string{hanako}})
	if !strings.Contains(held, `"decision":"hold"`) || strings.Contains(held, "090") || !strings.Contains(held, `"owner":"M-1"`) {
		t.Errorf("%s", held)
	}
	if got := check(strings.ReplaceAll(mail, "\r\n", "\n"), client.CheckRequest{To: []string{hanako}}); !strings.Contains(got, `"decision":"hold"`) {
		t.Errorf("line ends of a file: %s", got)
	}
	if got := check(mail, client.CheckRequest{To: []string{hanako}, ShowValues: true}); !strings.Contains(got, `"value":"090-1111-2222"`) {
		t.Errorf("%s", got)
	}
	if got := check(mail, client.CheckRequest{To: []string{taro}, Stream: "order"}); !strings.Contains(got, `"decision":"release","stream":"order"`) {
		t.Errorf("%s", got)
	}
	for want, got := range map[string]string{
		"invalid":   check(mail, client.CheckRequest{}),
		"not_found": check(mail, client.CheckRequest{To: []string{taro}, Stream: "no_such"}),
		"too_large": check(mail+strings.Repeat("x", 64<<10), client.CheckRequest{To: []string{taro}}),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if list, err := s.Client.Held(ctx, client.Selection{}); err != nil || len(list) != 0 {
		t.Errorf("a check held something: %+v, %v", list, err)
	}
}

func TestAlertsAndSuggestions(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	ctx := t.Context()
	if list, err := s.Client.Suggest(ctx); err != nil || list == nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	hold(t, s, hanako, aboutTaro)
	list, err := s.Client.Alerts(ctx, false)
	if err != nil || len(list) != 1 || list[0].Kind != "held" || list[0].Subject != "default/ownership" || list[0].Count != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	if err := s.Client.AckAlert(ctx, list[0].ID); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{list[0].ID: "not_found", "99": "not_found", "x": "invalid"} {
		if err := s.Client.AckAlert(ctx, id); problem(err) != want {
			t.Errorf("%s: %v, want %s", id, err, want)
		}
	}
	if open, err := s.Client.Alerts(ctx, false); err != nil || len(open) != 0 {
		t.Errorf("%+v, %v", open, err)
	}
	if all, err := s.Client.Alerts(ctx, true); err != nil || len(all) != 1 || all[0].AckedAt.IsZero() || !strings.HasPrefix(all[0].AckedBy, "uid ") {
		t.Errorf("%+v, %v", all, err)
	}
}

// What goes to many and belongs to nobody is suggested with its value, which is
// read from a mail that is still kept.
func TestSuggest(t *testing.T) {
	t.Parallel()
	s := start(t, "streams: [{name: news, mode: observe}]\ncompany: {identifiers: [\"03-1111-2222\"]}")
	for _, to := range []string{"a", "b", "c", "d", "e"} {
		answer := s.Send(t, shop, []string{to + "@example.com"}, letter("受取店 06-1234-5678 本店 03-1111-2222 山田太郎様 090-1111-2222", "X-Kakitome-Stream: news"))
		if !strings.HasPrefix(answer, "250 ") {
			t.Fatal(answer)
		}
	}
	list, err := s.Client.Suggest(t.Context())
	if err != nil || len(list) != 1 || list[0] != (client.Suggestion{Kind: "phone", Value: "06-1234-5678", Recipients: 5, Mails: 5}) {
		t.Errorf("%+v, %v", list, err)
	}
}
