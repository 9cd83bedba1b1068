package ledger_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/kakitome/kakitome/ledger"
)

// An auditor holds a head from last month and asks: is that entry under it, and
// does today's log continue it?
func Example() {
	t := new(testing.B) // only so that the helpers of this test can be used
	log := newLog(t, "evidence.shop.example/node-1")
	log.add(t, decision(t, 0), decision(t, 1), decision(t, 2))
	lastMonth, _ := ledger.OpenHead(log.sign(t), log.key)

	log.add(t, decision(t, 3), decision(t, 4))
	today, _ := ledger.OpenHead(log.sign(t), log.key)

	proof, _ := ledger.Inclusion(lastMonth.Size, 1, log)
	fmt.Println("entry 1 under last month's head:", ledger.CheckInclusion(proof, lastMonth, 1, log.entries[1].Leaf) == nil)
	proof, _ = ledger.Consistency(lastMonth.Size, today.Size, log)
	fmt.Println("today's log continues it:", ledger.CheckConsistency(proof, lastMonth, today) == nil)

	log.entries[1].Record[20] ^= 1
	report, _ := ledger.Verify(context.Background(), log, log.key, nil)
	fmt.Println("after tampering:", report.Bad)
	// Output:
	// entry 1 under last month's head: true
	// today's log continues it: true
	// after tampering: entry 1: record: the leaf is not the commitment to record and salt
}
