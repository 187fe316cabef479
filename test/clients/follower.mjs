// Follower is one client's view of a request: the briefings that arrived, and the waits for further
// ones. A failure is stored for the report and ends every wait, so that the other clients can
// continue.
export class Follower {
  received = []; // ids
  failure = undefined;
  #ended = false;
  #changed = () => {};

  constructor(name, follow, asked) {
    this.name = name;
    this.stop = follow(asked, {
      next: (briefing) => {
        this.received.push(briefing.id);
        this.#changed();
      },
      error: (err) => this.#fail(err),
      complete: () => {
        this.#ended = true;
        this.#changed();
      },
    });
  }

  // got waits until the briefing of that id has arrived.
  got(id, within) {
    return this.#until(() => this.received.includes(id), `briefing ${id}`, within);
  }

  // more waits for one more briefing.
  more(within) {
    const before = this.received.length;
    return this.#until(() => this.received.length > before, "one more briefing", within);
  }

  // ended waits until the client reports the end.
  ended(within) {
    return this.#until(() => this.#ended, "the end", within);
  }

  async #until(reached, what, within) {
    const timeout = setTimeout(() => this.#fail(new Error(`${what} did not come within ${within} ms`)), within);
    while (!reached() && !this.failure) await new Promise((resolve) => (this.#changed = resolve));
    clearTimeout(timeout);
  }

  #fail(err) {
    this.failure ??= err ?? new Error("the client failed without a reason");
    this.#changed();
  }
}
