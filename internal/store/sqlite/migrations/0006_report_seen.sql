-- What the owner says about a briefing, and up to when the user has seen the briefings (NULL: never said).

ALTER TABLE briefings ADD COLUMN wrong INTEGER NOT NULL DEFAULT 0;
ALTER TABLE briefings ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN seen_at INTEGER;
