// The table of contents leads to an item without loading the page again, and the address of an item opens at the item.
// Streamlit runs this script again with every page: the listener is added once.
{
  const itemOf = (id) => document.querySelector(`[data-item="${CSS.escape(id)}"]`);
  const show = (item) => {
    item.scrollIntoView({block: "start"});
    item.focus({preventScroll: true});
  };
  if (!window.explorerScrollsToItems) {
    window.explorerScrollsToItems = true;
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.("a[data-to]");
      const item = link && itemOf(link.dataset.to);
      if (!item || event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      history.replaceState(history.state, "", link.href);
      show(item);
    });
  }
  const wanted = new URLSearchParams(location.search).get("item");
  const cameBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (wanted && !cameBack && window.explorerShownItem !== location.href) {
    window.explorerShownItem = location.href;
    const until = Date.now() + 20000; // give up on a page that is not drawn by then
    const quietMs = 400;
    let settled = null; // since when nothing moves the item
    let letGo = false; // the visitor scrolls
    for (const by of ["wheel", "touchmove", "keydown", "mousedown"]) {
      addEventListener(by, () => { letGo = true; }, {once: true, passive: true});
    }
    const isDrawn = () => document.querySelector(".stApp")?.dataset.testScriptState === "notRunning"
      && [...document.images].every((image) => image.complete);
    // Pictures above the item push it down as they are drawn, so the page scrolls until all of them are.
    const step = () => {
      const item = itemOf(wanted);
      if (item) show(item);
      settled = item && isDrawn() ? settled ?? Date.now() : null;
      const isDone = settled && Date.now() - settled > quietMs;
      if (!letGo && !isDone && Date.now() < until) setTimeout(step, 50);
    };
    step();
  }
}
