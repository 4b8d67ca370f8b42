// The page that stands in for another while there is no network: goes on to it as soon as it is served.

const EVERY_MS = 2000;

async function look() {
  const isServed = await fetch(location.href, { method: "HEAD", cache: "no-store" }).then((response) => response.ok, () => false);
  if (isServed) location.reload();
  else setTimeout(look, EVERY_MS);
}

if (!location.pathname.endsWith("/no-network")) { // opened by its own address it stands for nothing
  setTimeout(look, EVERY_MS);
  addEventListener("online", look);
}
