// Creates the server's own user together with the database. The user may use that database and
// nothing else.
const password = fs.readFileSync('/run/secrets/database_password', 'utf8').trim();
db.getSiblingDB('admin').createUser({ user: 'bis', pwd: password, roles: [{ role: 'readWrite', db: 'BIS' }] });
