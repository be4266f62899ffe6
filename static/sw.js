// The service worker: after the first visit the page works without a network.
// The build replaces the next two lines (`xtask/src/precache.rs`): the files of this version, each relative to this
// script, and a hash over their names and contents. `"./"` is the page itself.
const VERSION = "unbuilt";
const FILES = [];

// Several copies of the page may live on one host: a cache belongs to the folder that this script is in.
const PREFIX = `interleave ${self.registration.scope} `;
const CACHE = PREFIX + VERSION;
const addresses = new Set(FILES.map((file) => new URL(file, self.registration.scope).href));
// A name like `style.0123456789abcdef.css` never changes its content.
const HASHED = /[.-][0-9a-f]{16}(_bg)?\.[a-z]+$/;
// A lecture room's network may hang rather than fail.
const PATIENCE_MS = 3000;

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      // Hashed files may come from the browser's own cache, where the first visit has just put them.
      await cache.addAll(FILES.map((file) => new Request(file, { cache: HASHED.test(file) ? "default" : "reload" })));
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      // The version before this one stays: a page that is still open may ask for its files. `keys` is in order of creation.
      const older = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
      await Promise.all(older.slice(0, -1).map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

/** The kept answer: this version's, else one of the version before. */
async function kept(address) {
  const own = await (await caches.open(CACHE)).match(address, { ignoreSearch: true, ignoreVary: true });
  if (own) return own;
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX)) continue;
    const found = await (await caches.open(name)).match(address, { ignoreSearch: true, ignoreVary: true });
    if (found) return found;
  }
  return undefined;
}

async function cacheFirst(request) {
  return (await kept(request.url)) ?? fetch(request);
}

// Never written to the cache here: a page of a newer version without that version's files could not start offline.
async function networkFirst(request, address) {
  const network = fetch(request);
  // Where the race below is lost, a later failure has nobody left to tell.
  network.catch(() => {});
  let timer;
  const patience = new Promise((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS);
  });
  try {
    const first = await Promise.race([network, patience]);
    if (first?.ok) return first;
    return (await kept(address)) ?? first ?? network;
  } catch (error) {
    const found = await kept(address);
    if (found) return found;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const url = new URL(request.url);
  const scope = self.registration.scope;
  if (request.mode === "navigate") {
    const page = url.origin + url.pathname;
    if (page === scope || page === `${scope}index.html`) event.respondWith(networkFirst(request, scope));
    return;
  }
  if (url.href.startsWith(scope) && HASHED.test(url.pathname)) {
    event.respondWith(cacheFirst(request));
  } else if (addresses.has(url.origin + url.pathname)) {
    event.respondWith(networkFirst(request, url.origin + url.pathname));
  }
});
