-- A name of more than 1,024 bytes is its own key; see briefing.NameKey. Older versions stored its composed form.

UPDATE users SET name_key = username WHERE length(CAST(username AS BLOB)) > 1024 AND name_key <> username;
UPDATE requests SET name_key = username WHERE length(CAST(username AS BLOB)) > 1024 AND name_key <> username;
