-- +goose Up

-- Who the one recipient of a mail is, and by whose name the mail calls it
-- instead: keyed hashes, 16 bytes each. A list that slipped by a row is seen by
-- what a mail says fitting the recipient of another.
ALTER TABLE stream_recent ADD COLUMN addressee BYTEA;
ALTER TABLE stream_recent ADD COLUMN strange BYTEA;
