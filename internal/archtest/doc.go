// Package archtest keeps the house in order by tests: which room may import
// which (law_test.go is the one table), that the core stays pure, that every
// package says what it keeps true, that files and functions stay small, and that
// docs/dependencies.md and docs/standards.md name what the code really uses.
// It has no code of its own. The most important edges are also in .golangci.yaml,
// where an editor shows them while one types.
package archtest
