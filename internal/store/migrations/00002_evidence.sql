-- +goose Up

-- One log per node. Its row is locked while a transaction appends.
CREATE TABLE evidence_logs (
    log    TEXT PRIMARY KEY,
    origin TEXT NOT NULL,
    size   BIGINT NOT NULL,
    erased BIGINT NOT NULL DEFAULT 0
);

-- Record and salt are NULL once erased, as in all entries before evidence_logs.erased.
CREATE TABLE evidence (
    log    TEXT NOT NULL,
    idx    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    leaf   BYTEA NOT NULL,
    salt   BYTEA,
    record BYTEA,
    PRIMARY KEY (log, idx)
);

-- The stored hashes that one transaction added, one after the other, from
-- index first on.
CREATE TABLE evidence_hashes (
    log    TEXT NOT NULL,
    first  BIGINT NOT NULL,
    hashes BYTEA NOT NULL,
    PRIMARY KEY (log, first)
);

CREATE TABLE evidence_heads (
    log  TEXT NOT NULL,
    size BIGINT NOT NULL,
    at   BIGINT NOT NULL,
    head BYTEA NOT NULL,
    PRIMARY KEY (log, size)
);

-- The newest head of another log that a log has recorded.
CREATE TABLE evidence_crossed (
    log   TEXT NOT NULL,
    other TEXT NOT NULL,
    size  BIGINT NOT NULL,
    PRIMARY KEY (log, other)
);

