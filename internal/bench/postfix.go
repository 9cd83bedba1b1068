package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// postfixMain is a private Postfix before the sink: all at its defaults but for
// where it lives, and nothing is looked up in DNS.
const postfixMain = `compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/data
command_directory = %[2]s
daemon_directory = %[3]s
myhostname = postfix.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
relayhost = [127.0.0.1]:%[4]s
smtp_dns_support_level = disabled
smtpd_peername_lookup = no
alias_maps =
alias_database =
`

const postfixMaster = `127.0.0.1:%s inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
`

// errAbsent says that a peer cannot be measured here; the rest can.
var errAbsent = errors.New("not measured here")

// openPostfix starts a private Postfix that relays to the sink.
func openPostfix(ctx context.Context, dir, sinkAddr string) (*path, error) {
	control, err := exec.LookPath("postfix")
	if err != nil {
		return nil, fmt.Errorf("%w: Postfix is not installed", errAbsent)
	}
	if os.Geteuid() != 0 {
		return nil, fmt.Errorf("%w: Postfix starts as root only", errAbsent)
	}
	daemons, err := exec.CommandContext(ctx, "postconf", "-d", "-h", "daemon_directory").Output()
	if err != nil {
		return nil, fmt.Errorf("ask Postfix where its programs are: %w", err)
	}
	master := filepath.Join(strings.TrimSpace(string(daemons)), "master")
	dir = filepath.Join(dir, "postfix")
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	if err := writePostfix(dir, filepath.Dir(control), filepath.Dir(master), port, sinkAddr); err != nil {
		return nil, err
	}
	etc := filepath.Join(dir, "etc")
	if out, err := exec.CommandContext(ctx, control, "-c", etc, "check").CombinedOutput(); err != nil { //nolint:gosec // Postfix's own tool
		return nil, fmt.Errorf("make Postfix's queue: %w: %s", err, out)
	}
	p, err := start(exec.Command(master, "-c", etc, "-d")) //nolint:gosec // Postfix's own tool
	if err != nil {
		return nil, err
	}
	out := &path{name: PathPostfixQueue, addr: "127.0.0.1:" + port, pid: p.pid(), stop: func() error { return p.stop(syscall.SIGTERM) }}
	if err := p.await(ctx, func() error { return greets(out.addr) }); err != nil {
		return nil, errors.Join(err, out.stop())
	}
	return out, nil
}

func writePostfix(dir, commands, daemons, port, sinkAddr string) error {
	_, relay, err := net.SplitHostPort(sinkAddr)
	if err != nil {
		return fmt.Errorf("read address of the sink: %w", err)
	}
	for _, sub := range []string{"etc", "queue", "data"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil { //nolint:gosec // Postfix's users must enter
			return fmt.Errorf("make Postfix's directories: %w", err)
		}
	}
	uid, gid, err := account("postfix")
	if err == nil {
		err = os.Chown(filepath.Join(dir, "data"), uid, gid)
	}
	if err != nil {
		return fmt.Errorf("make Postfix's directories: %w", err)
	}
	for name, text := range map[string]string{
		"main.cf":   fmt.Sprintf(postfixMain, dir, commands, daemons, relay),
		"master.cf": fmt.Sprintf(postfixMaster, port),
	} {
		if err := os.WriteFile(filepath.Join(dir, "etc", name), []byte(text), 0o644); err != nil { //nolint:gosec // no secret
			return fmt.Errorf("write Postfix's configuration: %w", err)
		}
	}
	return nil
}

// account is a user of this machine.
func account(name string) (uid, gid int, err error) {
	u, err := user.Lookup(name)
	if err != nil {
		return 0, 0, fmt.Errorf("look up user: %w", err)
	}
	if uid, err = strconv.Atoi(u.Uid); err != nil {
		return 0, 0, fmt.Errorf("look up user %s: %w", name, err)
	}
	gid, err = strconv.Atoi(u.Gid)
	return uid, gid, err
}
