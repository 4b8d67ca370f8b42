// Owns scanning on a floor page: takes what the scanner read, judges at once by what the page accepts, sends each scan once and
// in order. The server stays the judge. Without this file the form posts by itself.
import { isOwn, normal, once } from "./codes.js";
import { play } from "./cues.js";
import { forget, keep, keptBy } from "./kept.js";
import { header, known, lastUsed, pageId } from "./page.js";
import { listen, openFor, refocus } from "./wedge.js";

const RETRY_MS = [250, 500, 1000, 2000, 4000];
const ABORT_MS = 4000;
const SLOW_MS = 700;
const LOCKED = [401, 419];
const BROKEN_TRIES = 4; // so often our own program may break at a scan: the next time it will too
const STOP_SCANS = 3;
const STOP_MS = 30000;
const OWN_TWICE_MS = 1500; // our own labels are scanned once a step
const PRODUCT_TWICE_MS = 200; // units of one product come 400 ms apart or more
const HELD_MS = 500; // a label left before the scanner is read again sooner than this
const PRESS_TWICE_MS = 350; // a glove bounces; after the answer the same button is pressed for the next step
const FLASH_MS = 340; // what lights up stays or waits so long: never more than three flashes in a second

const form = document.getElementById("scan");
const bar = document.getElementById("network");
const line = document.getElementById("line");
const page = () => document.getElementById("screen").dataset;
/** What this file says by itself, in the worker's language. */
const say = (what, n) => document.getElementById(`say-${what}`).textContent.replace("{n}", n);
const accepts = () => JSON.parse(page().accept ?? "[]").map(normal); // what would be right now; empty for blind counts and badges
const ahead = () => JSON.parse(page().ahead ?? "[]").map((codes) => codes.map(normal)); // and at the task's next steps
const now = () => performance.now(); // how long something took: the handheld's clock may be set meanwhile
const hasScreen = (answer) => answer.querySelector("#screen[data-screen]") !== null; // a desk or error page has none

let queue = []; // unconfirmed scans, oldest first
let others = []; // those of workers who are not at the page now, where the store did not take them
let busy = true; // until the kept scans are read, and while one is under way
let last = { code: "", at: 0 }; // the last code, and when it was read
let lastN = 0;
let offlineSince = 0;
let stopped = false;
let lit = 0; // the timer of the line at the top
let shownAt = -FLASH_MS; // when a verdict last came with a flash
let wake = () => {};

// randomUUID does not exist on plain http under a LAN name; getRandomValues does.
const scanId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

// ---- a scan --------------------------------------------------------------------------------------------------------------

/** Whether a code is the last one again by one pull of the trigger or one press; an unanswered press is not made again. */
function isTwice(plain, isPress) {
  if (isPress && queue.some(({ code, ask }) => normal(code) === plain && ask === page().token)) return true;
  const at = now();
  const twiceMs = isPress ? PRESS_TWICE_MS : isOwn(plain) ? OWN_TWICE_MS : PRODUCT_TWICE_MS;
  const twice = plain === last.code && at - last.at < twiceMs;
  // A label left before the scanner is read on and on; a card is held there again for its next step.
  const isHeld = twice && at - last.at < HELD_MS && !isPress && !plain.startsWith("K");
  if (!twice || isHeld) last = { code: plain, at };
  return twice;
}

/** The trigger was pulled or a button pressed: everything the scan says is taken now, not when it is sent. */
function take(raw, { isPress = false } = {}) {
  const code = once(raw.trim(), accepts());
  if (!code) return;
  if (stopped) return play("blocked"); // not taken: the same code right after the network is back is no double
  const at = Date.now();
  const plain = normal(code);
  if (isTwice(plain, isPress)) return;
  const { token, worker, action } = page();
  lastN = Math.max(lastN + 1, at + Math.random()); // a fraction: two pages of one browser never give the same
  const scan = { n: lastN, scan: scanId(), code, ask: token, at, worker, action, page: pageId() };
  lastUsed();
  judge(plain);
  queue.push(scan);
  if (worker) keep(scan).then((n) => (scan.isKept = n === scan.n)); // a badge read before a login must not log in after a reload
  tell("taken", [scan]);
  count();
  drain();
}

/** For the debug page and for tests: which scans were taken, and which of them dropped after a wrong one. */
const tell = (what, scans) => document.dispatchEvent(new CustomEvent(what, { detail: scans }));

/** Whether a code is right where the scans under way leave its task: at the step that the last of them met, or the next. */
function isRight(plain) {
  const steps = [accepts(), ...ahead()];
  let met = -1;
  const meets = (code) => {
    const step = [met, met + 1].find((n) => steps[n]?.includes(code)) ?? -1;
    met = Math.max(met, step);
    return step >= 0;
  };
  for (const scan of queue) if (scan.ask === page().token) meets(normal(scan.code));
  return meets(plain);
}

function judge(plain) {
  const right = isRight(plain);
  flash(right ? "match" : "sent");
  if (right) play("match");
}

// ---- sending -------------------------------------------------------------------------------------------------------------

async function drain() {
  if (busy) return;
  busy = true;
  try {
    while (queue.length && (await deliver(queue[0])));
  } finally {
    busy = false;
  }
}

/** Send one scan until it is answered; true when the next may go. */
async function deliver(scan) {
  const since = now();
  const slow = setTimeout(() => offlineSince || network("slow"), SLOW_MS);
  let broken = 0;
  for (let tries = 1; page().worker === scan.worker; tries += 1) {
    const answer = await post(scan);
    if (answer?.isBroken) broken += 1;
    if (answer && (!answer.isBroken || broken >= BROKEN_TRIES)) {
      clearTimeout(slow);
      backOnline();
      return settle(scan, answer);
    }
    if (!answer && (tries >= 2 || now() - since >= ABORT_MS)) offline(since);
    await pause(RETRY_MS[Math.min(tries, RETRY_MS.length) - 1]);
  }
  clearTimeout(slow);
  await adopt(); // the page has become another worker's: the scan waits for its own
  count();
  return true;
}

/** One try; null when there was no answer worth the name: cut, late, a proxy's error, or a page that is not ours. */
async function post({ code, scan, ask, at, action, page }) {
  const body = new URLSearchParams({ code, scan, ask, at, csrf_token: form.elements.csrf_token.value });
  const got = await load(action, { method: "POST", body }, page);
  if (got?.isBroken) return got;
  if (!got || got.status >= 500 || got.status === 408 || got.status === 429) return null;
  if (hasScreen(got.answer)) return got;
  if (LOCKED.includes(got.status)) await renew(action);
  return got.status < 400 || LOCKED.includes(got.status) ? null : got;
}

/** Load parts of the page; null when nothing came, and then the same scan goes again under the same id. */
async function load(address, options, page = pageId()) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), ABORT_MS);
  try {
    const response = await fetch(address, { ...options, headers: { "HX-Request": "true", ...header(page) }, signal: abort.signal });
    const answer = new DOMParser().parseFromString(await response.text(), "text/html");
    const { headers, redirected, status } = response;
    return { answer, status: redirected ? 401 : status, cue: headers.get("X-Cue"), isBroken: status === 500 && headers.has("X-Failed") };
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** The page is too old for the session: take it anew. A reload could end at the browser's own error page. */
async function renew(action) {
  const got = await load(action);
  if (!got || got.status >= 400 || !hasScreen(got.answer)) return;
  backOnline();
  swap(got.answer);
}

const pause = (ms) => new Promise((resolve) => {
  wake = resolve;
  setTimeout(resolve, ms);
});

async function settle(scan, { answer, status, cue, isBroken }) {
  const locked = LOCKED.includes(status); // badge first; the scan stays and goes again for the same worker
  if (hasScreen(answer)) swap(answer);
  else refuse(isBroken ? "broken" : "refused");
  const feedback = document.getElementById("feedback");
  play(cue ?? feedback.dataset.cue);
  if (!locked) await done(scan, feedback);
  if (page().worker !== scan.worker) await adopt(locked ? [] : queue.filter((other) => other.worker === scan.worker));
  count();
  return !locked;
}

/** A scan is answered. A chain of scans must not run on over an error: after a wrong one the rest of its line goes too. */
async function done(scan, feedback) {
  const isOver = (other) => other === scan || (feedback.dataset.tone === "wrong" && other.ask === scan.ask);
  const [, ...dropped] = queue.filter(isOver);
  queue = queue.filter((other) => !isOver(other));
  const forgotten = forget([scan, ...dropped]);
  if (!dropped.length) return;
  await forgotten; // before it is said: a reload right now must not bring them back
  drop(dropped);
}

/** Say of scans that they were taken and do not count. */
function drop(dropped) {
  last = { code: "", at: 0 }; // scanned again at once, as they are asked to be, they are no doubles
  const words = document.createElement("span");
  words.className = "dropped";
  words.textContent = say("dropped", dropped.length);
  document.getElementById("feedback").append(words);
  tell("dropped", dropped);
}

function swap(answer) {
  // What a screen that asks for itself has under way is older than this.
  for (const asking of document.querySelectorAll("[hx-get], [hx-post]")) window.htmx?.trigger(asking, "htmx:abort");
  for (const id of ["screen", "feedback", "call", "ask", "words"]) {
    const fresh = answer.getElementById(id);
    if (!fresh) continue;
    fresh.removeAttribute("hx-swap-oob");
    if (id === "feedback") calm(fresh);
    document.getElementById(id).replaceWith(fresh);
    window.htmx?.process(fresh);
  }
  const { lang, dir, dataset } = document.getElementById("screen"); // a badge changes whom the page speaks to, and in which colours
  Object.assign(document.documentElement, { lang, dir });
  if (dataset.theme) document.documentElement.dataset.theme = dataset.theme;
  else delete document.documentElement.dataset.theme; // nobody's: the device's own
  form.elements.csrf_token.value = document.getElementById("ask").dataset.csrf;
  form.action = page().action;
  refocus();
  openFor(document.getElementById("feedback").dataset.opens);
}

function calm(feedback) {
  if (now() - shownAt < FLASH_MS) feedback.dataset.calm = "";
  else shownAt = now();
}

/** The server said no without a screen (a proxy, a page that is gone, a scan at which our program breaks). */
function refuse(why) {
  const feedback = document.getElementById("feedback");
  Object.assign(feedback.dataset, { tone: "wrong", cue: "wrong" });
  last = { code: "", at: 0 };
  feedback.className = "verdict";
  feedback.replaceChildren(say(why));
}

/** Take on the queue of whoever is logged in now; another worker's scans wait for that worker.
 *
 * Those behind a scan that changed who works here were meant for the page before it: they do not count, and that is said.
 */
async function adopt(behind = []) {
  const { worker, action } = page();
  const uncounted = new Set([...behind, ...queue.filter((scan) => worker && !scan.worker)]); // the latter while a badge was on its way
  if (uncounted.size) await forget([...uncounted]);
  const kept = worker ? await keptBy(worker, action) : [];
  const isMine = (scan) => scan.worker === worker && scan.action === action;
  const known = [...kept.map((scan) => ({ ...scan, isKept: true })), ...others, ...queue].filter((scan) => !uncounted.has(scan));
  const mine = new Map(known.filter(isMine).map((scan) => [scan.scan, scan]));
  queue = [...mine.values()].sort((one, other) => one.n - other.n);
  others = known.filter((scan) => scan.worker && !scan.isKept && !isMine(scan));
  lastN = Math.max(lastN, ...queue.map((scan) => scan.n));
  if (!uncounted.size) return;
  document.getElementById("feedback").dataset.tone = "warn";
  drop([...uncounted]);
  play("wrong");
}

// ---- saying how the network is -------------------------------------------------------------------------------------------

function network(state) {
  bar.hidden = !state;
  bar.dataset.state = state;
  if (state === "slow" || line.dataset.state === "slow") line.dataset.state = state === "slow" ? state : "";
  if (state) bar.querySelector("span").textContent = say(state, queue.length);
}

function flash(state) {
  line.dataset.state = state;
  clearTimeout(lit);
  lit = setTimeout(() => line.dataset.state === state && (line.dataset.state = ""), FLASH_MS);
}

function count() {
  form.dataset.waiting = queue.length;
  if (offlineSince) showOffline();
  else if (bar.dataset.state === "slow") network("slow");
}

function offline(since) {
  if (!offlineSince) {
    offlineSince = since;
    play("offline");
    setTimeout(() => offlineSince && showOffline(), since + STOP_MS - now());
  }
  showOffline();
}

/** Offline, so many scans stop the hand; a server that only answers late does not, for it works its queue off. */
function showOffline() {
  const mustStop = queue.length >= STOP_SCANS || now() - offlineSince >= STOP_MS;
  if (mustStop && !stopped) play("blocked");
  stopped ||= mustStop;
  network(stopped ? "stop" : "offline");
}

function backOnline() {
  const wasOffline = offlineSince > 0;
  offlineSince = 0;
  stopped = false;
  if (wasOffline) {
    play("online");
    flash("online");
    network("saved");
    setTimeout(() => bar.dataset.state === "saved" && network(""), 1500);
  } else if (bar.dataset.state !== "saved") network("");
}

document.addEventListener("htmx:configRequest", ({ detail }) => Object.assign(detail.headers, header(pageId())));
document.addEventListener("htmx:afterRequest", ({ detail }) => play(detail.xhr.getResponseHeader("X-Cue"))); // an answer that came by itself
addEventListener("online", () => wake());
document.addEventListener("visibilitychange", () => document.hidden || wake());
addEventListener("pageshow", (event) => event.persisted && location.reload()); // a page from the back button shows an old step
document.documentElement.classList.add("js");
listen(take, (code) => [accepts(), ...ahead()].flat().includes(normal(code)));
const isOnOneScreen = document.body.classList.contains("station"); // and it was drawn before it could say which page it is
adopt().then(() => isOnOneScreen && known.then(() => renew(page().action))).then(() => { busy = false; count(); return drain(); });
if (isSecureContext) import("./secure.js");
if (new URLSearchParams(location.search).has("scandebug")) import("./scandebug.js");
