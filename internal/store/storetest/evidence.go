package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/store"
	"github.com/kakitome/kakitome/ledger"
)

// verified is the report on a node's log, which must be good.
func verified(t testing.TB, s *store.Store, node string, key note.Verifier) ledger.Report {
	t.Helper()
	r, err := ledger.Verify(t.Context(), s.EvidenceSource(node), key, nil)
	if err != nil || !r.OK() || r.Unexplained != 0 {
		t.Fatalf("verify: %+v, %v", r, err)
	}
	return r
}

func testEvidence(t *testing.T, db Database, key note.Verifier) {
	s := db(t, "one")
	for i := range 30 { // transactions of different sizes
		var mails []*gate.Mail
		for k := range i%7 + 1 {
			mails = append(mails, mail(fmt.Sprintf("m%d-%d", i, k), 2))
		}
		record(t, s, mails...)
		if i%4 == 0 {
			if err := errors.Join(s.SignHead(t.Context(), now.Add(time.Duration(i)*time.Second)), s.SignHead(t.Context(), now)); err != nil {
				t.Fatal(err)
			}
		}
	}
	write(t, s, func(tx gate.Tx) error { return tx.Evidence("drill", []byte(`{"b":1, "a":"テスト"}`)) })
	if err := s.Write(t.Context(), func(tx gate.Tx) error { return tx.Evidence("drill", []byte(`[1]`)) }); err == nil {
		t.Error("a record that is no object was kept")
	}
	r := verified(t, s, "one", key)
	var last string
	for e, err := range s.EvidenceSource("one").Entries(t.Context(), r.Size-1) {
		last = fmt.Sprint(string(e.Record), err)
	}
	same(t, "own record", last, `{"a":"テスト","b":1,"kind":"drill"}<nil>`)
	same(t, "report", []int64{r.Size, r.Checked, r.Heads, r.Last.Size}, []int64{116, 116, 8, 113})

	again := db(t, "one") // the log goes on after a restart, with nothing in memory
	record(t, again, mail("after", 1))
	same(t, "size", verified(t, again, "one", key).Size, int64(117))
}

// testLargeLeaf: a mail with very many exposures has a record in parts.
func testLargeLeaf(t *testing.T, db Database, verifier note.Verifier) {
	s := db(t, "one")
	m := mail("m\"1\n", 3)
	m.Deliveries[1].Rules = []check.Rule{check.FanIn, check.Ownership}
	for i := range 2000 {
		m.Deliveries[1].Exposures = append(m.Deliveries[1].Exposures, check.Exposure{Person: key("p %d", i), Ident: key("i %d", i), Kind: jp.Email})
	}
	many := mail("m2", 800)
	record(t, s, m, many)
	if r := verified(t, s, "one", verifier); r.Size < 8 {
		t.Errorf("%d entries", r.Size)
	}
	found := map[string]int{}
	parts := map[string]int{}
	for e, err := range s.EvidenceSource("one").Entries(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		var rec struct {
			Mail       string `json:"mail"`
			Part       int    `json:"part"`
			Deliveries []struct {
				ID        string            `json:"id"`
				Exposures []json.RawMessage `json:"exposures"`
			} `json:"deliveries"`
		}
		if err := json.Unmarshal(e.Record, &rec); err != nil {
			t.Fatal(err)
		}
		same(t, "part of "+rec.Mail, rec.Part, parts[rec.Mail])
		parts[rec.Mail]++
		for _, d := range rec.Deliveries {
			found[d.ID] += len(d.Exposures)
		}
	}
	same(t, "deliveries", len(found), 803)
	for _, all := range []*gate.Mail{m, many} {
		for _, d := range all.Deliveries {
			same(t, "exposures of "+d.ID, found[d.ID], len(d.Exposures))
		}
	}
}

func testCrossHeads(t *testing.T, db Database, key note.Verifier) {
	one, two := db(t, "one"), db(t, "two")
	record(t, one, mail("m1", 1))
	if err := one.SignHead(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	cross := func(want int) {
		t.Helper()
		n, err := two.CrossHeads(t.Context(), now)
		same(t, "heads recorded", []any{n, err}, []any{want, nil})
	}
	cross(1)
	cross(0)
	record(t, one, mail("m2", 1))
	if err := one.SignHead(t.Context(), now.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	cross(1)
	n := 0
	for head, err := range ledger.CrossHeads(t.Context(), two.EvidenceSource("two"), key) {
		if err != nil || !strings.HasPrefix(string(head), key.Name()) {
			t.Errorf("head %q, %v", head, err)
		}
		n++
	}
	same(t, "heads of the first in the second", n, 2)
	logs, err := one.Logs(t.Context())
	same(t, "logs", []any{logs["one"], len(logs), err}, []any{key.Name(), 2, nil})
	nodes, err := one.Nodes(t.Context())
	same(t, "nodes", []any{len(nodes), err}, []any{2, nil})
}

func testErasedEvidence(t *testing.T, db Database, key note.Verifier) {
	s := db(t, "one")
	for i := range 5 {
		m := mail(fmt.Sprint("m", i), 1)
		m.ReceivedAt = now.Add(time.Duration(i) * time.Hour)
		record(t, s, m)
		if err := s.SignHead(t.Context(), m.ReceivedAt); err != nil {
			t.Fatal(err)
		}
	}
	done, err := s.Retain(t.Context(), now.Add(100*time.Hour), store.Keep{Exposures: 97*time.Hour + 30*time.Minute})
	same(t, "retained", []any{done.Records, err}, []any{3, nil})
	r := verified(t, s, "one", key)
	same(t, "erased", []int64{r.Size, r.Erased, r.Heads}, []int64{6, 3, 5})
	done, err = s.Retain(t.Context(), now.Add(100*time.Hour), store.Keep{Exposures: 97*time.Hour + 30*time.Minute})
	same(t, "retained again", []any{done.Records, err}, []any{0, nil})
}
