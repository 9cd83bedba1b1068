package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// stopPatience is how long a program may take to stop before it is killed.
const stopPatience = 20 * time.Second

// program is a child process.
type program struct {
	cmd  *exec.Cmd
	said bytes.Buffer // its end is told when it fails
	done chan struct{}
	err  error // once done
}

// start starts a program; it ends with this process at the latest.
func start(cmd *exec.Cmd) (*program, error) {
	p := &program{cmd: cmd, done: make(chan struct{})}
	if cmd.Stderr == nil {
		cmd.Stderr = &p.said
	}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGTERM
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

func (p *program) pid() int { return p.cmd.Process.Pid }

// stop ends the program with a signal, or by force.
func (p *program) stop(sig os.Signal) error {
	_ = p.cmd.Process.Signal(sig)
	select {
	case <-p.done:
		return nil
	case <-time.After(stopPatience):
		_ = p.cmd.Process.Kill()
		<-p.done
		return fmt.Errorf("stop %s: it had to be killed", p.cmd.Path)
	}
}

// await waits until ready gives no error, the program has ended, or ctx has.
func (p *program) await(ctx context.Context, ready func() error) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(time.Minute)
	for {
		err := ready()
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			said := p.said.String()
			return fmt.Errorf("%s ended: %w: %s", p.cmd.Path, errors.Join(p.err, errEnded), said[max(0, len(said)-1000):])
		case <-limit:
			return fmt.Errorf("wait for %s: %w", p.cmd.Path, err)
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

var errEnded = errors.New("too early")

// greets tells whether somebody answers at an address with a greeting.
func greets(addr string) error {
	c, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = c.Close() }()
	if err := c.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return fmt.Errorf("wait for greeting: %w", err)
	}
	if _, err := io.ReadFull(c, make([]byte, 4)); err != nil {
		return fmt.Errorf("wait for greeting: %w", err)
	}
	_, _ = io.WriteString(c, "QUIT\r\n")
	return nil
}

// freePort is a loopback port nobody listens on now.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, errors.Join(err, l.Close())
}

// clockTick is the unit of processor times in /proc (USER_HZ, see proc(5)).
const clockTick = 10 * time.Millisecond

// cpuOf is the processor time of a process and all below it, with those that
// ended and were waited for. Without a process it is 0.
func cpuOf(root int) time.Duration {
	if root == 0 {
		return 0
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0
	}
	ticks, parents := map[int]int{}, map[int]int{}
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil {
			parents[pid], ticks[pid] = readStat(pid)
		}
	}
	sum := 0
	for pid, n := range ticks {
		for at := pid; at > 0; at = parents[at] {
			if at == root {
				sum += n
				break
			}
		}
	}
	return time.Duration(sum) * clockTick
}

// readStat reads the parent of a process and its times, its waited children's
// too (proc(5): fields 4 and 14 to 17).
func readStat(pid int) (parent, ticks int) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)) //nolint:gosec // a number
	if err != nil {
		return 0, 0
	}
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:])) // from field 3 on
	if len(fields) < 15 {
		return 0, 0
	}
	for _, f := range fields[11:15] {
		n, _ := strconv.Atoi(f)
		ticks += n
	}
	parent, _ = strconv.Atoi(fields[1])
	return parent, ticks
}

// machineCPU is the processor time of all programs since the machine started
// (proc(5): user, nice, system, irq, softirq).
func machineCPU() time.Duration {
	data, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(data), "\n")
	fields := strings.Fields(line)
	sum := 0
	for _, i := range []int{1, 2, 3, 6, 7} {
		if i < len(fields) {
			n, _ := strconv.Atoi(fields[i])
			sum += n
		}
	}
	return time.Duration(sum) * clockTick
}

// loadAverage is the machine's over the last minute.
func loadAverage() float64 {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(data), " ")
	load, _ := strconv.ParseFloat(first, 64)
	return load
}
