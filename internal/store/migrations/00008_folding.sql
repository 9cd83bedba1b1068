-- +goose Up

-- The version of the folding (jp.Version) under which a person's entries were
-- hashed: they are found by that folding alone.
ALTER TABLE roster_people ADD COLUMN folding SMALLINT NOT NULL DEFAULT 1;
