-- name_key is briefing.NameKey of username: what look-ups go by, so that every spelling of a name is found.
-- The migration's Go step fills it; see migrate.go. The names themselves stay as they are.

ALTER TABLE users ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
ALTER TABLE requests ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
DROP INDEX requests_active;
DROP INDEX requests_key;
