// Package storetest is the conformance suite of package store: what every
// engine must do alike. It runs each statement of the store at least once.
//
// It keeps true that SQLite and PostgreSQL cannot be told apart from above.
package storetest

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/mod/sumdb/note"

	"github.com/kakitome/kakitome/internal/check"
	"github.com/kakitome/kakitome/internal/custody"
	"github.com/kakitome/kakitome/internal/gate"
	"github.com/kakitome/kakitome/internal/jp"
	"github.com/kakitome/kakitome/internal/store"
)

// Database opens one new, empty database as often as asked, each time as
// another node. The test's cleanup closes the stores and removes it.
type Database func(t testing.TB, node string) *store.Store

// now is when everything happens, unless a test says otherwise.
var now = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

// Run runs the suite. fresh makes a new database; key is that of the log of its
// node "one".
func Run(t *testing.T, fresh func(t testing.TB) Database, key note.Verifier) {
	logged := func(test func(*testing.T, Database, note.Verifier)) func(*testing.T, Database) {
		return func(t *testing.T, db Database) { test(t, db, key) }
	}
	for _, c := range []struct {
		name string
		test func(*testing.T, Database)
	}{
		{"record", testRecord},
		{"record again", testRecordAgain},
		{"rollback", testRollback},
		{"counts", testCounts},
		{"crowds", testCrowds},
		{"client", testClient},
		{"stream", testStream},
		{"stage", testStage},
		{"claim", testClaim},
		{"leases", testLeases},
		{"pause", testPause},
		{"settle", testSettle},
		{"late answer", testLateAnswer},
		{"recall", testRecall},
		{"stale", testStale},
		{"judge", testJudge},
		{"held", testHeld},
		{"release", testRelease},
		{"release many", testReleaseMany},
		{"questions", testQuestions},
		{"scope", testScope},
		{"scope versions", testScopeVersions},
		{"scope mails", testScopeMails},
		{"leaves", logged(testLeaves)},
		{"decisions", testDecisions},
		{"freeze", testFreeze},
		{"freeze evidence", testFreezeEvidence},
		{"freeze roster", testFreezeRoster},
		{"alerts", testAlerts},
		{"share keys", testShareKeys},
		{"unblock", testUnblock},
		{"roster", testRoster},
		{"folding", testFolding},
		{"owners", testOwners},
		{"import fails", testImportFails},
		{"import large", testImportLarge},
		{"feeds", testFeeds},
		{"feed late", testFeedLate},
		{"removed by a feed", testFeedRemoves},
		{"bound anew", testBoundAnew},
		{"bound anew within a day", testBoundAnewInDay},
		{"agree", testAgree},
		{"erase", testErase},
		{"affected", testAffected},
		{"evidence", logged(testEvidence)},
		{"large leaf", logged(testLargeLeaf)},
		{"cross heads", logged(testCrossHeads)},
		{"erased evidence", logged(testErasedEvidence)},
		{"retain property", testRetainProperty},
		{"retain counts", testRetainCounts},
		{"retain staged", testRetainStaged},
		{"incident", testIncident},
		{"course race", testCourseRace},
		{"letters", testLetters},
		{"inquiries", testInquiries},
		{"sent to", testSentTo},
		{"standing", testStanding},
		{"race", testRace},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t, fresh(t))
		})
	}
}

// key is a key that stands for what is said.
func key(format string, args ...any) check.Key {
	sum := sha256.Sum256(fmt.Appendf(nil, format, args...))
	return check.Key(sum[:16])
}

// mail is a stored mail of the stream order for n recipients, queued and due.
func mail(id string, n int) *gate.Mail {
	m := &gate.Mail{
		ID: id, Stream: "order", Node: "one", ReceivedAt: now, Size: 1234,
		Key: []byte("wrapped " + id), Envelope: []byte("sealed envelope " + id), Body: []byte("sealed body " + id), Verdict: []byte("sealed verdict " + id),
		Digest: key("digest %s", id), MessageID: key("message-id %s", id), RosterVersion: 7, PolicyVersion: "p1",
	}
	for i := range n {
		m.Deliveries = append(m.Deliveries, gate.Delivery{
			ID: fmt.Sprintf("%s.%d", id, i+1), Recipient: key("rcpt %d", i), Sealed: fmt.Appendf(nil, "sealed rcpt %d", i),
			State: custody.Queued, Due: now, JudgedAt: 7,
			Exposures: []check.Exposure{
				{Person: key("person %d", i), Ident: key("email %d", i), Kind: jp.Email, Own: true},
				{Person: key("victim"), Ident: key("victim phone"), Kind: jp.Phone},
				{Ident: key("stray %s", id), Kind: jp.Email},
			},
		})
	}
	return m
}

// held makes all deliveries held.
func held(m *gate.Mail, rules ...check.Rule) *gate.Mail {
	for i := range m.Deliveries {
		d := &m.Deliveries[i]
		d.State, d.Rules, d.HeldAt = custody.Held, rules, m.ReceivedAt
	}
	return m
}

func write(t testing.TB, s *store.Store, fn func(tx gate.Tx) error) {
	t.Helper()
	if err := s.Write(t.Context(), fn); err != nil {
		t.Fatalf("write: %v", err)
	}
}

func record(t testing.TB, s *store.Store, mails ...*gate.Mail) {
	t.Helper()
	write(t, s, func(tx gate.Tx) error { return tx.Record(mails) })
}

func read(t testing.TB, s *store.Store, id string, deliveries ...string) *gate.Mail {
	t.Helper()
	var m *gate.Mail
	if err := s.Read(t.Context(), func(tx gate.ReadTx) (err error) {
		m, err = tx.Mail(id, deliveries...)
		return err
	}); err != nil {
		t.Fatalf("read %s: %v", id, err)
	}
	return m
}

// state is the state and the rules of one delivery.
func state(t testing.TB, s *store.Store, delivery string) string {
	t.Helper()
	for i := len(delivery) - 1; ; i-- {
		if delivery[i] == '.' {
			d := read(t, s, delivery[:i], delivery).Deliveries[0]
			return fmt.Sprint(d.State, d.Rules)
		}
	}
}

func counts(t testing.TB, s *store.Store, at time.Time, wants ...check.Wants) *check.Counts {
	t.Helper()
	var c *check.Counts
	if err := s.Read(t.Context(), func(tx gate.ReadTx) (err error) {
		c, err = tx.Counts(at, wants)
		return err
	}); err != nil {
		t.Fatalf("read counts: %v", err)
	}
	return c
}

func same[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}
