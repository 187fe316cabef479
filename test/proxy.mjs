import { once } from "node:events";
import net from "node:net";

// startProxy passes TCP connections on to port. While the server is away, new callers wait, as with
// a load balancer in front of one server. cut breaks every connection at once, without a close
// frame. Between freeze and thaw nothing passes, but no connection ends.
export async function startProxy(port) {
  const pairs = new Set();
  let frozen = false;
  const proxy = net.createServer((near) => {
    const pair = { near, far: undefined };
    pairs.add(pair);
    near.on("error", () => {});
    near.on("close", () => {
      pairs.delete(pair);
      pair.far?.destroy();
    });
    if (!frozen) reach(pair, port);
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const cut = () => {
    for (const { near } of pairs) near.resetAndDestroy();
    return pairs.size;
  };
  return {
    host: `127.0.0.1:${proxy.address().port}`,
    cut,
    freeze() {
      frozen = true;
      for (const { near, far } of pairs) {
        near.pause();
        far?.pause();
      }
    },
    thaw() {
      frozen = false;
      for (const pair of pairs) {
        if (pair.far) pair.near.resume();
        else reach(pair, port);
        pair.far?.resume();
      }
    },
    stop() {
      cut();
      proxy.close();
    },
  };
}

// reach connects a caller to the server, as soon as it listens.
function reach(pair, port) {
  if (pair.near.destroyed) return;
  const far = net.connect(port, "127.0.0.1");
  let connected = false;
  far.once("connect", () => {
    connected = true;
    pair.far = far;
    pair.near.pipe(far).pipe(pair.near);
  });
  far.on("error", () => {});
  far.once("close", () => {
    if (connected) pair.near.destroy();
    else setTimeout(reach, 50, pair, port);
  });
}
