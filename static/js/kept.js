// Unconfirmed scans in IndexedDB: they outlive a reload and a flat battery, and belong to the worker who made them.

const PATIENCE_MS = 2000; // a store that hangs must not hold up what can be sent

let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("wms-floor", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("kept", { keyPath: "n" });
    request.onsuccess = () => {
      request.result.onclose = () => { opened = null; };
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function run(mode, action) {
  const transaction = (await open()).transaction("kept", mode, { durability: "strict" });
  const request = action(transaction.objectStore("kept"));
  transaction.commit(); // on its way at once: it is done even when the page is killed this very moment
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

const late = () => new Promise((_, reject) => setTimeout(reject, PATIENCE_MS, new Error("the store does not answer")));

// A browser without storage still scans; only a reload would lose what is unconfirmed, and the debug page shows why.
const orSay = (promise, instead) => Promise.race([promise, late()]).catch((error) => {
  opened = null;
  document.dispatchEvent(new CustomEvent("notkept", { detail: String(error) }));
  return instead;
});

/** Keep a scan {n, scan, code, ask, at, worker, action, page}; n gives the order. */
export const keep = (scan) => orSay(run("readwrite", (store) => store.put(scan)));

/** Forget scans, all of them or none: of a chain that a wrong one ended, no rest may come back. */
export const forget = (scans) => orSay(run("readwrite", (store) => scans.map(({ n }) => store.delete(n)).at(-1)));

/** This worker's scans for this station, oldest first. */
export const keptBy = (worker, action) =>
  orSay(run("readonly", (store) => store.getAll()), []).then((scans) =>
    scans.filter((scan) => scan.worker === worker && scan.action === action));
