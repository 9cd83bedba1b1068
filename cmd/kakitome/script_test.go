package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/kakitest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"kakitome": main})
}

// TestScripts runs the command line as users and scripts do, each script in a
// directory of its own with a configuration on free ports and a relay that
// keeps what it gets. Beyond testscript's own commands there are
//
//	exits CODE CMD…    runs a command and checks its exit code
//	ready              waits until the server answers
//	send FROM TO FILE  hands a mail in; TO may be several, with commas. The answer is on stdout
//	relayed N ADDR     waits until an address has got N mails
//	nothing ADDR       checks that an address got no mail
//	agekey FILE        makes an age identity; its recipient is $RECIPIENT
//	[env:NAME]         is true when the environment has NAME
//	id NAME            keeps the first id in stdout's JSON list as $NAME
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			relay := kakitest.NewRelay(t)
			env.Values["relay"] = relay
			env.Setenv("KAKITOME_TEST_POSTGRES", os.Getenv("KAKITOME_TEST_POSTGRES"))
			env.Setenv("QUERY", "SELECT id AS person_id, mail AS email, gone AS removed, changed FROM kakitome_cli")
			path := filepath.Join(env.WorkDir, "kakitome.yaml")
			text, err := os.ReadFile(path) //nolint:gosec // of the script
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			return os.WriteFile(path, []byte(kakitest.File("./kakitome-data", relay.Addr(), string(text))), 0o600)
		},
		Condition: func(cond string) (bool, error) {
			name, ok := strings.CutPrefix(cond, "env:")
			if !ok {
				return false, fmt.Errorf("no condition %s", cond)
			}
			return os.Getenv(name) != "", nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"ready": scriptReady, "send": scriptSend, "relayed": scriptRelayed, "nothing": scriptNothing, "id": scriptID,
			"exits": scriptExits, "agekey": scriptAgeKey,
		},
	})
}

// quiet is a testing.TB that fails a script.
type quiet struct {
	testing.TB
	ts *testscript.TestScript
}

func (q quiet) Helper()                           {}
func (q quiet) Fatalf(format string, args ...any) { q.ts.Fatalf(format, args...) }
func (q quiet) Cleanup(f func())                  { q.ts.Defer(f) }

func scriptReady(ts *testscript.TestScript, _ bool, _ []string) {
	server := client.Unix(ts.MkAbs("kakitome-data/control.sock"))
	kakitest.Eventually(quiet{ts: ts}, "the server answers", func() bool {
		h, err := server.Health(context.Background())
		if err != nil {
			return false
		}
		ts.Setenv("SMTP", h.SMTP)
		return true
	})
}

func scriptSend(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: send FROM TO FILE")
	}
	text := strings.ReplaceAll(strings.ReplaceAll(ts.ReadFile(args[2]), "\r\n", "\n"), "\n", "\r\n")
	c := kakitest.Dial(quiet{ts: ts}, ts.Getenv("SMTP"))
	answer := c.Send(args[0], strings.Split(args[1], ","), []byte(text))
	_ = c.Conn.Close()
	if _, err := ts.Stdout().Write([]byte(answer + "\n")); err != nil {
		ts.Fatalf("print answer: %v", err)
	}
}

func relayOf(ts *testscript.TestScript) *kakitest.Relay {
	relay, ok := ts.Value("relay").(*kakitest.Relay)
	if !ok {
		ts.Fatalf("no relay")
	}
	return relay
}

func scriptRelayed(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	kakitest.Eventually(quiet{ts: ts}, args[1]+" gets its mail", func() bool { return len(relayOf(ts).To(args[1])) >= n })
	if got := len(relayOf(ts).To(args[1])); got != n {
		ts.Fatalf("%s got %d mails, want %d", args[1], got, n)
	}
}

func scriptNothing(ts *testscript.TestScript, _ bool, args []string) {
	if got := relayOf(ts).To(args[0]); len(got) > 0 {
		ts.Fatalf("%s got %v", args[0], got)
	}
}

func scriptID(ts *testscript.TestScript, _ bool, args []string) {
	_, rest, _ := strings.Cut(ts.ReadFile("stdout"), `"id": "`)
	id, _, ok := strings.Cut(rest, `"`)
	if !ok {
		ts.Fatalf("no id in stdout")
	}
	ts.Setenv(args[0], id)
}

func scriptExits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

func scriptAgeKey(ts *testscript.TestScript, _ bool, args []string) {
	identity, err := age.GenerateX25519Identity()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(identity.String()+"\n"), 0o600))
	ts.Setenv("RECIPIENT", identity.Recipient().String())
}
