package auth

import (
	"strings"
	"sync"
	"testing"
)

func TestHashVerifies(t *testing.T) {
	t.Parallel()
	hash, err := Hash("正しい馬 battery")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash %q is not in PHC form with the stated costs", hash)
	}
	if !Verify(hash, "正しい馬 battery") {
		t.Error("the right password is refused")
	}
	for _, wrong := range []string{"", "正しい馬 Battery", "正しい馬 battery ", strings.Repeat("a", MaxPassword+1)} {
		if Verify(hash, wrong) {
			t.Errorf("a wrong password of %d octets is accepted", len(wrong))
		}
	}
	again, _ := Hash("正しい馬 battery")
	if again == hash {
		t.Error("two hashes of one password are equal: no salt")
	}
}

func TestEmptyAndOverlongPasswordDiffer(t *testing.T) {
	t.Parallel()
	hash, err := Hash("")
	if err != nil {
		t.Fatal(err)
	}
	if Verify(hash, strings.Repeat("a", MaxPassword+1)) {
		t.Error("an overlong password passes for the empty one")
	}
	if _, err := Hash(strings.Repeat("a", MaxPassword+1)); err == nil {
		t.Error("an overlong password was hashed")
	}
}

// A known answer, so that hashes made by other tools verify here:
// echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1.
func TestKnownAnswer(t *testing.T) {
	t.Parallel()
	const hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if !Verify(hash, "password") || Verify(hash, "Password") {
		t.Error("the reference hash does not verify as it should")
	}
}

const salt, key = "c29tZXNhbHQ", "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	tail := "$" + salt + "$" + key
	for name, hash := range map[string]string{
		"empty":           "",
		"argon2i":         "$argon2i$v=19$m=65536,t=2,p=1" + tail,
		"old version":     "$argon2id$v=16$m=65536,t=2,p=1" + tail,
		"too much memory": "$argon2id$v=19$m=262145,t=2,p=1" + tail,
		"little memory":   "$argon2id$v=19$m=8,t=2,p=1" + tail,
		"wrapping memory": "$argon2id$v=19$m=4295032832,t=2,p=1" + tail,
		"no pass":         "$argon2id$v=19$m=65536,t=0,p=1" + tail,
		"many passes":     "$argon2id$v=19$m=65536,t=17,p=1" + tail,
		"no thread":       "$argon2id$v=19$m=65536,t=2,p=0" + tail,
		"many threads":    "$argon2id$v=19$m=65536,t=2,p=17" + tail,
		"wrapping thread": "$argon2id$v=19$m=65536,t=2,p=257" + tail,
		"more parameters": "$argon2id$v=19$m=65536,t=2,p=1,x=1" + tail,
		"leading zero":    "$argon2id$v=19$m=065536,t=2,p=1" + tail,
		"short salt":      "$argon2id$v=19$m=65536,t=2,p=1$c2E$" + key,
		"short key":       "$argon2id$v=19$m=65536,t=2,p=1$" + salt + "$CTFh",
		"long key":        "$argon2id$v=19$m=65536,t=2,p=1$" + salt + "$" + strings.Repeat("CTFh", 30),
		"padded":          "$argon2id$v=19$m=65536,t=2,p=1$" + salt + "$" + key + "=",
		"huge":            "$argon2id$v=19$m=65536,t=2,p=1$" + salt + "$" + strings.Repeat("A", 1<<20),
	} {
		if _, err := parse(hash); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestUsers(t *testing.T) {
	t.Parallel()
	shop, _ := Hash("shop secret")
	crm, _ := Hash("crm secret")
	users, err := NewUsers(User{"shop", shop, "order"}, User{"crm", crm, ""})
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := users.Check("shop", "shop secret"); !ok || got.Stream != "order" {
		t.Errorf("Check = %+v, %v", got, ok)
	}
	for _, c := range [][2]string{{"shop", "crm secret"}, {"nobody", "shop secret"}, {"nobody", ""}, {"", ""}, {"Shop", "shop secret"}} {
		if got, ok := users.Check(c[0], c[1]); ok || got != (User{}) {
			t.Errorf("Check(%q) let in %+v", c[0], got)
		}
	}
	if cost(users.dummy) != cost(users.byName["shop"].hash) {
		t.Error("an unknown user does not cost what a known one costs")
	}
	var none *Users
	if _, ok := none.Check("shop", "shop secret"); ok {
		t.Error("nil users know somebody")
	}
}

func TestNewUsersRefuses(t *testing.T) {
	t.Parallel()
	good, _ := Hash("x")
	for name, list := range map[string][]User{
		"bad hash": {{"a", "secret-in-clear", ""}},
		"no name":  {{"", good, ""}},
		"NUL":      {{"a\x00b", good, ""}},
		"twice":    {{"a", good, ""}, {"a", good, ""}},
	} {
		_, err := NewUsers(list...)
		if err == nil {
			t.Errorf("%s: accepted", name)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error quotes the hash: %v", name, err)
		}
	}
}

func TestChecksAreBounded(t *testing.T) {
	t.Parallel()
	hash, _ := Hash("x")
	users, _ := NewUsers(User{"a", hash, ""})
	for range concurrentChecks { // occupy every turn
		users.turn <- struct{}{}
	}
	done := make(chan bool)
	go func() {
		_, ok := users.Check("a", "x")
		done <- ok
	}()
	select {
	case <-done:
		t.Fatal("a check ran beyond the bound")
	default:
	}
	<-users.turn
	if !<-done {
		t.Error("the waiting check failed")
	}
	<-users.turn
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, ok := users.Check("a", "x"); !ok {
				t.Error("a concurrent check failed")
			}
		})
	}
	all.Wait()
}

func FuzzParse(f *testing.F) {
	f.Add("$argon2id$v=19$m=65536,t=2,p=1$" + salt + "$" + key)
	f.Add("$argon2id$v=19$m=4294967295,t=4294967295,p=255$$")
	f.Add("$$$$$")
	f.Fuzz(func(t *testing.T, hash string) {
		p, err := parse(hash)
		if err != nil {
			return
		}
		if !p.bounded() {
			t.Errorf("accepted beyond the limits: %q", hash)
		}
		if p.String() != hash {
			t.Errorf("round trip %q -> %q", hash, p.String())
		}
	})
}
