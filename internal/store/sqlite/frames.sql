-- Pictures of cameras. The picture is the last column, so that other columns are read without it.
-- Those of a version before 2 do not say how they were made, so they are deleted.
DROP TABLE IF EXISTS frames;
CREATE TABLE IF NOT EXISTS frames (
	id         TEXT PRIMARY KEY,
	camera_id  TEXT NOT NULL,
	name_key   TEXT NOT NULL, -- of the user's name
	username   TEXT NOT NULL,
	request_id TEXT NOT NULL,
	kind       TEXT NOT NULL,
	at         INTEGER NOT NULL, -- milliseconds
	until      INTEGER NOT NULL,
	width      INTEGER NOT NULL,
	height     INTEGER NOT NULL,
	bytes      INTEGER NOT NULL,
	view       TEXT NOT NULL, -- how the picture was made
	jpeg       BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS frames_by_camera ON frames (camera_id, at);
CREATE INDEX IF NOT EXISTS frames_by_user ON frames (name_key);
CREATE INDEX IF NOT EXISTS frames_by_time ON frames (at, bytes);
CREATE INDEX IF NOT EXISTS frames_by_end ON frames (until);
PRAGMA user_version = 2;
