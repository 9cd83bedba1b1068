-- +goose Up

-- A version whose published_at is 0 is being written and is seen by nobody.
CREATE TABLE roster_versions (
    version      BIGINT PRIMARY KEY,
    published_at BIGINT NOT NULL,
    note         TEXT NOT NULL,
    people       BIGINT NOT NULL,
    entries      BIGINT NOT NULL
);

-- What was known of a person from one version until before another. Entries
-- are packed (roster.Entry); NULL says that the person was removed.
CREATE TABLE roster_people (
    person     BYTEA NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to   BIGINT NOT NULL,
    sealed     BYTEA,
    canary     SMALLINT NOT NULL,
    entries    BYTEA,
    PRIMARY KEY (person, valid_from)
) {{clustered}};
CREATE INDEX roster_people_from ON roster_people (valid_from);
CREATE INDEX roster_people_to ON roster_people (valid_to) WHERE valid_to < 9223372036854775807;

-- Which persons ever declared an identifier: the way from it to the rows of
-- roster_people, which alone say when.
CREATE TABLE roster_owners (
    ident      BYTEA NOT NULL,
    person     BYTEA NOT NULL,
    valid_from BIGINT NOT NULL,
    PRIMARY KEY (ident, person, valid_from)
) {{clustered}};
