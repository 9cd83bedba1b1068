package auth

import (
	"fmt"
	"strings"
)

// concurrentChecks bounds the memory of checking to this many times
// MaxMemoryKiB. More checks wait for their turn.
const concurrentChecks = 2

// maxName bounds a user name, octets.
const maxName = 255

// User is one who may submit mail.
type User struct {
	Name   string // as given in AUTH, compared exactly
	Hash   string // argon2id in PHC form
	Stream string // the stream the name stands for; empty: the mail's header decides
}

// Users is a fixed set of users. The zero value and nil know nobody.
type Users struct {
	byName map[string]entry
	dummy  params
	turn   chan struct{}
}

type entry struct {
	user User
	hash params
}

// NewUsers reads the hashes once, so that a bad one stops the start.
func NewUsers(list ...User) (*Users, error) {
	u := &Users{byName: make(map[string]entry, len(list)), turn: make(chan struct{}, concurrentChecks)}
	for i, user := range list {
		hash, err := parse(user.Hash)
		if err != nil {
			return nil, fmt.Errorf("user %d of the list: %w", i+1, err)
		}
		if user.Name == "" || len(user.Name) > maxName || strings.ContainsRune(user.Name, 0) {
			return nil, fmt.Errorf("user %d of the list: name is empty, longer than %d octets or has a NUL", i+1, maxName)
		}
		if _, ok := u.byName[user.Name]; ok {
			return nil, fmt.Errorf("user %d of the list: name is there twice", i+1)
		}
		u.byName[user.Name] = entry{user, hash}
		if cost(hash) > cost(u.dummy) {
			u.dummy = hash
		}
	}
	// A key of zeros: nobody's password, at the cost of the dearest real hash.
	u.dummy.key = make([]byte, len(u.dummy.key))
	return u, nil
}

func cost(p params) uint64 { return uint64(p.memory) * uint64(p.passes) }

// Check gives the user of that name if the password is right. An unknown name
// costs as much as the dearest known one.
func (u *Users) Check(name, password string) (User, bool) {
	if u == nil || len(u.byName) == 0 {
		return User{}, false
	}
	u.turn <- struct{}{}
	defer func() { <-u.turn }()
	e, known := u.byName[name]
	if !known {
		e.hash = u.dummy
	}
	if right := e.hash.verify(password); !right || !known {
		return User{}, false
	}
	return e.user, true
}
