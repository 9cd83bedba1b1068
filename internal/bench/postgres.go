package bench

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
)

// database is an empty PostgreSQL database of the bench's own.
type database struct {
	url      string // without the password
	password string
	pid      int // of a private server, else 0
	stop     func() error
}

// openDatabase makes a database on a server that is there, or starts a private
// server in a directory.
func openDatabase(ctx context.Context, dir, server string) (*database, error) {
	if server != "" {
		return newDatabase(ctx, server)
	}
	return privateServer(ctx, dir)
}

// newDatabase makes a database beside the one a URL names, by psql.
func newDatabase(ctx context.Context, server string) (*database, error) {
	u, err := url.Parse(server)
	if err != nil || u.User == nil {
		return nil, errors.New("the database is no URL postgres://user@host/name")
	}
	if _, err := exec.LookPath("psql"); err != nil {
		return nil, fmt.Errorf("%w: psql is not installed", errAbsent)
	}
	name := fmt.Sprintf("kakitome_bench_%d", os.Getpid())
	run := func(ctx context.Context, sql string) error {
		cmd := exec.CommandContext(ctx, "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", server, "-c", sql) //nolint:gosec // our own SQL
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("psql: %w: %s", err, out[:min(len(out), 500)])
		}
		return nil
	}
	if err := run(ctx, "CREATE DATABASE "+name); err != nil {
		return nil, err
	}
	d := &database{stop: func() error { return run(context.WithoutCancel(ctx), "DROP DATABASE "+name+" WITH (FORCE)") }}
	d.password, _ = u.User.Password()
	u.User, u.Path = url.User(u.User.Username()), "/"+name
	d.url = u.String()
	return d, nil
}

// postgresBin is where the newest installed PostgreSQL has its programs
// (Debian's layout), or empty.
func postgresBin() string {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(found) == 0 {
		return ""
	}
	return slices.Max(found)
}

// privateServer starts a PostgreSQL of our own, at its defaults, on loopback.
func privateServer(ctx context.Context, dir string) (_ *database, err error) {
	bin := postgresBin()
	if bin == "" {
		return nil, fmt.Errorf("%w: PostgreSQL is neither given nor installed", errAbsent)
	}
	dir = filepath.Join(dir, "postgres")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make PostgreSQL's directory: %w", err)
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	d := &database{password: rand.Text(), url: "postgres://kakitome@127.0.0.1:" + port + "/postgres?sslmode=disable"}
	secret := filepath.Join(dir, "password")
	if err := os.WriteFile(secret, []byte(d.password+"\n"), 0o600); err != nil {
		return nil, fmt.Errorf("write PostgreSQL's password: %w", err)
	}
	as := &syscall.SysProcAttr{}
	if os.Geteuid() == 0 { // PostgreSQL refuses to run as root
		if as.Credential, err = giveTo("postgres", dir, secret); err != nil {
			return nil, err
		}
	}
	data := filepath.Join(dir, "data")
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", data, "-U", "kakitome", "-E", "UTF8", "--locale=C.UTF-8", //nolint:gosec // Debian's programs
		"--auth=scram-sha-256", "--pwfile="+secret)
	initdb.Dir, initdb.SysProcAttr = dir, as
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("make PostgreSQL's files: %w: %s", err, out[max(0, len(out)-500):])
	}
	cmd := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-p", port, "-k", dir, "-c", "listen_addresses=127.0.0.1") //nolint:gosec // Debian's programs
	cmd.Dir, cmd.SysProcAttr = dir, as
	p, err := start(cmd)
	if err != nil {
		return nil, err
	}
	d.pid, d.stop = p.pid(), func() error { return p.stop(syscall.SIGINT) } // fast shutdown
	ready := func() error {
		return exec.CommandContext(ctx, filepath.Join(bin, "pg_isready"), "-q", "-h", "127.0.0.1", "-p", port).Run()
	} //nolint:gosec // Debian's programs
	if err := p.await(ctx, ready); err != nil {
		return nil, errors.Join(err, d.stop())
	}
	return d, nil
}

// giveTo gives files to a user, and says how to run a program as that user.
func giveTo(name string, files ...string) (*syscall.Credential, error) {
	uid, gid, err := account(name)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if err := os.Chown(f, uid, gid); err != nil {
			return nil, fmt.Errorf("give file to %s: %w", name, err)
		}
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil //nolint:gosec // ids are small
}
