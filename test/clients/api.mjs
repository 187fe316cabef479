// call runs one operation by POST and returns its data.
export async function call(url, query, variables = {}) {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw Object.assign(new Error(JSON.stringify(errors)), { errors });
  return data;
}

// The end time is two hours ahead, because start's interval is an hour and an end before the first
// briefing is refused.
export const later = () => new Date(Date.now() + 7_200_000).toISOString().replace(/\.\d+Z$/, "Z");

// start starts a request and returns its id. With an interval of an hour the pipeline writes
// nothing during a test.
export async function start(url, username, interval = 3600) {
  const input = { username, interval, endTime: later() };
  const query = "mutation ($input: StartBriefingInput!) { startBriefing(input: $input) { id } }";
  return (await call(url, query, { input })).startBriefing.id;
}

// add stores a briefing and returns its id.
export async function add(url, requestId, caption) {
  const query = "mutation ($input: AddBriefingInput!) { addBriefing(input: $input) { id } }";
  return (await call(url, query, { input: { requestId, caption } })).addBriefing.id;
}

// end ends the user's active request.
export async function end(url, username) {
  await call(url, "mutation ($username: String!) { endBriefing(username: $username) { id } }", { username });
}

// stored returns every briefing of a request, oldest first.
export async function stored(url, requestId) {
  const query = `query ($requestId: ID!, $after: Cursor) { briefings(requestId: $requestId, first: 500, after: $after) {
    edges { node { id cursor caption } } pageInfo { hasNextPage endCursor } } }`;
  const all = [];
  for (let after = null; ; ) {
    const { edges, pageInfo } = (await call(url, query, { requestId, after })).briefings;
    all.push(...edges.map((edge) => edge.node));
    if (!pageInfo.hasNextPage) return all;
    after = pageInfo.endCursor;
  }
}
