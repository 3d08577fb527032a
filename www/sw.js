// Keeps the page for times without a connection.
//
// `cargo xtask build` writes the list of the page's files and their fingerprint into the two
// constants. Everything is fetched from the network first, so that nobody sees an old page after an
// update; the copies answer when the network does not. Files whose names carry a hash never change:
// their copies come first.
const VERSION = "__VERSION__";
const FILES = ["__FILES__"];

const CACHE = `gomujul-${VERSION}`;
const HASHED = /-[0-9a-f]{8,}(_bg)?\.\w+$/;

self.addEventListener("install", (event) => {
  const fresh = (file) => new Request(file, { cache: "reload" });
  event.waitUntil(
    caches.open(CACHE).then((cache) => cache.addAll(FILES.map(fresh))).then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  const isOld = (name) => name.startsWith("gomujul-") && name !== CACHE;
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const scope = new URL(self.registration.scope);
  const ours = url.origin === scope.origin && url.pathname.startsWith(scope.pathname);
  if (request.method !== "GET" || !ours) return;
  const page = request.mode === "navigate";
  // The page is one file whatever its query; other pages below the scope (the Worker's status) are
  // not the page's.
  if (page && url.pathname !== scope.pathname && !url.pathname.endsWith("/index.html")) return;
  const copy = () => caches.match(page ? "./" : request, { ignoreSearch: page });
  if (!page && HASHED.test(url.pathname)) {
    event.respondWith(copy().then((found) => found ?? fetch(request)));
    return;
  }
  event.respondWith(
    fetch(request).catch(() => copy().then((found) => found ?? Response.error())),
  );
});
