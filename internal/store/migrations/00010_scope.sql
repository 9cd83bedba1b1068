-- +goose Up

-- The mails whose contents and facts an incident needs: nothing deletes them
-- while until is 0, nor before that time.
CREATE TABLE incident_mails (
    mail     BIGINT NOT NULL,
    incident TEXT NOT NULL,
    until    BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (mail, incident)
) {{clustered}};
CREATE INDEX incident_mails_incident ON incident_mails (incident, mail);

-- What was known of an incident's scope at a time, sealed; root is the hash of
-- what is sealed, which the evidence log holds too.
CREATE TABLE scope_versions (
    incident TEXT NOT NULL,
    version  BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    root     BYTEA NOT NULL,
    sealed   BYTEA NOT NULL,
    PRIMARY KEY (incident, version)
);

-- What a rule held, or would have: few of all, and what an incident is about.
CREATE INDEX deliveries_wrong ON deliveries (stream, num, rules) WHERE rules <> '';
