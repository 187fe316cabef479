-- The briefings of a request by time. The index also has the id, which is a part of the key.

CREATE INDEX IF NOT EXISTS briefings_at ON briefings (request_id, at);
