-- The cameras of users. Credentials are encrypted.
--
-- report_request, report_term and report_tick are the place of the last report of the health.
-- source_version is the version in which the source was last changed or the view accepted.
-- view_version is the version in which the view was last accepted.

CREATE TABLE cameras (
    id             TEXT    NOT NULL PRIMARY KEY,
    name_key       TEXT    NOT NULL, -- of the user
    username       TEXT    NOT NULL,
    name           TEXT    NOT NULL,
    source         TEXT    NOT NULL,
    credentials    BLOB,             -- NULL: none
    certificate    TEXT    NOT NULL, -- empty: none
    token_hash     BLOB,             -- NULL: none
    zones          TEXT    NOT NULL, -- JSON
    masks          TEXT    NOT NULL, -- JSON
    egress         TEXT    NOT NULL, -- JSON
    keep_frames    TEXT    NOT NULL,
    keep_days      INTEGER NOT NULL,
    version        INTEGER NOT NULL,
    revision       INTEGER NOT NULL,
    source_version INTEGER NOT NULL,
    view_version   INTEGER NOT NULL, -- 0: never
    state          TEXT    NOT NULL,
    since          INTEGER NOT NULL,
    reason         TEXT    NOT NULL,
    words          TEXT    NOT NULL,
    frame_id       TEXT    NOT NULL, -- empty: no last frame
    frame_width    INTEGER NOT NULL,
    frame_height   INTEGER NOT NULL,
    frame_at       INTEGER NOT NULL,
    report_request TEXT    NOT NULL, -- empty: no report yet
    report_term    INTEGER NOT NULL,
    report_tick    INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX cameras_user ON cameras (name_key, id);
