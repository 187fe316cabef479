// The health check of compose.yaml. It creates the replica set of one if there is none, and
// succeeds if the set has a primary.
const password = fs.readFileSync('/run/secrets/mongo_root_password', 'utf8').trim();
const admin = connect('mongodb://localhost:27017/admin?directConnection=true&serverSelectionTimeoutMS=3000');
admin.auth('root', password);
try {
	admin.adminCommand({ replSetGetStatus: 1 });
} catch (e) {
	if (e.codeName !== 'NotYetInitialized') throw e;
	admin.adminCommand({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: 'mongo:27017' }] } });
}
quit(admin.hello().isWritablePrimary ? 0 : 1);
