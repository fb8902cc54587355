// Back leads to where a page was left: as far down, and with the same sections unfolded. Every link is a page of its own,
// drawn piece by piece long after the browser would have scrolled, so the place is kept here, by address, for this tab.
// Streamlit runs this anew with every page: the listeners are set once.
if (!window.explorerRemembersPlaces) {
  window.explorerRemembersPlaces = true;
  const most = 50;
  const waitMs = 20000; // a page that is not drawn by then is not waited for
  const quietMs = 400;
  const places = () => {
    try {
      return JSON.parse(sessionStorage.getItem("explorer_places")) ?? {};
    } catch {
      return {}; // a browser that keeps nothing
    }
  };
  const here = () => location.pathname + location.search;
  const surface = () => document.querySelector(".stMain");
  // A section is told by its title and by which of that title it is.
  const sections = () => {
    const counted = {};
    return [...document.querySelectorAll(".stMain details")].map((section) => {
      const summary = section.querySelector("summary");
      const title = (summary?.querySelector("p") ?? summary)?.textContent ?? ""; // without the names of icons beside it
      counted[title] = (counted[title] ?? 0) + 1;
      return [`${counted[title]} ${title}`, section];
    });
  };
  let wanted = null; // the place that is being gone back to

  const keep = () => {
    if (wanted || !surface()) return;
    const kept = places();
    const address = here();
    delete kept[address];
    kept[address] = {
      top: surface().scrollTop,
      folds: Object.fromEntries(sections().map(([name, section]) => [name, section.open])),
    };
    const newest = Object.entries(kept).slice(-most);
    try {
      sessionStorage.setItem("explorer_places", JSON.stringify(Object.fromEntries(newest)));
    } catch { /* no room: the place is forgotten */ }
  };
  let planned = 0;
  const keepSoon = () => {
    clearTimeout(planned);
    planned = setTimeout(keep, 100);
  };

  const unfold = () => {
    for (const [name, section] of sections()) {
      const open = wanted.folds[name];
      if (open === undefined || wanted.done.has(name)) continue;
      wanted.done.add(name);
      if (section.open !== open) section.querySelector("summary").click();
    }
  };
  const isDrawn = () => document.querySelector(".stApp")?.dataset.testScriptState === "notRunning";
  const step = () => {
    if (!wanted) return;
    if (surface()) {
      unfold();
      surface().scrollTop = wanted.top;
      const reached = Math.abs(surface().scrollTop - wanted.top) < 2 && isDrawn();
      const now = Date.now();
      wanted.since = reached ? wanted.since ?? now : null;
      if ((reached && now - wanted.since > quietMs) || now > wanted.until) wanted = null;
    }
    if (wanted) setTimeout(step, 50);
  };
  const goBackTo = (place) => {
    const idle = !wanted;
    wanted = place && {...place, done: new Set(), since: null, until: Date.now() + waitMs};
    if (wanted && idle) step();
  };
  const letGo = () => { wanted = null; }; // whoever scrolls himself is not scrolled

  const cameBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  const returned = sessionStorage.getItem("explorer_return") === here();
  sessionStorage.removeItem("explorer_return");
  if (cameBack || returned) goBackTo(places()[here()]);

  addEventListener("popstate", () => goBackTo(places()[here()]));
  document.addEventListener("scroll", keepSoon, true);
  document.addEventListener("toggle", keepSoon, true);
  addEventListener("pagehide", keep);
  document.addEventListener("click", (event) => {
    if (!event.isTrusted) return;
    letGo();
    keep();
    const back = event.target.closest?.(".ax-back a");
    if (back) sessionStorage.setItem("explorer_return", back.pathname + back.search);
  }, true);
  for (const by of ["wheel", "touchmove", "keydown"]) addEventListener(by, letGo, {capture: true, passive: true});
}
