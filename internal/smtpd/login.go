package smtpd

import (
	"strings"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// AuthMechanisms is not asked: the wire writes the answer to EHLO.
func (s *session) AuthMechanisms() []string { return []string{sasl.Plain, sasl.Login} }

// Auth begins a login. The wire has made sure of TLS.
func (s *session) Auth(mechanism string) (sasl.Server, error) {
	switch mechanism {
	case sasl.Plain:
		return &plainLogin{check: s.check}, nil
	case sasl.Login:
		return &login{check: s.check}, nil
	}
	return nil, answer(504, 5, 5, 4, "mechanism not offered")
}

func (s *session) check(name, password string) error {
	user, ok := s.wire.server.options.Users.Check(name, password)
	if !ok {
		return refused()
	}
	s.user = user
	return nil
}

func refused() *smtp.SMTPError { return answer(535, 5, 7, 8, "name or password is wrong") }

// plainLogin is the PLAIN mechanism (RFC 4616).
type plainLogin struct {
	check func(name, password string) error
}

func (p *plainLogin) Next(response []byte) (challenge []byte, done bool, err error) {
	if response == nil {
		return nil, false, nil
	}
	field := strings.Split(string(response), "\x00")
	if len(field) != 3 || field[0] != "" && field[0] != field[1] { // nobody acts for another
		return nil, false, refused()
	}
	return nil, true, p.check(field[1], field[2])
}

// login is the LOGIN mechanism (draft-murchison-sasl-login), still what many
// libraries choose.
type login struct {
	check func(name, password string) error
	name  []byte // nil until given
}

// Next gets nil only when AUTH came without an initial response.
func (l *login) Next(response []byte) (challenge []byte, done bool, err error) {
	switch {
	case response == nil:
		return []byte("Username:"), false, nil
	case l.name == nil:
		l.name = response
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(string(l.name), string(response))
}
