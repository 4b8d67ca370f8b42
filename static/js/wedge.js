// Reads what a scanner types into the page, by key events or by the input method, with or without a terminator; also typed codes
// and buttons that carry a code. Knows nothing of what a code means, only whether it is whole.
import { isWhole as isWholeByForm } from "./codes.js";
import { unlock } from "./cues.js";

const BULK_IDLE_MS = 80; // a whole code committed at once, without terminator
const TYPED_IDLE_MS = 600; // key by key, or piece by piece, without terminator: a scanner's key delay may be 100 ms
const WHOLE_IDLE_MS = 150; // the same, when a scanner has typed a whole code: the next one may come 400 ms later
const RUN_IDLE_MS = 300; // the same, of a code whose form nobody knows, when it came as only a scanner types
const SCANNER_KEY_MS = 120; // people are slower from one key to the next
const RUN_KEY_MS = 50; // and nobody types several keys in a row like this
const RUN_KEYS = 4;
const FNC1 = "\x1d"; // what separates the parts of a GS1 code; as a key it is Ctrl and ]

const form = document.getElementById("scan");
const box = document.getElementById("code");
let taken = () => {};
let isWhole = isWholeByForm;
let idle = 0;
let lengthBefore = 0;
let counts = false; // the keypad was opened for a quantity: bare digits are one
let keyAt = 0; // when the last key or piece came
let slowestMs = 0; // the longest time from one key or piece to the next, of what stands in the box
let byHand = false; // what stands in the box was tapped on the keypad: a scan must not be glued to it

function finish() {
  clearTimeout(idle);
  const code = counts && /^\d{1,5}$/.test(box.value) ? `N${box.value}` : box.value;
  keypad(false);
  taken(code);
}

/** Note when a key or piece came, before it is put to what stands in the box. */
function time(at, isFirst) {
  slowestMs = isFirst ? 0 : Math.max(slowestMs, at - keyAt);
  keyAt = at;
}

/** Whether a scanner has typed a whole code. A quantity is none here: N2 may become N24. */
const isScanned = () => slowestMs <= SCANNER_KEY_MS && isWhole(box.value) && !/^n/i.test(box.value);

/** How long nothing more may come before the box is a scan. */
function idleMs(bulk) {
  if (bulk && isWhole(box.value)) return BULK_IDLE_MS;
  if (isScanned()) return WHOLE_IDLE_MS;
  return !bulk && slowestMs <= RUN_KEY_MS && box.value.length >= RUN_KEYS ? RUN_IDLE_MS : TYPED_IDLE_MS;
}

function waitForMore(bulk) {
  clearTimeout(idle);
  // With the keypad open a person may be typing: only OK ends what comes key by key, but for a scanner's whole code.
  if (!bulk && form.classList.contains("scan--open") && !isScanned()) return;
  idle = setTimeout(finish, idleMs(bulk));
}

const isOtherField = (element) => element && element !== box && element.matches("input, select, textarea");

function onKey(event) {
  unlock();
  const { key, target } = event;
  if (isOtherField(target)) return;
  const command = /^F\d+$/.test(key) && document.querySelector(`[data-key="${key}"]`);
  if (command) {
    event.preventDefault();
    if (!event.repeat) taken(command.dataset.code, { isPress: true });
  } else if (key === "Enter" || (key === "Tab" && box.value)) {
    if (box.value || target === box) event.preventDefault();
    if (box.value) finish();
  } else if (event.keyCode === 229) {
    refocus(); // the text itself comes through the input method
  } else if (key === " " && target !== box && !box.value) {
    return; // presses the focused button
  } else if (key.length === 1 && !event.metaKey && (!event.ctrlKey || event.altKey || key === "]")) {
    event.preventDefault(); // altKey is let through: some scanners set it on every key, and AltGr is Ctrl and Alt
    time(event.timeStamp, byHand || !box.value);
    const typed = event.ctrlKey && !event.altKey ? FNC1 : key;
    box.value = byHand ? typed : box.value + typed;
    byHand = false;
    lengthBefore = box.value.length;
    waitForMore(false);
  }
}

/** A whole code that comes by itself, some time after what stands in the box, is another scan. */
function endBefore({ data, timeStamp }) {
  const before = box.value.slice(0, lengthBefore);
  if (!before || byHand || before + data !== box.value || !isWhole(data) || timeStamp - keyAt <= WHOLE_IDLE_MS) return;
  box.value = before;
  finish();
  box.value = data;
}

// Text without key events: the input method commits a part or the whole of a code.
function onInput(event) {
  endBefore(event);
  const bulk = box.value.length - lengthBefore > 3;
  time(event.timeStamp, !lengthBefore);
  if (bulk && byHand) box.value = event.data ?? "";
  lengthBefore = box.value.length;
  if (/[\r\n]$/.test(event.data ?? "")) finish();
  else waitForMore(bulk);
}

function onLineBreak(event) {
  if (event.inputType !== "insertLineBreak" && event.inputType !== "insertParagraph") return;
  event.preventDefault();
  finish();
}

// ---- focus, keypad, buttons ----------------------------------------------------------------------------------------------

/** Scans arrive only where the focus is; a field that a person fills in keeps it. */
export function refocus() {
  if (!isOtherField(document.activeElement)) box.focus({ preventScroll: true });
}

function keypad(open) {
  form.classList.toggle("scan--open", open);
  box.value = "";
  lengthBefore = 0;
  byHand = counts = false;
  if (!open) box.inputMode = "none";
}

/** Open the keypad for what no scan says: a "number" of units, or "letters" on the whole keyboard. */
export function openFor(what) {
  if (!what) return;
  keypad(true);
  counts = what === "number";
  if (what === "letters") type("letters");
  refocus();
}

function type(key) {
  if (key === "letters") box.inputMode = box.inputMode === "text" ? "none" : "text";
  else box.value = key === "back" ? box.value.slice(0, -1) : box.value + key;
  lengthBefore = box.value.length;
  byHand = true;
}

function onClick(event) {
  const button = event.target.closest("[data-code], [data-type], [data-keypad]");
  if (button) {
    event.preventDefault();
    if (button.dataset.code) taken(button.dataset.code, { isPress: true });
    else if (button.dataset.type) type(button.dataset.type);
    else keypad(!form.classList.contains("scan--open"));
    if (button.dataset.code) button.closest("details")?.removeAttribute("open");
  }
  setTimeout(refocus);
}

/** Call `take(code, how)` for every code read from now on; `how.isPress` says that a button or key was pressed for it.
 *
 * `whole(code)` tells whether nothing more is to come of a code, where its form does not.
 */
export function listen(take, whole = () => false) {
  taken = take;
  isWhole = (code) => isWholeByForm(code) || whole(code);
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("pointerdown", unlock);
  document.addEventListener("click", onClick);
  document.addEventListener("focusout", (event) => event.relatedTarget || setTimeout(refocus));
  document.addEventListener("visibilitychange", refocus);
  box.addEventListener("input", onInput);
  box.addEventListener("beforeinput", onLineBreak);
  form.addEventListener("submit", (event) => { event.preventDefault(); finish(); });
  addEventListener("focus", refocus);
  refocus();
}
