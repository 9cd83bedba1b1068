-- +goose Up

-- Sealing keys for the other nodes, encrypted under the identifier key, which
-- every node has and the database has not.
CREATE TABLE shared_keys (
    id     TEXT PRIMARY KEY,
    month  TEXT NOT NULL,
    sealed BYTEA NOT NULL
);

