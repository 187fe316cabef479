-- Times are milliseconds of Unix time, UTC. Ids are 24 lower-case hex digits, so their order as text is their order as numbers.

CREATE TABLE users (
    username TEXT NOT NULL PRIMARY KEY,
    id       TEXT NOT NULL,
    custom   TEXT NOT NULL -- JSON list of strings
) WITHOUT ROWID;

CREATE TABLE requests (
    id         TEXT    NOT NULL PRIMARY KEY,
    username   TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    interval   INTEGER NOT NULL, -- seconds
    end_time   TEXT    NOT NULL,
    end_text   TEXT    NOT NULL,
    camera     TEXT    NOT NULL,
    key        TEXT    NOT NULL, -- empty: none
    started_at INTEGER NOT NULL,
    ends_at    INTEGER,
    ended_at   INTEGER,
    end_reason TEXT,
    active     INTEGER NOT NULL,
    done       INTEGER NOT NULL,
    skipped    INTEGER NOT NULL,
    missed     INTEGER NOT NULL,
    last_tick  INTEGER NOT NULL,
    last_id    TEXT    NOT NULL, -- empty: no briefing yet
    owner      TEXT    NOT NULL,
    term       INTEGER NOT NULL
) WITHOUT ROWID;

CREATE UNIQUE INDEX requests_active ON requests (username) WHERE active = 1;
CREATE UNIQUE INDEX requests_key ON requests (username, key) WHERE key <> '';
CREATE INDEX requests_user ON requests (username, id);

CREATE TABLE briefings (
    request_id TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    tick       INTEGER NOT NULL, -- 0: from outside
    at         INTEGER NOT NULL,
    head       TEXT    NOT NULL, -- of the legacy text, what stands before the caption
    caption    TEXT    NOT NULL,
    facts      TEXT    NOT NULL, -- JSON
    degraded   TEXT    NOT NULL,
    source     TEXT    NOT NULL,
    PRIMARY KEY (request_id, id)
) WITHOUT ROWID;

-- What a health check writes, to know that writing works.
CREATE TABLE health (id INTEGER NOT NULL PRIMARY KEY, checks INTEGER NOT NULL);
INSERT INTO health VALUES (1, 0);
