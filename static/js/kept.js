// Unconfirmed scans in IndexedDB: they outlive a reload and a flat battery, and belong to the worker who made them.

let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("wms-floor", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("kept", { keyPath: "n" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function run(mode, action) {
  const transaction = (await open()).transaction("kept", mode, { durability: "strict" });
  const request = action(transaction.objectStore("kept"));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

// A browser without storage still scans; only a reload would lose what is unconfirmed, and the debug page shows why.
const orSay = (promise, instead) => promise.catch((error) => { console.warn("scans are not kept:", error); return instead; });

/** Keep a scan {n, scan, code, ask, at, worker, action}; n gives the order. */
export const keep = (scan) => orSay(run("readwrite", (store) => store.put(scan)));

export const forget = (scan) => orSay(run("readwrite", (store) => store.delete(scan.n)));

/** This worker's scans for this station, oldest first. */
export const keptBy = (worker, action) =>
  orSay(run("readonly", (store) => store.getAll()), []).then((scans) =>
    scans.filter((scan) => scan.worker === worker && scan.action === action));
