// Tests a scanner on the set-up page: how its characters came, how the code ended, how fast, and what to change. The codes are read
// by the very wedge.js of the floor pages; every sentence stands in the page.
import { play, unlock } from "./cues.js";
import { isWhole, normal, once } from "./codes.js";
import { listen } from "./wedge.js";

const SLOW_MS = 20; // a character; more, and a code is seen being typed
const CUES = { good: "line", fair: "repeated", bad: "wrong" };

const test = document.querySelector("[data-test]");
const verdict = test.querySelector("[data-verdict]");
const findings = [...test.querySelectorAll("[data-finding]")];
const nothing = () => ({ keys: 0, texts: 0, alt: false, end: "", began: 0, last: 0 });
let came = nothing();

function note(now) {
  came.began ||= now;
  came.last = now;
}

function onKey({ key, altKey, timeStamp }) {
  if (key === "Enter" || key === "Tab") came.end ||= key.toUpperCase();
  else if (key.length === 1) {
    came.keys += 1;
    came.alt ||= altKey;
  } else return;
  note(timeStamp);
}

function onText({ data, inputType, timeStamp }) {
  const isBreak = inputType === "insertLineBreak" || inputType === "insertParagraph" || /[\r\n]$/.test(data ?? "");
  if (isBreak) came.end ||= "ENTER";
  if (data?.trim()) came.texts += 1;
  note(timeStamp);
}

/** What is to be said of a code that came; the names are those of the page's sentences. */
function found(raw, { keys, end, alt, ms }) {
  const said = new Set();
  const expected = normal(test.dataset.test);
  const single = once(raw);
  if (!end) said.add("no-end");
  if (!keys) said.add("text-only");
  if (alt) said.add("alt");
  if (single !== raw) said.add("doubled");
  if (/^\][A-Z]\d/i.test(single)) said.add("prefix");
  if (ms > SLOW_MS * raw.length) said.add("slow");
  const plain = normal(single);
  if (plain !== expected && plain.includes(expected)) said.add("more");
  else if (!isWhole(plain)) said.add("other");
  return said;
}

function judge(raw) {
  const ms = Math.round(came.last - came.began);
  const said = found(raw, { ...came, ms });
  for (const line of findings) line.hidden = !said.has(line.dataset.finding);
  const levels = findings.filter((line) => !line.hidden).map((line) => line.dataset.level);
  const level = ["bad", "fair"].find((worst) => levels.includes(worst)) ?? "good";
  const { dataset } = test;
  const words = { how: came.keys ? dataset.keys : dataset.text, end: came.end || dataset.none, n: raw.length, ms };
  verdict.textContent = dataset[level].replace(/\{(\w+)\}/g, (_, name) => words[name]);
  verdict.dataset.level = level;
  test.querySelector("[data-read]").textContent = raw;
  play(CUES[level]);
}

addEventListener("keydown", onKey, true);
addEventListener("beforeinput", onText, true);
listen((code) => {
  const raw = code.trim();
  if (raw) judge(raw);
  came = nothing();
});
test.addEventListener("click", ({ target }) => {
  const cue = target.closest("[data-sound]")?.dataset.sound;
  if (!cue) return;
  unlock();
  play(cue);
});
document.documentElement.classList.add("js");
if (new URLSearchParams(location.search).has("scandebug")) import("./scandebug.js");
