// A scanner for people without one: shows the barcodes that the framed station asks for and, on a click, types the code into the
// frame key by key as a wedge scanner does. Reads the same data attributes as the tests; knows nothing of the work behind them.

const frame = document.getElementById("station");
const lists = document.querySelector("[data-codes]").dataset;
const right = document.getElementById("right");
const wrong = document.getElementById("wrong");
const MOST_RIGHT = 8;
const MOST_WRONG = 3;
const WORDS = { done: "DONE", answer: "YES or NO", nothing: "nothing: wait", reason: "a reason" };
const BARCODE = /^([A-Z]\d+|\d{8,})$/; // what is accepted when typed (a SKU, a check string) need not be shown where a barcode is
const KINDS = { L: "location", T: "tote", C: "cart", B: "badge", X: "carton", P: "package", S: "station", D: "lane" };
let shown = null; // the screen element whose codes are listed: each answer brings a new one

const screen = () => frame.contentDocument?.querySelector("#screen[data-screen]");
const words = (ask) => WORDS[ask] ?? `the ${ask}`;

function scan(code) {
  const box = frame.contentDocument.getElementById("code");
  if (!box) return;
  // keys made in the frame's own realm, on its scan box: from here on it is a scanner's input like any other
  for (const key of [...code, "Enter"]) box.dispatchEvent(new frame.contentWindow.KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

function button(code, name) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "code";
  made.dataset.scan = code;
  const picture = new Image();
  picture.src = lists.barcodes.replace(".svg", `${encodeURIComponent(code)}.svg`);
  picture.alt = "";
  const title = document.createElement("b");
  title.textContent = name;
  const text = document.createElement("small");
  text.textContent = code;
  made.append(picture, title, text);
  return made;
}

async function fetched(ask) {
  const answer = await fetch(`${lists.codes}&ask=${encodeURIComponent(ask)}`).catch(() => null);
  return answer?.ok ? answer.json() : [];
}

/** What the code is by its first letter, where the screen takes several types. */
function named(code, ask) {
  const kind = /^C\d{6}$/.test(code) ? "cart's slot" : KINDS[code[0]];
  return /^[A-Z]\d+$/.test(code) && kind && kind !== ask ? words(kind) : words(ask);
}

async function show() {
  const now = screen();
  if (!now || now === shown) return;
  shown = now;
  const { ask } = now.dataset;
  const accept = JSON.parse(now.dataset.accept ?? "[]");
  const barcodes = accept.filter((code) => BARCODE.test(code));
  const best = (barcodes.length ? barcodes : accept).slice(0, MOST_RIGHT);
  const others = await fetched(ask);
  if (now !== shown) return; // the screen went on while the list was under way
  document.getElementById("right-title").textContent = `Scan ${words(ask)}`;
  const rights = best.length ? best.map((code, place) => button(code, (place ? "or " : "") + named(code, ask))) : others.map(({ code, name }) => button(code, name));
  right.replaceChildren(...rights);
  const wrongs = accept.length ? others.filter(({ code }) => !accept.includes(code)).slice(0, MOST_WRONG) : [];
  wrong.replaceChildren(...wrongs.map(({ code, name }) => button(code, `another ${ask}: ${name}`)));
  document.getElementById("other").hidden = !wrongs.length;
}

function watch() {
  new MutationObserver(show).observe(frame.contentDocument.body, { childList: true });
  show();
}

document.addEventListener("click", (event) => {
  const code = event.target.closest("[data-scan]")?.dataset.scan;
  if (code) scan(code);
});
document.getElementById("typed").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = event.target.elements.code;
  if (field.value.trim()) scan(field.value.trim());
  field.value = "";
});
frame.addEventListener("load", watch);
if (frame.contentDocument?.readyState === "complete" && screen()) watch();
