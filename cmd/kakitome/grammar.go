package main

import (
	"time"
)

// grammar is the command line, as in interface.md.
type grammar struct {
	Config string `help:"Configuration file." short:"c" default:"./kakitome.yaml" placeholder:"FILE" env:"KAKITOME_CONFIG"`

	Serve    serveCmd    `cmd:"" help:"Run the gateway."`
	Demo     demoCmd     `cmd:"" help:"Play the incident of 2019, and how it does not happen."`
	Bench    benchCmd    `cmd:"" help:"Measure."`
	Check    checkCmd    `cmd:"" help:"Say what the gateway would decide on a mail; changes nothing."`
	Explain  explainCmd  `cmd:"" help:"Show what was found in a mail, line by line, and why it was held; values are masked."`
	Roster   rosterCmd   `cmd:"" help:"Which identifier belongs to whom."`
	Held     heldCmd     `cmd:"" help:"Mail that waits for a decision."`
	Stream   streamCmd   `cmd:"" help:"Pause and resume streams."`
	Company  companyCmd  `cmd:"" help:"The company's own identifiers."`
	Alert    alertCmd    `cmd:"" help:"Alerts, until acknowledged."`
	Key      keyCmd      `cmd:"" help:"Back up and restore the keys."`
	Ledger   ledgerCmd   `cmd:"" help:"Whose data went to whom, and the proof."`
	Incident incidentCmd `cmd:"" help:"The response to mail that left and should not have."`
	Replay   replayCmd   `cmd:"" help:"Run an incident's mails against today's policy and roster; changes nothing."`
	Canary   canaryCmd   `cmd:"" help:"Make canary people, who exist nowhere but in the roster."`
	Passwd   passwdCmd   `cmd:"" help:"Make a password hash for smtp.users, from standard input."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

type rosterCmd struct {
	Import rosterImportCmd `cmd:"" help:"Import a CSV."`
	Sync   rosterSyncCmd   `cmd:"" help:"Take people from the shop's own database."`
	Feeds  rosterFeedsCmd  `cmd:"" help:"List by which ways people come, and when they last did."`
	Agree  rosterAgreeCmd  `cmd:"" help:"Let a feed in that was refused."`
	Show   rosterShowCmd   `cmd:"" help:"Show what is known of a person: kinds, no values."`
	Remove rosterRemoveCmd `cmd:"" help:"Erase a person from the roster."`
	Stats  rosterStatsCmd  `cmd:"" help:"Count the roster."`
}

type heldCmd struct {
	List    heldListCmd    `cmd:"" help:"List held mail, oldest first."`
	Show    heldShowCmd    `cmd:"" help:"Explain a held mail; values are masked."`
	Release heldReleaseCmd `cmd:"" help:"Let held mail go."`
	Discard heldDiscardCmd `cmd:"" help:"End held mail."`
	Unblock heldUnblockCmd `cmd:"" help:"Lift the block that fan_out laid on an identifier; counting begins anew."`
}

type streamCmd struct {
	List   streamListCmd   `cmd:"" help:"List streams."`
	Pause  streamPauseCmd  `cmd:"" help:"Stop a stream, queued mail too, within a second."`
	Resume streamResumeCmd `cmd:"" help:"Let a stream go on, in order."`
}

type companyCmd struct {
	Suggest companySuggestCmd `cmd:"" help:"List what was seen going everywhere and may be the company's own."`
}

type alertCmd struct {
	List alertListCmd `cmd:"" help:"List alerts."`
	Ack  alertAckCmd  `cmd:"" help:"Acknowledge an alert."`
}

type keyCmd struct {
	Backup  keyBackupCmd  `cmd:"" help:"Write the keys to a file, encrypted with age."`
	Restore keyRestoreCmd `cmd:"" help:"Bring the keys back from a backup."`
}

type ledgerCmd struct {
	Exposure      ledgerExposureCmd      `cmd:"" help:"Who was sent this person's data."`
	Received      ledgerReceivedCmd      `cmd:"" help:"Whose data this address was sent."`
	Undeliverable ledgerUndeliverableCmd `cmd:"" help:"What could not be delivered, and whose sender nobody could tell."`
	Unread        ledgerUnreadCmd        `cmd:"" help:"What passed with a part nobody read."`
	Verify        ledgerVerifyCmd        `cmd:"" help:"Recompute and check the evidence log."`
}

// asJSON is the flag of every command that lists or shows.
type asJSON struct {
	JSON bool `name:"json" help:"Print one JSON document."`
}

// selection says which held mail is meant: ids, or a filter.
type selection struct {
	IDs    []string          `arg:"" optional:"" name:"id" help:"Ids of held mail."`
	Where  map[string]string `help:"Filter: rule=…,stream=…,since=…,before=…,person=…." placeholder:"KEY=VALUE" mapsep:","`
	Reason string            `help:"Why; goes to the audit." required:""`
}

// parseSince reads a moment: RFC 3339, a date, or how long ago (90m, 24h, 7d).
func parseSince(s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, s, time.Local); err == nil {
			return t, nil
		}
	}
	ago := s
	days := 0
	if n := len(s); n > 1 && s[n-1] == 'd' {
		for _, c := range s[:n-1] {
			if c < '0' || c > '9' || days > 100_000 {
				return time.Time{}, badTime(s)
			}
			days = days*10 + int(c-'0')
		}
		return now.AddDate(0, 0, -days), nil
	}
	d, err := time.ParseDuration(ago)
	if err != nil {
		return time.Time{}, badTime(s)
	}
	return now.Add(-d), nil
}

func badTime(string) error {
	return &usageError{"the time is not understood", "2026-11-23T10:00:00+09:00, 2026-11-23, or how long ago: 90m, 24h, 7d"}
}
