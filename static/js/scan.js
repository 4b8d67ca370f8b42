// Owns scanning on a floor page: takes what the scanner read, judges at once by what the page accepts, sends each scan once and
// in order. The server stays the judge. Without this file the form posts by itself.
import { play } from "./cues.js";
import { forget, keep, keptBy } from "./kept.js";
import { listen, openFor, refocus } from "./wedge.js";

const RETRY_MS = [250, 500, 1000, 2000, 4000];
const ABORT_MS = 4000;
const SLOW_MS = 700;
const STOP_SCANS = 3;
const STOP_MS = 30000;
const OWN_TWICE_MS = 1500; // our own labels are scanned once a step
const PRODUCT_TWICE_MS = 200; // units of one product come 400 ms apart or more

const form = document.getElementById("scan");
const bar = document.getElementById("network");
const line = document.getElementById("line");
const page = () => document.getElementById("screen").dataset;
/** What this file says by itself, in the worker's language. */
const say = (what, n) => document.getElementById(`say-${what}`).textContent.replace("{n}", n);
const hasScreen = (answer) => answer.querySelector("#screen[data-screen]") !== null; // a desk or error page has none

let queue = []; // unconfirmed scans, oldest first
let busy = true; // until the kept scans are read, and while one is under way
let last = { code: "", at: 0 };
let lastN = 0;
let offlineSince = 0;
let stopped = false;
let wake = () => {};

/** Both sides compare codes like this: trimmed, upper case, symbology prefix off, product numbers as 14 digits. */
function normal(raw) {
  const code = raw.trim().toUpperCase().replace(/^\][A-Z]\d/, "");
  return /^(\d{8}|\d{12,14})$/.test(code) ? code.padStart(14, "0") : code;
}

// randomUUID does not exist on plain http under a LAN name; getRandomValues does.
const scanId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

// ---- a scan --------------------------------------------------------------------------------------------------------------

/** The trigger was pulled: everything the scan says is taken now, not when it is sent. */
function take(raw) {
  const code = raw.trim();
  if (!code) return;
  if (stopped) return play("blocked"); // not taken: the same code right after the network is back is no double
  const at = Date.now();
  const plain = normal(code);
  const twiceMs = /^[BCDKLNOPRSTX]\d+$/.test(plain) ? OWN_TWICE_MS : PRODUCT_TWICE_MS;
  const twice = plain === last.code && at - last.at < twiceMs;
  last = { code: plain, at };
  if (twice) return;
  const { token, worker, action } = page();
  lastN = Math.max(lastN + 1, at);
  const scan = { n: lastN, scan: scanId(), code, ask: token, at, worker, action };
  queue.push(scan);
  judge(plain);
  if (worker) keep(scan); // a badge read before a login is nobody's and must not log in after a reload
  count();
  drain();
}

function judge(plain) {
  const { accept } = page();
  const right = accept !== undefined && JSON.parse(accept).map(normal).includes(plain);
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
  const since = Date.now();
  const slow = setTimeout(() => offlineSince || network("slow"), SLOW_MS);
  for (let tries = 1; ; tries += 1) {
    const answer = await post(scan);
    if (answer) {
      clearTimeout(slow);
      backOnline();
      return settle(scan, answer);
    }
    if (tries >= 2 || Date.now() - since >= ABORT_MS) offline(since);
    await pause(RETRY_MS[Math.min(tries, RETRY_MS.length) - 1]);
  }
}

/** One try; null when there was no answer worth the name: cut, late, a server error, or a page that is not ours. */
async function post({ code, scan, ask, at, action }) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), ABORT_MS);
  const body = new URLSearchParams({ code, scan, ask, at, csrf_token: form.elements.csrf_token.value });
  try {
    const response = await fetch(action, { method: "POST", body, headers: { "HX-Request": "true" }, signal: abort.signal });
    const { status, redirected, headers } = response;
    const answer = new DOMParser().parseFromString(await response.text(), "text/html");
    if (status >= 500 || status === 408 || status === 429) return null;
    if (status < 400 && !hasScreen(answer)) return null;
    return { answer, status: redirected ? 401 : status, cue: headers.get("X-Cue") };
  } catch {
    return null; // the same scan goes again under the same id, and the server counts it once
  } finally {
    clearTimeout(timer);
  }
}

const pause = (ms) => new Promise((resolve) => {
  wake = resolve;
  setTimeout(resolve, ms);
});

async function settle(scan, { answer, status, cue }) {
  const locked = status === 401 || status === 419; // badge first; the scan stays and goes again for the same worker
  if (!locked) {
    queue.shift();
    forget(scan);
  }
  if (hasScreen(answer)) swap(answer);
  else if (locked) location.reload();
  else refuse();
  const feedback = document.getElementById("feedback");
  play(cue ?? feedback.dataset.cue);
  if (!locked && feedback.dataset.tone === "wrong") await dropRest(scan, feedback);
  if (page().worker !== scan.worker) await adopt();
  count();
  return !locked;
}

function swap(answer) {
  for (const id of ["screen", "feedback", "call", "ask", "words"]) {
    const fresh = answer.getElementById(id);
    if (!fresh) continue;
    fresh.removeAttribute("hx-swap-oob");
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

/** The server said no without a screen (a proxy, a page that is gone). */
function refuse() {
  const feedback = document.getElementById("feedback");
  Object.assign(feedback.dataset, { tone: "wrong", cue: "wrong" });
  feedback.className = "verdict";
  feedback.replaceChildren(say("refused"));
}

// A chain of scans must not run on over an error.
async function dropRest(wrong, feedback) {
  const later = queue.filter((scan) => scan.ask === wrong.ask);
  if (!later.length) return;
  queue = queue.filter((scan) => scan.ask !== wrong.ask);
  await Promise.all(later.map(forget)); // before it is said: a reload right now must not bring them back
  const words = document.createElement("span");
  words.className = "dropped";
  words.textContent = say("dropped", later.length);
  feedback.append(words);
}

/** Take on the queue of whoever is logged in now; another worker's scans wait for that worker. */
async function adopt() {
  const { worker, action } = page();
  const kept = worker ? await keptBy(worker, action) : [];
  const mine = [...kept, ...queue].filter((scan) => scan.worker === worker && scan.action === action);
  queue = [...new Map(mine.map((scan) => [scan.scan, scan])).values()].sort((one, other) => one.n - other.n);
  lastN = Math.max(lastN, ...queue.map((scan) => scan.n));
}

// ---- saying how the network is -------------------------------------------------------------------------------------------

function network(state) {
  bar.hidden = !state;
  bar.dataset.state = state;
  line.dataset.state = state === "slow" ? "slow" : "";
  if (state) bar.querySelector("span").textContent = say(state, queue.length);
}

function flash(state) {
  line.dataset.state = state;
  setTimeout(() => line.dataset.state === state && (line.dataset.state = ""), 250);
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
  }
  showOffline();
}

function showOffline() {
  const mustStop = queue.length >= STOP_SCANS || Date.now() - offlineSince >= STOP_MS;
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
    network("saved");
    setTimeout(() => bar.dataset.state === "saved" && network(""), 1500);
  } else if (bar.dataset.state !== "saved") network("");
}

document.addEventListener("htmx:afterRequest", ({ detail }) => play(detail.xhr.getResponseHeader("X-Cue"))); // an answer that came by itself
addEventListener("online", () => wake());
addEventListener("pageshow", (event) => event.persisted && location.reload()); // a page from the back button shows an old step
document.documentElement.classList.add("js");
listen(take);
adopt().then(() => { busy = false; count(); return drain(); });
if (new URLSearchParams(location.search).has("scandebug")) import("./scandebug.js");
