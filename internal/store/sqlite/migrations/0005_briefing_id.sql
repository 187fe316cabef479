-- A briefing is found by its id alone, and new ids are checked against all others. Old files may hold an id twice, in two requests.

CREATE INDEX IF NOT EXISTS briefings_id ON briefings (id);
