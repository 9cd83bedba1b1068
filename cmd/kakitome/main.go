// Command kakitome is the outbound mail gateway and everything staff and
// scripts do with it: the grammar of the command line, signals, exit codes,
// and nothing else.
//
// Rules of what it prints: standard output is data, standard error is talk.
// An error is one line "kakitome: error: …", lower case, no full stop, and a
// line "hint: …" where something can be done about it. --json prints one JSON
// document. Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the answer is
// "hold" or "not clean".
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/kakitome/kakitome/client"
	"github.com/kakitome/kakitome/internal/fault"
)

// version is set by the linker in a release.
var version = "dev"

const (
	exitFailed = 1
	exitUsage  = 2
	exitHold   = 3
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// errHold is the answer "hold" or "not clean": all was said already.
var errHold = errors.New("hold")

// run runs one command and returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var g grammar
	code := -1
	parser, err := kong.New(&g,
		kong.Name("kakitome"), kong.Description("Registered mail: a mail leaves only if the personal data in it belongs to the person it is addressed to."),
		kong.Writers(stdout, stderr), kong.Exit(func(c int) { code = c }), kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
	)
	if err != nil {
		return report(stderr, err)
	}
	parsed, err := parser.Parse(args)
	if code >= 0 { // --help was answered
		return code
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "kakitome: error: %v\nhint: kakitome --help\n", err)
		return exitUsage
	}
	env := &environment{ctx: ctx, in: stdin, out: stdout, talk: stderr, config: g.Config}
	return report(stderr, parsed.Run(env))
}

// report says an error and gives its exit code.
func report(stderr io.Writer, err error) int {
	var usage *usageError
	var problem *client.Problem
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errHold):
		return exitHold
	case errors.As(err, &usage):
		_, _ = fmt.Fprintf(stderr, "kakitome: error: %v\n", err)
		hint(stderr, usage.hint)
		return exitUsage
	case errors.As(err, &problem):
		_, _ = fmt.Fprintf(stderr, "kakitome: error: %s\n", problem.Detail)
		hint(stderr, problem.Hint)
	default:
		_, _ = fmt.Fprintf(stderr, "kakitome: error: %v\n", err)
		hint(stderr, fault.HintOf(err))
	}
	return exitFailed
}

func hint(w io.Writer, text string) {
	if text != "" {
		_, _ = fmt.Fprintf(w, "hint: %s\n", text)
	}
}

// usageError is a wrong use of the command line.
type usageError struct{ msg, hint string }

func (e *usageError) Error() string { return e.msg }
