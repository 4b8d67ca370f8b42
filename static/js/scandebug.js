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
for (const what of ["taken", "dropped"]) {
  document.addEventListener(what, ({ detail }) => say(what, ...detail.map(({ code, ask }) => `${JSON.stringify(code)} for ${ask}`)));
}
document.addEventListener("notkept", (event) => say("not kept:", event.detail));

function size() {
  say(`page ${innerWidth}x${innerHeight} of screen ${screen.width}x${screen.height} CSS px, ratio ${devicePixelRatio}`);
}

document.body.append(list);
say(navigator.userAgent);
say(`secure ${isSecureContext}, IndexedDB ${"indexedDB" in window}, vibration ${"vibrate" in navigator}, touch points ${navigator.maxTouchPoints}`);
size();
say(`Chrome ${/Chrome\/([\d.]+)/.exec(navigator.userAgent)?.[1] ?? "none"}`);
addEventListener("resize", size);
