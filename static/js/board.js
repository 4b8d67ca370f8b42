// Keeps a wall board honest: says how old its figures are, greys when they are too old, starts afresh at night and after failures.

const STALE_MS = 60000;
const RELOAD_HOUR = 4;
const board = document.getElementById("board");
const stale = document.getElementById("stale");
let heardAt = Date.now(); // the last answer, also "nothing new" (204)
let failures = 0;
let hour = new Date().getHours();

const clock = (ms) => new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });

function answered(event) {
  if (event.detail.successful) {
    heardAt = Date.now();
    failures = 0;
  } else {
    failures += 1;
    // Each third failure waits longer: 30 s, 60 s, 90 s ... at most 5 min, so that many boards don't storm a server that starts.
    if (failures % 3 === 0) setTimeout(reloadIfServed, Math.min(failures * 10000, 300000));
  }
}

// A reload while the server is away would leave the browser's own error page on the wall.
async function reloadIfServed() {
  const served = await fetch(location.href, { method: "HEAD" }).then((response) => response.ok, () => false);
  if (served) location.reload();
}

function tick() {
  const age = Date.now() - heardAt;
  const isStale = age > STALE_MS;
  document.body.toggleAttribute("data-stale", isStale);
  stale.hidden = !isStale;
  stale.textContent = document.body.dataset.sayStale.replace("{t}", clock(heardAt));
  const updated = board.querySelector("[data-updated]");
  if (updated) updated.textContent = document.body.dataset.sayUpdated.replace("{n}", Math.round(age / 1000));
  const now = new Date().getHours();
  if (now === RELOAD_HOUR && hour !== RELOAD_HOUR) reloadIfServed();
  hour = now;
}

document.body.addEventListener("htmx:afterRequest", answered);
setInterval(tick, 1000);
