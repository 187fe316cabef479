"""The first BIS server's reads and writes on its database, with the same driver.

test/e2e/mongo_oldpython_test.go runs this on the database of the real server. Each line of standard
input is one call, {"do": "login", "username": "kim"}. The answer is one line of JSON with the result
of the old code, ids as hexadecimal text. No line here uses a field or an index that came later.
"""

import datetime
import json
import sys
import time
import zoneinfo

import bson
import pymongo

SEOUL = zoneinfo.ZoneInfo("Asia/Seoul")
CUSTOM = ["한국어로 말해줘", "공손하게 말해줘", "간단명료하게 말해줘"]

db = pymongo.MongoClient(sys.argv[1])["BIS"]
users, requests, briefings = db["users"], db["requests"], db["briefings"]
streams = {}


def login(username):
    user = users.find_one({"username": username})
    if user is None:
        result = users.insert_one({"username": username, "custom": CUSTOM})
        return {"message": "signup", "user_id": result.inserted_id}
    return {"message": "login", "user_id": user["_id"]}


def start(username, interval, endtime):
    """Does what /ws did: ends the user's active request and stores a new one."""
    requests.update_many({"username": username, "is_active": True}, {"$set": {"is_active": False}})
    now = datetime.datetime.now(SEOUL)
    result = requests.insert_one({
        "username": username,
        "request_name": now.strftime("%Y-%m-%d %H:%M:%S"),
        "interval": int(interval),
        "endtime": endtime,
        "is_active": True,
    })
    return result.inserted_id


def brief(request_id, caption):
    """Stores a briefing as the pipeline did at each interval."""
    now = datetime.datetime.now(SEOUL)
    text = now.strftime("%Y-%m-%d %H:%M") + "_" + caption
    briefings.insert_one({"request_id": bson.ObjectId(request_id), "briefing": text})
    return text


def latest(username):
    return requests.find_one({"username": username}, sort=[("request_name", pymongo.DESCENDING)])


def end(username):
    """Does what /endBriefing did."""
    request = latest(username)
    requests.update_one({"_id": request["_id"]}, {"$set": {"is_active": False}})
    return request["_id"]


def all_requests(username):
    found = requests.find({"username": username}).sort("request_name", pymongo.DESCENDING)
    return [{"request_id": r["_id"], "request_name": r["request_name"], "endtime": r["endtime"]} for r in found]


def all_briefings(request_id):
    return [b["briefing"] for b in briefings.find({"request_id": bson.ObjectId(request_id)}).sort("_id", pymongo.ASCENDING)]


def get_custom(username):
    return users.find_one({"username": username})["custom"]


def update_custom(username, custom):
    return users.update_one({"username": username}, {"$set": {"custom": custom}}).modified_count


def watch(request_id):
    """Opens a change stream, as each old socket had one of its own."""
    streams[request_id] = briefings.watch([
        {"$match": {"operationType": "insert", "fullDocument.request_id": bson.ObjectId(request_id)}},
    ], max_await_time_ms=200)


def heard(request_id):
    """Returns the next briefing of a watched request; none within 15 seconds is an error."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        change = streams[request_id].try_next()
        if change is not None:
            return change["fullDocument"]["briefing"]
    raise TimeoutError("the change stream brings nothing")


def kinds(collection):
    """Returns the driver's types of the fields of a collection's documents."""
    found = {}
    for document in db[collection].find():
        for name, value in document.items():
            found.setdefault(name, set()).add(type(value).__name__)
    return {name: sorted(types) for name, types in found.items()}


CALLS = {f.__name__: f for f in (
    login, start, brief, latest, end, all_requests, all_briefings, get_custom, update_custom, watch, heard, kinds)}

for line in sys.stdin:
    call = json.loads(line)
    try:
        answer = {"ok": CALLS[call.pop("do")](**call)}
    except Exception as fault:  # reported to the test, which then fails
        answer = {"fault": f"{type(fault).__name__}: {fault}"}
    print(json.dumps(answer, default=str), flush=True)
