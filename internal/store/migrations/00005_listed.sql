-- +goose Up

CREATE INDEX deliveries_undeliverable ON deliveries (num) WHERE state = 5;
CREATE INDEX mails_unread ON mails (num) WHERE unread > 0;
