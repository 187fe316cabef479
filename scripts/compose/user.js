// Makes the server's own user when the database is made; it may use its database and nothing else.
const password = fs.readFileSync('/run/secrets/database_password', 'utf8').trim();
db.getSiblingDB('admin').createUser({ user: 'bis', pwd: password, roles: [{ role: 'readWrite', db: 'BIS' }] });
