package policy

import (
	"errors"
	"strings"
	"time"

	"github.com/kakitome/kakitome/internal/jp"
)

// Company is what is the company's own, and nobody's personal data.
type Company struct {
	Name       string
	idents     map[ident]struct{}
	recipients audience
}

type ident struct {
	kind   jp.Kind
	normal string
}

// Owns tells whether an identifier in its normal form is the company's own:
// one of company.identifiers, or an address among company.recipients.
func (c *Company) Owns(k jp.Kind, normal string) bool {
	if _, ok := c.idents[ident{k, normal}]; ok {
		return true
	}
	return k == jp.Email && c.recipients.has(normal)
}

// IsRecipient tells whether an envelope address is one of company.recipients:
// named itself, or by exactly its domain.
func (c *Company) IsRecipient(addr string) bool { return c.recipients.has(addr) }

// identify reads a value of company.identifiers: as the kind it names, else as
// every kind it may be. What is no code never equals a code, so that it does no
// harm to be among the codes as well.
func identify(value string) []ident {
	if name, rest, ok := strings.Cut(value, ":"); ok {
		if kind, known := jp.ParseKind(strings.TrimSpace(name)); known {
			return normals(rest, kind)
		}
	}
	if strings.Contains(value, "@") {
		return normals(value, jp.Email)
	}
	return normals(value, jp.Phone, jp.PostalCode, jp.Address, jp.Name, jp.NameKana, jp.NameLatin, jp.MemberNo, jp.OrderNo, jp.Other)
}

func normals(value string, kinds ...jp.Kind) []ident {
	var found []ident
	for _, k := range kinds {
		if normal, err := jp.Normal(k, strings.TrimSpace(value)); err == nil {
			found = append(found, ident{k, normal})
		}
	}
	return found
}

// audience is a set of addresses and whole domains.
type audience struct{ members map[string]struct{} }

func newAudience() audience { return audience{members: map[string]struct{}{}} }

var errAudience = errors.New("not an address and not @domain")

// add takes an address, or "@domain" for all of exactly that domain.
func (a *audience) add(value string) error {
	probe := value
	if strings.HasPrefix(value, "@") {
		probe = "x" + value
	}
	normal, err := jp.Normal(jp.Email, probe)
	if err != nil {
		return errAudience
	}
	if probe != value {
		normal = normal[max(strings.LastIndexByte(normal, '@'), 0):]
	}
	a.members[normal] = struct{}{}
	return nil
}

func (a *audience) has(addr string) bool {
	if len(a.members) == 0 {
		return false
	}
	normal, err := jp.Normal(jp.Email, addr)
	if err != nil {
		return false
	}
	if _, ok := a.members[normal]; ok {
		return true
	}
	_, ok := a.members[normal[max(strings.LastIndexByte(normal, '@'), 0):]]
	return ok
}

// kinds is a set of jp.Kind.
type kinds uint32

type grant struct {
	to     audience
	stream string // empty: every stream
	kinds  kinds
	end    time.Time // the first instant it no longer holds; zero: never
}

// Granted tells whether a recipient may have data of a kind of other persons
// in a stream at an instant.
func (p *Policy) Granted(addr, stream string, k jp.Kind, at time.Time) bool {
	for i := range p.grants {
		g := &p.grants[i]
		if g.kinds>>k&1 != 0 && (g.stream == "" || g.stream == stream) &&
			(g.end.IsZero() || at.Before(g.end)) && g.to.has(addr) {
			return true
		}
	}
	return false
}
