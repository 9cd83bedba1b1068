-- +goose Up

-- An incident's key is destroyed (NULL) when what is kept of it is erased.
CREATE TABLE incidents (
    num       {{identity}},
    id        TEXT NOT NULL UNIQUE,
    opened_at BIGINT NOT NULL,
    state     SMALLINT NOT NULL,
    drill     SMALLINT NOT NULL,
    closed_at BIGINT NOT NULL DEFAULT 0,
    key       BYTEA
);

-- The course: it only grows.
CREATE TABLE incident_events (
    incident TEXT NOT NULL,
    n        BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    kind     TEXT NOT NULL,
    who      TEXT NOT NULL,
    data     BYTEA NOT NULL,
    PRIMARY KEY (incident, n)
) {{clustered}};

-- Identifiers that an incident blocked and nothing had blocked before.
CREATE TABLE incident_blocks (
    incident TEXT NOT NULL,
    ident    BYTEA NOT NULL,
    PRIMARY KEY (incident, ident)
) {{clustered}};

CREATE TABLE incident_contacts (
    incident TEXT NOT NULL,
    person   BYTEA NOT NULL,
    data     BYTEA NOT NULL,
    PRIMARY KEY (incident, person)
) {{clustered}};

-- One letter of a round for an address: nobody gets two. Due is 0 until the
-- letter was approved.
CREATE TABLE letters (
    num         {{identity}},
    id          TEXT NOT NULL UNIQUE,
    incident    TEXT NOT NULL,
    round       BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    address     BYTEA NOT NULL,
    person      BYTEA,
    sample      SMALLINT NOT NULL,
    paper       SMALLINT NOT NULL,
    data        BYTEA NOT NULL,
    token       BYTEA,
    code        BYTEA,
    state       SMALLINT NOT NULL,
    due         BIGINT NOT NULL DEFAULT 0,
    lease_until BIGINT NOT NULL DEFAULT 0,
    mail        TEXT NOT NULL DEFAULT '',
    moved_at    BIGINT NOT NULL,
    answers     BYTEA,
    UNIQUE (incident, round, address)
);
CREATE INDEX letters_due ON letters (due, num) WHERE mail = '' AND due > 0 AND paper = 0;
CREATE UNIQUE INDEX letters_token ON letters (token) WHERE token IS NOT NULL;
CREATE UNIQUE INDEX letters_code ON letters (code) WHERE code IS NOT NULL;
CREATE INDEX letters_mail ON letters (mail) WHERE mail <> '';

-- What was or will be public.
CREATE TABLE pages (
    incident     TEXT NOT NULL,
    version      BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    published_at BIGINT NOT NULL DEFAULT 0,
    hash         TEXT NOT NULL,
    doc          BYTEA NOT NULL,
    PRIMARY KEY (incident, version)
);

CREATE TABLE inquiries (
    num  {{identity}},
    ref  TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    at   BIGINT NOT NULL,
    data BYTEA NOT NULL
);

CREATE TABLE self_checks (
    num      {{identity}},
    id       TEXT NOT NULL UNIQUE,
    incident TEXT NOT NULL,
    at       BIGINT NOT NULL,
    address  BYTEA NOT NULL,
    data     BYTEA NOT NULL,
    answered SMALLINT NOT NULL DEFAULT 0,
    token    BYTEA,
    until    BIGINT NOT NULL DEFAULT 0,
    used     SMALLINT NOT NULL DEFAULT 0
);
CREATE INDEX self_checks_open ON self_checks (num) WHERE answered = 0;
CREATE UNIQUE INDEX self_checks_token ON self_checks (token) WHERE token IS NOT NULL;
