// A raw event stream: every field of every message as received, including comments.
const streams = new Set();

// hangUp breaks every open stream.
export function hangUp() {
  for (const control of streams) control.abort();
}

// post opens a stream by POST, get by GET as EventSource does.
export const post = (url, body, headers = {}) =>
  open(`${url}/graphql`, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", ...headers } });
export const get = (url, params, headers = {}) => open(`${url}/graphql?${new URLSearchParams(params)}`, { headers });

async function open(url, init) {
  const control = new AbortController();
  streams.add(control);
  const response = await fetch(url, { ...init, signal: control.signal, headers: { Accept: "text/event-stream", ...init.headers } });
  return new Stream(response, control);
}

class Stream {
  constructor(response, control) {
    this.response = response;
    this.close = () => control.abort();
    this.messages = parse(response.body);
  }

  // part returns the next part between empty lines, as the list of its fields; undefined at the
  // end.
  async part() {
    const { value } = await this.messages.next();
    return value;
  }

  // next returns the next message that is not a comment, with its data parsed as JSON.
  async next() {
    for (;;) {
      const fields = await this.part();
      if (fields === undefined) return undefined;
      const message = Object.fromEntries(fields.filter(([name]) => name !== ""));
      if (message.event === undefined) continue;
      return { ...message, data: message.data ? JSON.parse(message.data) : message.data };
    }
  }
}

async function* parse(body) {
  let rest = "";
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n\n");
    rest = parts.pop();
    for (const part of parts) yield part.split("\n").filter(Boolean).map(field);
  }
  if (rest.trim()) throw new Error(`the stream ended in the middle of ${JSON.stringify(rest)}`);
}

// field cuts a line at its colon; a comment has an empty name.
function field(line) {
  const [, name, value] = line.match(/^([^:]*):? ?(.*)$/s);
  return [name, value];
}
