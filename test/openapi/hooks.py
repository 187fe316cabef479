"""Gives schemathesis values that the document cannot name.

These are a user and a request that exist, and valid lists.

It logs a user in and lets it be briefed once before the run. The server is at BIS_URL.
"""

import datetime
import json
import os
import time
import urllib.parse
import urllib.request

import schemathesis
from hypothesis import strategies as st

SOON = 60  # seconds in which a briefing comes, even on a busy machine


def call(path, body, kind):
    """Return the answer to a POST."""
    url = os.environ["BIS_URL"] + path
    request = urllib.request.Request(url, body.encode(), {"Content-Type": kind})
    with urllib.request.urlopen(request, timeout=SOON) as answer:
        return answer.read().decode()


def form(path, **fields):
    """Return the answer to a form, read as JSON."""
    kind = "application/x-www-form-urlencoded"
    return json.loads(call(path, urllib.parse.urlencode(fields), kind))


def brief(username):
    """Let the user be briefed once, and return the id of the request."""
    form("/login", username=username)
    start = """mutation($name: String!, $end: String!) {
        startBriefing(input: { username: $name, interval: 1, endTime: $end }) { id } }"""
    end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
    variables = {"name": username, "end": end.isoformat(timespec="seconds")}
    body = json.dumps({"query": start, "variables": variables})
    answer = json.loads(call("/graphql", body, "application/json"))
    request = answer["data"]["startBriefing"]["id"]
    deadline = time.monotonic() + SOON
    while not form("/getBriefing", request_id=request):
        if time.monotonic() > deadline:
            raise TimeoutError(f"no briefing within {SOON} s")
        time.sleep(0.1)
    form("/endBriefing", username=username)
    return request


REQUEST = brief("kim")

KNOWN = {
    "username": st.sampled_from(["kim", " kim ", "김사장"]) | st.text(min_size=1),
    "request_id": st.sampled_from([REQUEST, REQUEST.upper()]),
    "custom_list": st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), max_size=200), max_size=10).map(
        json.dumps
    ),
}


@schemathesis.hook
def before_generate_body(context, strategy):
    """Replace some fields of some bodies by good values."""

    @st.composite
    def body(draw):
        fields = draw(strategy)
        if isinstance(fields, dict):
            for name in KNOWN.keys() & fields.keys():
                if isinstance(fields[name], str) and draw(st.booleans()):
                    fields = {**fields, name: draw(KNOWN[name])}
        return fields

    return body()
