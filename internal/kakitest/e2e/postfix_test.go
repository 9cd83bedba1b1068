package e2e

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/kakitome/kakitome/internal/kakitest"
)

// postfix is a private Postfix: the application's own queue before Kakitome,
// set up as docs/ops/postfix.md says.
type postfix struct {
	t    *testing.T
	dir  string // of main.cf
	port string
	bin  string
}

// freePort is a loopback port that was free a moment ago.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return portOf(t, l.Addr().String())
}

func startPostfix(t *testing.T, kakitome string) *postfix {
	t.Helper()
	bin := program(t, "postfix")
	if os.Getuid() != 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("postfix starts as root only")
		}
		t.Skip("postfix starts as root only")
	}
	owner, err := user.Lookup("postfix")
	if err != nil {
		t.Fatal(err)
	}
	top, err := os.MkdirTemp("", "postfix") // t.TempDir is too long for Postfix's sockets, and closed to its user
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(top) })
	p := &postfix{t: t, dir: filepath.Join(top, "etc"), port: freePort(t), bin: bin}
	uid, err := strconv.Atoi(owner.Uid)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []struct {
		name  string
		owner int
	}{{"etc", 0}, {"spool", 0}, {"data", uid}} {
		path := filepath.Join(top, d.name)
		if err := os.Mkdir(path, 0o755); err != nil { //nolint:gosec // Postfix's own user reads it
			t.Fatal(err)
		}
		if err := os.Chown(path, d.owner, -1); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(top, 0o755); err != nil { //nolint:gosec // as above
		t.Fatal(err)
	}
	settings, err := os.ReadFile("testdata/postfix/main.cf")
	if err != nil {
		t.Fatal(err)
	}
	master, err := os.ReadFile("testdata/postfix/master.cf")
	if err != nil {
		t.Fatal(err)
	}
	fill := strings.NewReplacer("@TOP@", top, "@PORT@", p.port, "@KAKITOME@", portOf(t, kakitome))
	for name, text := range map[string][]byte{"main.cf": settings, "master.cf": master} {
		if err := os.WriteFile(filepath.Join(p.dir, name), []byte(fill.Replace(string(text))), 0o644); err != nil { //nolint:gosec // as above
			t.Fatal(err)
		}
	}
	p.command("start")
	t.Cleanup(func() {
		out, err := exec.CommandContext(context.Background(), bin, "-c", p.dir, "stop").CombinedOutput() //nolint:gosec // ours
		if err != nil {
			t.Errorf("stop postfix: %v %s", err, out)
		}
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(top, "data", "log"))
			t.Logf("log of postfix:\n%s", log)
		}
	})
	kakitest.Eventually(t, "postfix listens", func() bool {
		conn, err := net.Dial("tcp", "127.0.0.1:"+p.port)
		if err == nil {
			_ = conn.Close()
		}
		return err == nil
	})
	return p
}

func (p *postfix) command(args ...string) {
	p.t.Helper()
	out, err := exec.CommandContext(p.t.Context(), p.bin, append([]string{"-c", p.dir}, args...)...).CombinedOutput() //nolint:gosec // ours
	if err != nil {
		log, _ := os.ReadFile(filepath.Join(filepath.Dir(p.dir), "data", "log"))
		p.t.Fatalf("postfix %v: %v\n%s\n%s", args, err, out, log)
	}
}

// queued is how many mails wait.
func (p *postfix) queued() int {
	p.t.Helper()
	out, err := exec.CommandContext(p.t.Context(), program(p.t, "postqueue"), "-c", p.dir, "-j").Output() //nolint:gosec // ours
	if err != nil {
		p.t.Fatalf("postqueue: %v", err)
	}
	return bytes.Count(out, []byte("\n"))
}

// flush has Postfix try at once what it would try later.
func (p *postfix) flush() { p.command("flush") }

// The application's own queue stands before Kakitome: a Kakitome that is down,
// or that answers 451, loses nothing and sends nothing twice.
func TestPostfixBeforeKakitome(t *testing.T) {
	t.Parallel()
	program(t, "postfix")
	relay, dir, port := kakitest.NewRelay(t), t.TempDir(), freePort(t)
	yaml := fmt.Sprintf("smtp: {listen: \"127.0.0.1:%s\"}\nstreams: [{name: order}]", port)
	s := kakitest.StartIn(t, dir, relay, yaml)
	importPeople(t, s, people)
	p := startPostfix(t, "127.0.0.1:"+port)

	date := "Date: " + time.Now().Format(time.RFC1123Z)
	odd := letter("postfix", aboutTaro+".\r\n..x\r\nＡＢＣ ｶﾅ\r\n"+strings.Repeat("y", 900)+"\r\n", date, "To: <"+taro+">", "X-Kakitome-Stream: order")
	c := kakitest.Dial(t, "127.0.0.1:"+p.port)
	wantAnswer(t, c.Send(shop, []string{taro, hanako}, []byte(odd), "BODY=8BITMIME"), "250 2.0.0 ", "")
	kakitest.Eventually(t, "the right recipient gets it", func() bool { return len(relay.To(taro)) == 1 })
	want := strings.Replace(odd, "X-Kakitome-Stream: order\r\n", "", 1)
	sent := relay.To(taro)[0].Sent(t)
	if !bytes.HasPrefix(sent, []byte("Received: from ")) || !bytes.HasSuffix(sent, []byte("\r\n"+want)) {
		t.Errorf("arrived otherwise than sent\n got %q\nwant %q", sent, want)
	}
	kakitest.Eventually(t, "the other one's is held", func() bool { return len(heldIDs(t, s)) == 1 })

	// Down: Postfix keeps the mail. Half of it comes by sendmail.
	s.Stop(t)
	for i := range 5 {
		wantAnswer(t, c.Send(shop, []string{jiro}, []byte(plain(fmt.Sprintf("down%d", i), date))), "250 2.0.0 ", "")
	}
	sendmail := program(t, "sendmail")
	for i := 5; i < 10; i++ {
		run(t, strings.ReplaceAll(plain(fmt.Sprintf("down%d", i), date, "To: <"+jiro+">"), "\r\n", "\n"), sendmail, "-C", p.dir, "-f", shop, "-i", jiro)
	}
	kakitest.Eventually(t, "all of it waits in Postfix", func() bool { return p.queued() == 10 })
	s = kakitest.StartIn(t, dir, relay, yaml)
	p.flush()
	wantOnce(t, relay, "down", 10)
	kakitest.Eventually(t, "Postfix's queue is empty", func() bool { return p.queued() == 0 })

	// 451: what cannot be recorded is not kept, and stays in Postfix.
	s.Stop(t)
	refusing := refuse(t, port)
	for i := range 5 {
		wantAnswer(t, c.Send(shop, []string{jiro}, []byte(plain(fmt.Sprintf("later%d", i), date))), "250 2.0.0 ", "")
	}
	kakitest.Eventually(t, "all of it was refused for now", func() bool { return refusing.Tries() >= 5 && p.queued() == 5 })
	refusing.Down()
	kakitest.StartIn(t, dir, relay, yaml)
	p.flush()
	wantOnce(t, relay, "later", 5)
}

// The settings that are documented are those that were tried.
func TestPostfixSettingsAreDocumented(t *testing.T) {
	t.Parallel()
	tried, err := os.ReadFile("testdata/postfix/main.cf")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile("../../../docs/ops/postfix.md")
	if err != nil {
		t.Fatal(err)
	}
	tried, _, found := bytes.Cut(tried, []byte("\n# Only of this private instance."))
	if !found {
		t.Fatal("main.cf does not say what is its own")
	}
	for line := range strings.Lines(strings.ReplaceAll(string(tried), "@KAKITOME@", "2525")) {
		line = strings.TrimSpace(line)
		own := strings.HasPrefix(line, "alias_") || strings.HasPrefix(line, "inet_protocols") || strings.HasPrefix(line, "myhostname")
		if line == "" || line[0] == '#' || own {
			continue
		}
		if !bytes.Contains(doc, []byte("    "+line+"\n")) {
			t.Errorf("docs/ops/postfix.md does not have: %s", line)
		}
	}
}

// refuse listens in Kakitome's place and answers every content 451.
func refuse(t *testing.T, port string) *kakitest.Relay {
	t.Helper()
	r := kakitest.NewRelayAt(t, "127.0.0.1:"+port)
	r.Refuse(nil, func(kakitest.Mail, string) *smtp.SMTPError {
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "nothing was kept, try again"}
	})
	return r
}

// wantOnce waits until each of n mails arrived, and checks that none did twice.
func wantOnce(t *testing.T, relay *kakitest.Relay, name string, n int) {
	t.Helper()
	count := func(i int) (found int) {
		for _, m := range relay.To(jiro) {
			if bytes.Contains(m.Data, fmt.Appendf(nil, "<%s%d@", name, i)) {
				found++
			}
		}
		return found
	}
	for i := range n {
		kakitest.Eventually(t, fmt.Sprintf("%s%d arrives", name, i), func() bool { return count(i) > 0 })
	}
	for i := range n {
		if got := count(i); got != 1 {
			t.Errorf("%s%d arrived %d times", name, i, got)
		}
	}
}
