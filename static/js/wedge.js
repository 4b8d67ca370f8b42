// Reads what a scanner types into the page, by key events or by the input method, with or without a terminator; also typed codes
// and buttons that carry a code. Knows nothing of what a code means, only whether it is whole.
import { isWhole } from "./codes.js";
import { unlock } from "./cues.js";

const BULK_IDLE_MS = 80; // a whole code committed at once, without terminator
const TYPED_IDLE_MS = 600; // key by key, or piece by piece, without terminator: a scanner's key delay may be 100 ms
const WHOLE_IDLE_MS = 150; // the same, when a scanner has typed a whole code: the next one may come 400 ms later
const SCANNER_KEY_MS = 120; // people are slower from one key to the next

const form = document.getElementById("scan");
const box = document.getElementById("code");
let taken = () => {};
let idle = 0;
let lengthBefore = 0;
let counts = false; // the keypad was opened for a quantity: bare digits are one
let keyAt = 0; // when the last key or piece came
let isSteady = false; // all that stands in the box came as fast as a scanner types
let byHand = false; // what stands in the box was tapped on the keypad: a scan must not be glued to it

function finish() {
  clearTimeout(idle);
  const code = counts && /^\d{1,5}$/.test(box.value) ? `N${box.value}` : box.value;
  keypad(false);
  taken(code);
}

/** Note when a key or piece came, before it is put to what stands in the box. */
function time(at, isFirst) {
  isSteady = isFirst || (isSteady && at - keyAt <= SCANNER_KEY_MS);
  keyAt = at;
}

/** How long nothing more may come before the box is a scan. A quantity is no whole code here: N2 may become N24. */
function idleMs(bulk) {
  if (!isWhole(box.value)) return TYPED_IDLE_MS;
  if (bulk) return BULK_IDLE_MS;
  return isSteady && !/^n/i.test(box.value) ? WHOLE_IDLE_MS : TYPED_IDLE_MS;
}

function waitForMore(bulk) {
  clearTimeout(idle);
  // with the keypad open a person may be typing: only OK ends what comes key by key
  if (!bulk && form.classList.contains("scan--open")) return;
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
  } else if (key.length === 1 && !event.ctrlKey && !event.metaKey) {
    event.preventDefault(); // altKey is let through: some scanners set it on every key
    time(event.timeStamp, byHand || !box.value);
    box.value = byHand ? key : box.value + key;
    byHand = false;
    lengthBefore = box.value.length;
    waitForMore(false);
  }
}

// Text without key events: the input method commits a part or the whole of a code.
function onInput(event) {
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

/** Call `take(code, how)` for every code read from now on; `how.isPress` says that a button or key was pressed for it. */
export function listen(take) {
  taken = take;
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
