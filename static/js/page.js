// Which page this is: pages of one browser share its cookie, and a packing station is open on one of them. The id outlives a
// reload and going back. A copied tab copies it, and a new one takes the last used: who has it already says so, and it gets another.
const KEY = "wms-page";
const ANSWER_MS = 150; // of a page that is open; one that sleeps answers when it wakes, and is heard then too

const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
const me = newId(); // this document, while it lives

/** A browser without storage says nothing of its pages, and none is in another's way. */
function stored(action) {
  try {
    return action();
  } catch {
    return "";
  }
}

let id = stored(() => sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY) ?? newId());

const write = () => stored(() => sessionStorage.setItem(KEY, id));

/** This page's id, '' where it has none. */
export const pageId = () => id;

/** What a request says of the page it is for. */
export const header = (page) => (page ? { "X-Page": page } : {});

/** Somebody works at this page: the next that is opened after it was closed goes on as it. */
export const lastUsed = () => stored(() => localStorage.setItem(KEY, id));

/** Ends when no other open page has claimed the id, or another was taken. */
export const known = new Promise((resolve) => {
  if (!id) return resolve();
  const pages = new BroadcastChannel(KEY);
  pages.onmessage = ({ data }) => {
    if (data.to === me) {
      id = newId();
      write();
      resolve();
    } else if (!data.to && data.id === id) pages.postMessage({ to: data.from });
  };
  addEventListener("pagehide", () => pages.close()); // what comes after it in this tab is the same page
  pages.postMessage({ id, from: me });
  write();
  setTimeout(resolve, ANSWER_MS);
});
