// Command reference writes the configuration reference to the file named by
// its argument, for go generate.
package main

import (
	"fmt"
	"os"

	"github.com/kakitome/kakitome/internal/config"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: reference FILE")
		os.Exit(2)
	}
	if err := os.WriteFile(os.Args[1], config.Reference(), 0o644); err != nil { //nolint:gosec // a document for everybody
		fmt.Fprintln(os.Stderr, "write reference:", err)
		os.Exit(1)
	}
}
