// The offline shell: the page and its files, so that the console opens without the server and shows
// its last state. Answers of the API and pictures of the shop are never stored.
const shell = "bis-shell-3ec79c498ba3";
const patience = 4_000; // milliseconds until the stored page opens in place of the server's

self.addEventListener("install", (event) => {
  event.waitUntil(install());
  self.skipWaiting();
});

// The page and the files that it names open the console. Other files are stored once they are used.
async function install() {
  const cache = await caches.open(shell);
  const answer = await fetch("/", { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(`the page answers ${answer.status}`);
  const html = await answer.clone().text();
  await cache.put("/", answer);
  await cache.addAll([...html.matchAll(/(?:src|href)="(\/(?:assets|icons)\/[^"]+)"/g)].map((match) => match[1]));
}

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((name) => name !== shell).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (!/^\/(graphiql|playground|explorer)/.test(url.pathname)) event.respondWith(page(request));
  } else if (/^\/(assets|icons)\//.test(url.pathname)) {
    event.respondWith(file(request));
  }
});

// What the shell has, or undefined. A full or forbidden storage is an empty shell.
const stored = (key) => caches.open(shell).then((cache) => cache.match(key)).catch(() => undefined);
const store = (key, answer) => caches.open(shell).then((cache) => cache.put(key, answer)).catch(() => undefined);

// The server's page first. Without the server, with a slow network, or while the server or one
// before it is in trouble, the stored one. All pages are one file.
async function page(request) {
  const coming = fetch(request).then(async (answer) => {
    if (answer.ok && answer.headers.get("Content-Type")?.startsWith("text/html")) await store("/", answer.clone());
    return answer;
  });
  coming.catch(() => {}); // it may fail after the stored page was opened
  const late = new Promise((resolve) => { setTimeout(resolve, patience); });
  const answer = await Promise.race([coming, late]).catch(() => undefined);
  if (answer && answer.status < 500) return answer;
  return (await stored("/")) ?? coming;
}

// Files have their hash in their name, so a stored one is current.
async function file(request) {
  const known = await stored(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) await store(request, answer.clone());
  return answer;
}
