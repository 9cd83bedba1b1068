-- +goose Up

CREATE TABLE nodes (
    name      TEXT PRIMARY KEY,
    heartbeat BIGINT NOT NULL
);

CREATE TABLE mails (
    num            {{identity}},
    id             TEXT NOT NULL UNIQUE,
    stream         TEXT NOT NULL,
    node           TEXT NOT NULL,
    received_at    BIGINT NOT NULL,
    size           BIGINT NOT NULL,
    key            BYTEA NOT NULL,
    envelope       BYTEA NOT NULL,
    digest         BYTEA NOT NULL,
    message_id     BYTEA NOT NULL,
    unread         BIGINT NOT NULL,
    roster_version BIGINT NOT NULL,
    policy_version TEXT NOT NULL,
    purged_at      BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX mails_unpurged ON mails (received_at) WHERE purged_at = 0;

-- Part 0 is the sealed explanation, parts from 1 on are the sealed body.
CREATE TABLE contents (
    mail TEXT NOT NULL,
    part BIGINT NOT NULL,
    data BYTEA NOT NULL,
    PRIMARY KEY (mail, part)
);

-- Bodies that are here before their mails.
CREATE TABLE staged (
    mail TEXT PRIMARY KEY,
    at   BIGINT NOT NULL
);

CREATE TABLE deliveries (
    num         {{number}},
    stream      TEXT NOT NULL,
    rcpt        BYTEA NOT NULL,
    sealed      BYTEA NOT NULL,
    state       SMALLINT NOT NULL,
    rules       TEXT NOT NULL,
    due         BIGINT NOT NULL,
    stale_at    BIGINT NOT NULL,
    lease_node  TEXT NOT NULL DEFAULT '',
    lease_until BIGINT NOT NULL DEFAULT 0,
    attempt     BIGINT NOT NULL,
    uncertain   SMALLINT NOT NULL DEFAULT 0,
    code        BIGINT NOT NULL DEFAULT 0,
    enhanced    TEXT NOT NULL DEFAULT '',
    held_at     BIGINT NOT NULL,
    ended_at    BIGINT NOT NULL,
    judged_at   BIGINT NOT NULL
);
CREATE INDEX deliveries_rcpt ON deliveries (rcpt, num);
CREATE INDEX deliveries_queued ON deliveries (stream, due, num) WHERE state = 1;
CREATE INDEX deliveries_leased ON deliveries (lease_node) WHERE lease_until > 0;
CREATE INDEX deliveries_stale ON deliveries (stale_at) WHERE state = 1 AND stale_at > 0;
CREATE INDEX deliveries_held ON deliveries (num) WHERE state = 2;

-- Person is NULL when nobody declared the identifier. The two indexes hold all
-- that a question by person or by identifier reads here (P7).
CREATE TABLE exposures (
    delivery BIGINT NOT NULL,
    n        BIGINT NOT NULL,
    person   BYTEA,
    ident    BYTEA NOT NULL,
    kind     SMALLINT NOT NULL,
    own      SMALLINT NOT NULL,
    PRIMARY KEY (delivery, n)
) {{clustered}};
CREATE INDEX exposures_person ON exposures (person, delivery, kind, own, ident) WHERE person IS NOT NULL;
CREATE INDEX exposures_ident ON exposures (ident, delivery, kind, own, person);

CREATE TABLE sightings (
    ident    BYTEA NOT NULL,
    rcpt     BYTEA NOT NULL,
    at       BIGINT NOT NULL,
    last_day BIGINT NOT NULL,
    days     BIGINT NOT NULL,
    learned  SMALLINT NOT NULL,
    PRIMARY KEY (ident, rcpt)
) {{clustered}};

CREATE TABLE blocked (
    ident BYTEA PRIMARY KEY,
    at    BIGINT NOT NULL
) {{clustered}};

CREATE TABLE received (
    rcpt    BYTEA NOT NULL,
    subject BYTEA NOT NULL,
    kind    SMALLINT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (rcpt, subject, kind)
) {{clustered}};
CREATE INDEX received_at ON received (at);

CREATE TABLE clients (
    client        BYTEA PRIMARY KEY,
    at            BIGINT NOT NULL,
    rcpts         BYTEA NOT NULL,
    rcpt_growth   BIGINT NOT NULL,
    attachments   BYTEA NOT NULL,
    attach_growth BIGINT NOT NULL
) {{clustered}};

-- Key is a hash of Message-ID, digest and recipient.
CREATE TABLE seen (
    key  BYTEA PRIMARY KEY,
    mail TEXT NOT NULL,
    at   BIGINT NOT NULL
) {{clustered}};
CREATE INDEX seen_at ON seen (at);

-- Key is a hash of content and recipient; hour counts since 1970.
CREATE TABLE repeats (
    key  BYTEA NOT NULL,
    hour BIGINT NOT NULL,
    n    BIGINT NOT NULL,
    PRIMARY KEY (key, hour)
) {{clustered}};
CREATE INDEX repeats_hour ON repeats (hour);

CREATE TABLE streams (
    name   TEXT PRIMARY KEY,
    paused SMALLINT NOT NULL DEFAULT 0,
    rule   TEXT NOT NULL DEFAULT '',
    who    TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    since  BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE stream_recent (
    stream  TEXT NOT NULL,
    mail    BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    flagged SMALLINT NOT NULL,
    mention SMALLINT NOT NULL,
    rcpts   BYTEA NOT NULL,
    persons BYTEA NOT NULL,
    PRIMARY KEY (stream, mail)
) {{clustered}};

-- One row per node, so that nodes do not wait for each other's.
CREATE TABLE stream_days (
    stream   TEXT NOT NULL,
    day      BIGINT NOT NULL,
    node     TEXT NOT NULL,
    mails    BIGINT NOT NULL,
    mentions BIGINT NOT NULL,
    PRIMARY KEY (stream, day, node)
) {{clustered}};

CREATE TABLE alerts (
    num      {{identity}},
    kind     TEXT NOT NULL,
    subject  TEXT NOT NULL,
    text     TEXT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at  BIGINT NOT NULL,
    count    BIGINT NOT NULL,
    told_at  BIGINT NOT NULL DEFAULT 0,
    acked_at BIGINT NOT NULL DEFAULT 0,
    acked_by TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX alerts_open ON alerts (kind, subject) WHERE acked_at = 0;

CREATE TABLE audit (
    num    {{identity}},
    at     BIGINT NOT NULL,
    node   TEXT NOT NULL,
    who    TEXT NOT NULL,
    act    TEXT NOT NULL,
    object TEXT NOT NULL,
    reason TEXT NOT NULL
);

