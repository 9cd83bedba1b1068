package e2e

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/kakitest"
)

// Two people of nobody's acquaintance.
const (
	taro   = "taro@example.jp"
	hanako = "hanako@example.net"
	jiro   = "jiro@example.org"
	shop   = "shop@shop.example"

	people = `person_id,email,name,name_kana,phone,postal_code,address
M-1,taro@example.jp,山田太郎,ヤマダタロウ,090-1111-2222,100-0005,東京都千代田区丸の内1-2-3
M-2,hanako@example.net,佐藤花子,サトウハナコ,080-3333-4444,530-0001,大阪府大阪市北区梅田2-4-6
M-3,jiro@example.org,鈴木次郎,スズキジロウ,070-5555-6666,460-0001,愛知県名古屋市中区三の丸3-5-7
`
	aboutTaro   = "山田太郎 様\r\n090-1111-2222\r\n東京都千代田区丸の内1-2-3\r\n"
	aboutHanako = "佐藤花子 様\r\n080-3333-4444\r\n大阪府大阪市北区梅田2-4-6\r\n"
)

// start starts the program with the two people in its roster.
func start(t *testing.T, yaml string) *kakitest.Server {
	t.Helper()
	s := kakitest.Start(t, yaml)
	importPeople(t, s, people)
	return s
}

func importPeople(t *testing.T, s *kakitest.Server, csv string) {
	t.Helper()
	got, err := s.Client.ImportRoster(t.Context(), strings.NewReader(csv), false)
	if err != nil || len(got.Errors) > 0 {
		t.Fatalf("import roster: %v %+v", err, got)
	}
}

// letter is a mail with a body; more are further header lines.
func letter(id, body string, more ...string) string {
	return fmt.Sprintf("From: <%s>\r\nSubject: order\r\nMessage-ID: <%s@shop.example>\r\nMIME-Version: 1.0\r\n"+
		"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n%s\r\n%s",
		shop, id, strings.Join(append(more, ""), "\r\n"), body)
}

// plain is a letter about nobody.
func plain(id string, more ...string) string { return letter(id, "Thank you for "+id+".\r\n", more...) }

// wantAnswer checks that an answer begins and ends as it should.
func wantAnswer(t *testing.T, got, prefix, suffix string) {
	t.Helper()
	if !strings.HasPrefix(got, prefix) || !strings.HasSuffix(got, suffix) {
		t.Fatalf("answer %q, want %s … %s", got, prefix, suffix)
	}
}

// wantSame checks that a mail arrived byte for byte.
func wantSame(t *testing.T, got kakitest.Mail, want string) {
	t.Helper()
	if sent := got.Sent(t); !bytes.Equal(sent, []byte(want)) {
		t.Fatalf("arrived otherwise than sent\n got %.2000q\nwant %.2000q", sent, want)
	}
}

// wantSilence sends one more mail through and checks that nothing else came:
// mails are relayed in order, so what is not there by then does not come.
func wantSilence(t *testing.T, s *kakitest.Server, n int) {
	t.Helper()
	wantAnswer(t, s.Send(t, shop, []string{jiro}, plain(t.Name()+"-last")), "250 2.0.0 ", " released")
	kakitest.Eventually(t, "the last mail arrives", func() bool { return len(s.Relay.To(jiro)) > 0 })
	if got := s.Relay.Mails(); len(got) != n+1 {
		t.Fatalf("the relay got %d mails, want %d: %v", len(got)-1, n, got)
	}
}

func heldIDs(t *testing.T, s *kakitest.Server) []string {
	t.Helper()
	list, err := s.Client.Held(t.Context(), client.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, h := range list {
		ids = append(ids, h.ID)
	}
	return ids
}

// program finds a real mail program; without it a test is skipped, but not
// where everything must be tested.
func program(t *testing.T, name string) string {
	t.Helper()
	for _, dir := range []string{"", "/usr/sbin/", "/sbin/"} {
		if path, err := exec.LookPath(dir + name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not installed: scripts/install-test-deps", name)
	}
	t.Skipf("%s is not installed", name)
	return ""
}

// run runs a program to its end and gives what it printed.
func run(t *testing.T, stdin string, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}
