// What only a secure context has: a worker that serves static files, a screen that stays awake, the battery's level. Nothing here
// keeps scans safe: on plain http, where this file is not loaded, that works the same.

const BATTERY_LOW = 0.15;

// ---- static files and "no network" ---------------------------------------------------------------------------------------

const here = new URL(import.meta.url);
const scope = new URL("../../../", here).pathname; // this file is at <scope>static/<digest>/js/secure.js

/** Let the worker have what this page was made of, and the page without network in the language now spoken. */
async function fill() {
  const base = new URL("..", here).pathname;
  const cache = await caches.open(base);
  const used = performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname);
  await cache.addAll([...new Set(used.filter((path) => path.startsWith(base))), `${scope}no-network`]);
}

// Not on a developer's http://localhost, where the next program at that port would meet our worker.
if (location.protocol === "https:") {
  navigator.serviceWorker.register(new URL("service-worker.js", here), { scope })
    .then(() => navigator.serviceWorker.ready)
    .then(fill)
    .catch((error) => console.warn("no worker for static files:", error)); // a certificate that the browser does not trust
}
navigator.storage?.persist?.(); // what is kept must not be thrown away when space gets short

// ---- a screen that stays awake while there is work on it -----------------------------------------------------------------

let lock = null;
let asking = false;

async function keepAwake() {
  if (asking) return;
  const { screen, worker } = document.getElementById("screen").dataset;
  const isAtWork = Boolean(worker) && screen !== "home";
  if (!isAtWork) {
    lock?.release();
    lock = null;
  } else if ((!lock || lock.released) && !document.hidden) {
    asking = true;
    lock = await navigator.wakeLock.request("screen").catch((error) => console.warn("the screen may sleep:", error));
    asking = false;
    if (lock) keepAwake(); // the work may have ended meanwhile
  }
}

if (navigator.wakeLock) {
  new MutationObserver(keepAwake).observe(document.body, { childList: true }); // each answer brings a new #screen
  document.addEventListener("visibilitychange", keepAwake); // a hidden page loses its lock
  keepAwake();
}

// ---- the battery ---------------------------------------------------------------------------------------------------------

navigator.getBattery?.().then((battery) => {
  const bar = document.getElementById("battery");
  const say = () => { bar.hidden = battery.charging || battery.level >= BATTERY_LOW; };
  battery.addEventListener("levelchange", say);
  battery.addEventListener("chargingchange", say);
  say();
});
