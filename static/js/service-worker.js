// Over https: serves our static files from the browser's own store, and a page that says so when there is no network. Never work
// pages, never posts. The files' digest stands in this script's own address, so each release installs its own and clears the last.

const BASE = new URL("..", location).pathname; // /static/<digest>/
const ALL_BASES = new URL("../..", location).pathname;
const NO_NETWORK = new URL("no-network", registration.scope).pathname;

/** The page without network, with all that its markup names. */
async function store() {
  const cache = await caches.open(BASE);
  const page = await fetch(NO_NETWORK, { cache: "reload" });
  if (!page.ok) throw new Error(`${NO_NETWORK} answered ${page.status}`);
  const named = [...(await page.clone().text()).matchAll(/(?:src|href)="([^"#]+)/g)].map(([, address]) => address);
  await cache.addAll(new Set(named.filter((address) => address.startsWith(BASE))));
  await cache.put(NO_NETWORK, page);
}

async function clear() {
  const old = (await caches.keys()).filter((name) => name.startsWith(ALL_BASES) && name !== BASE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
}

async function stored(request) {
  const cache = await caches.open(BASE);
  const found = await cache.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

addEventListener("install", (event) => event.waitUntil(store().then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(clear()));
addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (new URL(request.url).pathname.startsWith(BASE)) event.respondWith(stored(request));
  else if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(NO_NETWORK)));
});
