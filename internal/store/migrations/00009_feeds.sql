-- +goose Up

-- By which ways people come: files ("csv") and the feeds of the configuration.
-- mark is how far a feed was read, sealed; query is a keyed hash of the question
-- it belongs to. refused_at > 0: the last run would have bound anew of touched
-- people those many; examples are keys of some.
CREATE TABLE roster_feeds (
    name       TEXT PRIMARY KEY,
    first_at   BIGINT NOT NULL,
    run_at     BIGINT NOT NULL DEFAULT 0,
    fed_at     BIGINT NOT NULL DEFAULT 0,
    late_at    BIGINT NOT NULL DEFAULT 0,
    mark       BYTEA,
    query      BYTEA,
    people     BIGINT NOT NULL DEFAULT 0,
    changed    BIGINT NOT NULL DEFAULT 0,
    problem    TEXT NOT NULL DEFAULT '',
    refused_at BIGINT NOT NULL DEFAULT 0,
    anew       BIGINT NOT NULL DEFAULT 0,
    touched    BIGINT NOT NULL DEFAULT 0,
    examples   BYTEA,
    agreed     BIGINT NOT NULL DEFAULT 0
);

-- How many people a version bound anew, of how many it touched; nothing of
-- those to which somebody agreed.
ALTER TABLE roster_versions ADD COLUMN anew BIGINT NOT NULL DEFAULT 0;
ALTER TABLE roster_versions ADD COLUMN touched BIGINT NOT NULL DEFAULT 0;
