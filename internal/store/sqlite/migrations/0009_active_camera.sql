-- A user has one active request of each camera. Until now there was only the camera of the settings.

UPDATE requests SET camera = 'default' WHERE camera = '';
DROP INDEX requests_active;
CREATE UNIQUE INDEX requests_active ON requests (name_key, camera) WHERE active = 1;
