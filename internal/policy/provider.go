package policy

import (
	_ "embed"
	"strings"
)

// providersText lists domains of mail providers, one a line.
//
//go:embed providers.txt
var providersText string

func providers() map[string]struct{} {
	set := map[string]struct{}{}
	for line := range strings.Lines(providersText) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			set[line] = struct{}{}
		}
	}
	return set
}

// IsProvider tells whether mail addresses at a domain, or at one above it, are
// given to the public: an address there says nothing about a company.
func (p *Policy) IsProvider(domain string) bool {
	domain = strings.TrimSuffix(strings.ToLower(domain), ".")
	for domain != "" {
		if _, ok := p.providers[domain]; ok {
			return true
		}
		_, domain, _ = strings.Cut(domain, ".")
	}
	return false
}
