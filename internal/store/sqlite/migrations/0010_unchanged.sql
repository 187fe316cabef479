-- A briefing may repeat an earlier run of its request, and a request counts its ticks that do.

ALTER TABLE briefings ADD COLUMN unchanged INTEGER NOT NULL DEFAULT 0;
ALTER TABLE requests ADD COLUMN unchanged INTEGER NOT NULL DEFAULT 0;
