package app

import (
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/keys"
)

// sealer gives the gate the key ring in its own words.
type sealer struct{ ring *keys.Ring }

func (s sealer) NewMailKey() (gate.MailKey, []byte, error) {
	key, wrapped, err := s.ring.NewMailKey()
	return mailKey{key}, wrapped, err
}

func (s sealer) MailKey(wrapped []byte) (gate.MailKey, error) {
	key, err := s.ring.MailKey(wrapped)
	return mailKey{key}, err
}

type mailKey struct{ keys.MailKey }

func (k mailKey) Seal(field, mailID string, plain []byte) ([]byte, error) {
	return k.MailKey.Seal(field, mailID, plain), nil
}
