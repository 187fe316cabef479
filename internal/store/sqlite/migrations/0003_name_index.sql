-- Of users with one key, the first by id is the user. Old files may hold a start's key twice, under two spellings.

CREATE INDEX users_name_key ON users (name_key, id);
CREATE UNIQUE INDEX requests_active ON requests (name_key) WHERE active = 1;
CREATE INDEX requests_key ON requests (name_key, key) WHERE key <> '';
DROP INDEX requests_user;
CREATE INDEX requests_user ON requests (name_key, id);
