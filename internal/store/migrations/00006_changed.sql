-- +goose Up

-- 1: a new judgement found more against a held delivery than was shown. It is
-- not released before it was shown again.
ALTER TABLE deliveries ADD COLUMN changed SMALLINT NOT NULL DEFAULT 0;
