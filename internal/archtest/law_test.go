package archtest

// room is a directory of the module with all below it. It may import rooms of
// lower levels, and those of its own level named in peers.
type room struct {
	path  string // below the module's root
	level int
	peers map[string]string // room of the same level → reason it may be imported
}

// pureLevels are 0 to this one: no clock, disk, network, log or randomness.
const pureLevels = 2

// rooms is the law. A new package needs a line here first.
var rooms = []room{
	{path: "internal/fault", level: 0},
	{path: "internal/jp", level: 0},
	{path: "internal/mail", level: 0},
	{path: "internal/cms", level: 0},
	{path: "internal/rtf", level: 0},
	{path: "internal/tnef", level: 0},
	{path: "internal/flow", level: 0},
	{path: "internal/office", level: 0, peers: map[string]string{
		"internal/flow": "a document is shown like a page: what stands apart, what together",
	}},
	{path: "internal/pdf", level: 0},
	{path: "ledger", level: 0},
	{path: "web", level: 0}, // embedded files

	{path: "internal/extract", level: 1},
	{path: "internal/roster", level: 1},
	{path: "internal/policy", level: 1},

	{path: "internal/check", level: 2},
	{path: "internal/custody", level: 2},
	{path: "internal/public", level: 2},
	{path: "internal/scope", level: 2},
	{path: "internal/law", level: 2},
	{path: "internal/attribution", level: 2},
	{path: "internal/letter", level: 2, peers: map[string]string{
		"internal/law":   "a letter states what the law asks of it",
		"internal/scope": "a letter is about whose data went to whom",
	}},
	{path: "internal/incident", level: 2, peers: map[string]string{
		"internal/law":    "an incident's deadlines are those of the law",
		"internal/scope":  "an incident has a scope",
		"internal/letter": "an incident's states name its letters",
	}},

	{path: "internal/gate", level: 3},
	{path: "internal/auth", level: 3},
	{path: "internal/config", level: 3},
	{path: "internal/telemetry", level: 3},
	{path: "internal/survey", level: 3, peers: map[string]string{
		"internal/gate":  "a scope is computed again by reading mails as the gate does",
		"internal/admin": "the former roster, alerts: what was found out for the operators",
	}},
	{path: "internal/response", level: 3, peers: map[string]string{
		"internal/survey": "a response knows whose data went to whom by asking",
		"internal/gate":   "a letter goes the one path of a mail, and what is contained is the gate's",
		"internal/admin":  "what was found out for the operators is found out once",
	}},
	{path: "internal/admin", level: 3, peers: map[string]string{
		"internal/gate": "releasing a held mail is a decision, and decisions are the gate's",
	}},

	{path: "internal/store", level: 4},
	{path: "internal/smtpd", level: 4},
	{path: "internal/milterd", level: 4},
	{path: "internal/httpapi", level: 4},
	{path: "internal/relay", level: 4},
	{path: "internal/console", level: 4},
	{path: "internal/notice", level: 4},
	{path: "internal/keys", level: 4},
	{path: "internal/control", level: 4},
	{path: "internal/alarm", level: 4},
	{path: "internal/upkeep", level: 4},
	{path: "internal/feed", level: 4},
	{path: "internal/inbox", level: 4},

	{path: "internal/app", level: 5},
	{path: "internal/kakitest", level: 5, peers: map[string]string{
		"internal/app": "it starts the whole program inside a test",
	}},
	{path: "internal/demo", level: 5, peers: map[string]string{
		"internal/app":      "the drill plays against the whole program",
		"internal/kakitest": "the drill needs its fictitious people and mails",
	}},
	{path: "internal/bench", level: 5, peers: map[string]string{
		"internal/app":      "the gateway is measured as a whole",
		"internal/kakitest": "the bench needs its fictitious people and mails",
	}},
	{path: "internal/archtest", level: 5},

	{path: "client", level: 0},
	{path: "cmd/kakitome", level: 6},
}

// ban forbids an import to all but a few. A pattern is an import path and all
// below it.
type ban struct {
	what   []string
	except []string // rooms that may
	why    string
}

var bans = []ban{
	{
		what: sqlDrivers,
		except: []string{"internal/store",
			"internal/feed"}, // it reads the shop's own database, never ours
		why: "all SQL stands in one room, or the two engines and the one suite that holds them together drift apart",
	},
	{
		what:   []string{module + "/internal/app"},
		except: []string{"cmd/kakitome", "internal/demo", "internal/kakitest", "internal/bench"},
		why:    "the composition root is known to whoever starts the program, and to nobody it is composed of",
	},
	{
		what:   []string{module + "/internal/kakitest", "testing", "pgregory.net/rapid", "github.com/google/go-cmp", "go.uber.org/goleak", "github.com/rogpeppe/go-internal", "github.com/jhillyerd/enmime", "github.com/nyaruka/phonenumbers"},
		except: []string{"internal/kakitest", "internal/demo", "internal/bench", "cmd/kakitome", "internal/store/storetest"},
		why:    "what is made for tests has no business in the running server; drill and bench are tests one can ship",
	},
	{
		what: []string{module + "/internal/smtpd", module + "/internal/milterd", module + "/internal/httpapi"},
		except: []string{"internal/smtpd", "internal/milterd", "internal/httpapi", // each itself; the level keeps them apart
			"internal/app", "internal/kakitest", "internal/demo", "internal/bench",
			"cmd/kakitome"}, // without a server the commands speak to the same handler
		why: "a door speaks its protocol and nothing else; what doors share is the gate's, so that no door is kinder than another",
	},
	{
		what:   []string{"log"},
		except: nil,
		why:    "log/slog with the redacting handler is the only log; the old one writes whatever it is given",
	},
	{
		what:   []string{"unsafe", "C"},
		except: nil,
		why:    "mail is hostile input and the binary is built without cgo",
	},
	{
		what:   []string{"math/rand"},
		except: []string{"internal/kakitest", "internal/demo", "internal/bench"},
		why:    "ids and salts come from crypto/rand; math/rand/v2 does for jitter, and made-up people",
	},
}

var sqlDrivers = []string{
	"modernc.org/sqlite", "github.com/jackc/pgx", "github.com/lib/pq", "github.com/mattn/go-sqlite3",
	"github.com/ncruces/go-sqlite3", "github.com/pressly/goose", "github.com/go-sql-driver/mysql",
}

// impure is what rooms of the pure levels may not import, and why.
var impure = map[string]string{
	"os": "touches the disk or the process", "io/ioutil": "touches the disk", "syscall": "touches the process",
	"os/exec": "starts programs", "os/signal": "touches the process", "os/user": "reads the disk",
	"net": "touches the network", "net/http": "touches the network", "net/smtp": "touches the network",
	"net/rpc": "touches the network", "crypto/tls": "touches the network",
	"log": "logs; return the error", "log/slog": "logs; return the error",
	"database/sql": "touches the store", "math/rand": "is random", "math/rand/v2": "is random", "crypto/rand": "is random; take an io.Reader",
	"hash/maphash": "differs from run to run", "testing": "is for tests", "plugin": "loads code",
}

// impureFuncs are what they may not use of package time.
var impureFuncs = map[string]string{
	"Now": "reads the clock; take the time as an argument", "Since": "reads the clock", "Until": "reads the clock",
	"Sleep": "waits", "After": "waits", "AfterFunc": "waits", "Tick": "waits", "NewTimer": "waits", "NewTicker": "waits",
	"Local": "depends on the machine", "LoadLocation": "reads the disk; use a FixedZone",
}

// guests are the modules a pure room may import beside the standard library.
var guests = map[string][]string{
	"internal/jp":      {"golang.org/x/text", "golang.org/x/net/idna"},
	"internal/mail":    {"golang.org/x/text"},
	"internal/extract": {"golang.org/x/text", "golang.org/x/net/html"},
	"internal/pdf":     {"golang.org/x/text"},
	"internal/roster":  {"golang.org/x/text"},
	"internal/policy":  {"golang.org/x/text"},
	"internal/check":   {"golang.org/x/text", "golang.org/x/net/idna", "golang.org/x/net/publicsuffix"},
	"internal/letter":  {"golang.org/x/text"},
	"internal/law":     {"github.com/goccy/go-yaml"}, // of the program's own data files, from memory
	"ledger":           {"golang.org/x/mod/sumdb"},
}

// pardons are single exceptions to the laws of purity: room and import.
var pardons = map[[2]string]string{
	{"internal/fault", "net/http"}: "for the names of its status codes",
	{"client", "net/http"}:         "it is an HTTP client",
	{"client", "net"}:              "it dials",
	{"client", "crypto/tls"}:       "it dials",
	{"client", "os"}:               "it reads a token file",
}

// public packages serve people who have nothing else of ours.
var public = map[string]string{
	"ledger": "an auditor must be able to read and build all of it: standard library and x/mod",
	"client": "whoever calls our API must not inherit our dependencies: standard library only",
}
