-- What models wrote: the words of a briefing, the sheets of styles, refused texts, and the usage.

ALTER TABLE briefings ADD COLUMN words TEXT NOT NULL DEFAULT ''; -- JSON; empty: none

CREATE TABLE sheets (
    style    TEXT    NOT NULL,
    provider TEXT    NOT NULL,
    model    TEXT    NOT NULL,
    prompt   TEXT    NOT NULL,
    made_at  INTEGER NOT NULL,
    usage    TEXT    NOT NULL, -- JSON
    refused  TEXT    NOT NULL, -- reference of refused texts; empty: none
    body     BLOB    NOT NULL,
    PRIMARY KEY (style, provider, model, prompt)
) WITHOUT ROWID;

CREATE INDEX sheets_made ON sheets (made_at);

CREATE TABLE refused (
    ref      TEXT    NOT NULL PRIMARY KEY,
    name_key TEXT    NOT NULL,
    until    INTEGER NOT NULL,
    texts    TEXT    NOT NULL -- JSON
) WITHOUT ROWID;

CREATE INDEX refused_user ON refused (name_key);
CREATE INDEX refused_until ON refused (until);

CREATE TABLE usage_days (
    name_key      TEXT    NOT NULL,
    date          TEXT    NOT NULL,
    attempts      INTEGER NOT NULL,
    input_tokens  INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    estimated     INTEGER NOT NULL,
    PRIMARY KEY (name_key, date)
) WITHOUT ROWID;
