package store_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/kakitome/kakitome/internal/store"
)

// indexes that a question must begin with (P7).
var indexes = map[string]string{
	"person": "exposures_person", "identifier": "exposures_ident", "recipient": "deliveries_rcpt",
	"scope by stream": "deliveries_wrong", "scope by person": "exposures_person", "scope by identifier": "exposures_ident",
}

func TestPlansSQLite(t *testing.T) {
	t.Parallel()
	s := open(t, store.Options{Path: filepath.Join(t.TempDir(), "kakitome.db"), Node: "one"})
	for question, index := range indexes {
		plan := store.Explain(t, s, question)
		if strings.Contains(plan, "SCAN") || strings.Contains(plan, "TEMP B-TREE") || !strings.Contains(plan, index) {
			t.Errorf("by %s:\n%s", question, plan)
		}
		if question != "recipient" && !strings.Contains(plan, "COVERING INDEX "+index) {
			t.Errorf("by %s the table is read too:\n%s", question, plan)
		}
	}
}

func TestPlansPostgres(t *testing.T) {
	t.Parallel()
	s := postgresDatabase(t)(t, "one")
	fill(t, s, 3000)
	store.Analyze(t, s)
	for question, index := range indexes {
		plan := store.Explain(t, s, question)
		if strings.Contains(plan, "Seq Scan") || !strings.Contains(plan, index) {
			t.Errorf("by %s:\n%s", question, plan)
		}
	}
}
