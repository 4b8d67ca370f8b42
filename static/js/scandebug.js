// What support asks for first: every raw event of the scanner, and what browser this is. Loaded by ?scandebug=1 only.

const list = Object.assign(document.createElement("pre"), { className: "scandebug" });
const started = performance.now();

function say(...words) {
  const ms = Math.round(performance.now() - started);
  list.textContent = `${String(ms).padStart(7)} ms  ${words.join(" ")}\n${list.textContent}`.slice(0, 6000);
}

function key({ type, key: name, keyCode, altKey, ctrlKey, shiftKey, isComposing }) {
  const held = [altKey && "alt", ctrlKey && "ctrl", shiftKey && "shift", isComposing && "composing"].filter(Boolean);
  say(type, JSON.stringify(name), keyCode, ...held);
}

for (const type of ["keydown", "keyup"]) addEventListener(type, key, true);
for (const type of ["beforeinput", "input", "compositionstart", "compositionend"]) {
  addEventListener(type, (event) => say(type, event.inputType ?? "", JSON.stringify(event.data ?? null)), true);
}
for (const type of ["focusin", "focusout"]) addEventListener(type, ({ target }) => say(type, target.id || target.tagName), true);
document.addEventListener("cue", (event) => say("cue", event.detail));

document.body.append(list);
say(navigator.userAgent);
say(`page ${innerWidth}x${innerHeight}, ratio ${devicePixelRatio}, secure ${isSecureContext}, IndexedDB ${"indexedDB" in window}`);
