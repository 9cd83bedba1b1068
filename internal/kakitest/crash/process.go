package crash

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/kakitest"
)

// Build builds the real program into a directory.
func Build(ctx context.Context, dir string) (path string, err error) {
	path = filepath.Join(dir, "kakitome")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", path, "github.com/kakitome/kakitome/cmd/kakitome") //nolint:gosec // our own program
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOTOOLCHAIN=local")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build kakitome: %w\n%s", err, out)
	}
	return path, nil
}

// Process is one node as a process of its own, which can be killed and started
// again.
type Process struct {
	Client *client.Client

	program, config string
	socket          string
	log             kakitest.Log

	mu   sync.Mutex
	cmd  *exec.Cmd
	done chan struct{} // closed when the process has ended
	err  error
	addr string
}

// NewProcess makes a node with its files in dir and a configuration in YAML, as
// kakitest.Start takes it. It is not started.
func NewProcess(t testing.TB, program, dir, relay, yaml string) *Process {
	t.Helper()
	p := &Process{program: program, config: filepath.Join(dir, "kakitome.yaml"), socket: filepath.Join(dir, "data", "control.sock")}
	p.Client = client.Unix(p.socket)
	if err := os.WriteFile(p.config, []byte(kakitest.File(filepath.Join(dir, "data"), relay, yaml)), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Kill()
		if t.Failed() {
			t.Logf("end of the log of kakitome:\n%s", tail(p.log.String(), 6000))
		}
	})
	return p
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }

// Log is what the program said so far.
func (p *Process) Log() string { return p.log.String() }

// Start starts the node and waits until it answers.
func (p *Process) Start(t testing.TB) {
	t.Helper()
	cmd := exec.Command(p.program, "--config", p.config, "serve")
	cmd.Stderr = &p.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start kakitome: %v", err)
	}
	done := make(chan struct{})
	p.mu.Lock()
	p.cmd, p.done = cmd, done
	p.mu.Unlock()
	go func() {
		err := cmd.Wait()
		p.mu.Lock()
		p.err, p.addr = err, ""
		p.mu.Unlock()
		close(done)
	}()
	kakitest.Eventually(t, "kakitome answers", func() bool {
		select {
		case <-done:
			t.Fatalf("kakitome ended at its start: %v\n%s", p.err, tail(p.log.String(), 4000))
		default:
		}
		h, err := p.Client.Health(t.Context())
		if err != nil || h.SMTP == "" || !accepts(h.SMTP) {
			return false
		}
		p.mu.Lock()
		p.addr = h.SMTP
		p.mu.Unlock()
		return true
	})
}

// accepts tells whether the door says its greeting: the control socket opens
// before the doors.
func accepts(addr string) bool {
	c, err := Dial(addr)
	if err == nil {
		c.Close()
	}
	return err == nil
}

// Addr is where the door is; empty while there is no process.
func (p *Process) Addr() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.addr
}

// Kill ends the process as a power failure does, and says when.
func (p *Process) Kill() time.Time {
	p.mu.Lock()
	cmd, done := p.cmd, p.done
	p.addr = ""
	p.mu.Unlock()
	if cmd == nil {
		return time.Time{}
	}
	_ = cmd.Process.Kill()
	<-done
	return time.Now()
}

// Signal sends the process a signal.
func (p *Process) Signal(s os.Signal) error { return p.cmd.Process.Signal(s) }

// Wait waits until the process has ended, and gives its error.
func (p *Process) Wait(patience time.Duration) error {
	select {
	case <-p.done:
		return p.err
	case <-time.After(patience):
		return errors.New("it did not end")
	}
}

// Command runs a command of the program on this node's files.
func (p *Process) Command(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, p.program, append([]string{"--config", p.config}, args...)...) //nolint:gosec // the program we built
	var talk bytes.Buffer
	cmd.Stderr = &talk
	out, err := cmd.Output()
	if err != nil {
		return out, fmt.Errorf("kakitome %v: %w\n%s", args, err, tail(talk.String(), 2000))
	}
	return out, nil
}
