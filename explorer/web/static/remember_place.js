// Back leads to where a page was left: scrolled as far, and with the same sections unfolded. Every link loads a page anew,
// which is drawn long after the browser would have scrolled, so the place is kept here, by address, for this tab.
// Streamlit runs this script again with every page: the listeners are added once.
if (!window.explorerRemembersPlaces) {
  window.explorerRemembersPlaces = true;
  const most = 50;
  const waitMs = 20000; // give up on a page that is not drawn by then
  const quietMs = 400;
  const clickMs = 1000;
  const places = () => {
    try {
      return JSON.parse(sessionStorage.getItem("explorer_places")) ?? {};
    } catch {
      return {}; // a browser without storage
    }
  };
  const here = () => location.pathname + location.search;
  const surface = () => document.querySelector(".stMain");
  // A section is identified by its title, and by its number among the sections with this title.
  const sections = () => {
    const counted = {};
    return [...document.querySelectorAll(".stMain details")].map((section) => {
      const summary = section.querySelector("summary");
      const title = (summary?.querySelector("p") ?? summary)?.textContent ?? ""; // without the names of icons next to it
      counted[title] = (counted[title] ?? 0) + 1;
      return [`${counted[title]} ${title}`, section];
    });
  };
  let wanted = null; // the place to return to

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
    } catch { /* no space: the place is not kept */ }
  };
  let planned = 0;
  const keepSoon = () => {
    clearTimeout(planned);
    planned = setTimeout(keep, 100);
  };

  const unfold = () => {
    for (const [name, section] of sections()) {
      const open = wanted.folds[name];
      const now = Date.now();
      // Again if the page is drawn once more meanwhile. A section takes some time to open.
      if (open === undefined || section.open === open || now - (wanted.clicked.get(name) ?? 0) < clickMs) continue;
      wanted.clicked.set(name, now);
      section.querySelector("summary").click();
    }
  };
  // After Back, the browser can show the page that is left for a while: the sections to unfold are not there yet.
  const isUnfolded = () => {
    const open = new Set(sections().filter(([, section]) => section.open).map(([name]) => name));
    return Object.entries(wanted.folds).every(([name, wasOpen]) => !wasOpen || open.has(name));
  };
  const isDrawn = () => document.querySelector(".stApp")?.dataset.testScriptState === "notRunning";
  const step = () => {
    if (!wanted) return;
    if (surface()) {
      unfold();
      surface().scrollTop = wanted.top;
      const reached = Math.abs(surface().scrollTop - wanted.top) < 2 && isDrawn() && isUnfolded();
      const now = Date.now();
      wanted.since = reached ? wanted.since ?? now : null;
      if ((reached && now - wanted.since > quietMs) || now > wanted.until) wanted = null;
    }
    if (wanted) setTimeout(step, 50);
  };
  const goBackTo = (place) => {
    const idle = !wanted;
    wanted = place && {...place, clicked: new Map(), since: null, until: Date.now() + waitMs};
    if (wanted && idle) step();
  };
  const letGo = () => { wanted = null; }; // stop when the visitor scrolls

  const cameBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  const returned = sessionStorage.getItem("explorer_return") === here();
  sessionStorage.removeItem("explorer_return");
  if (cameBack || returned) goBackTo(places()[here()]);

  addEventListener("popstate", () => goBackTo(places()[here()]));
  document.addEventListener("scroll", keepSoon, true);
  document.addEventListener("toggle", keepSoon, true);
  addEventListener("pagehide", keep);
  addEventListener("explorer-address", keep); // another script is about to change the address
  document.addEventListener("click", (event) => {
    if (!event.isTrusted) return;
    letGo();
    keep();
    const back = event.target.closest?.(".ax-back a");
    if (back) sessionStorage.setItem("explorer_return", back.pathname + back.search);
  }, true);
  for (const by of ["wheel", "touchmove", "pointerdown", "keydown"]) addEventListener(by, letGo, {capture: true, passive: true});
}
