// The picture of the figure below the pointer on the map: it takes the place of the figure's id in the tooltip.
const ASK_AFTER_MS = 60; // not for the points that the pointer only passes
const TOOLTIP = "vg-tooltip-element"; // the id that the chart library gives its tooltip
const pictures = new Map(); // by id of figure
let ask = null;
let field = "";
let waiting = null;

export default function (component) {
  const { data, setTriggerValue } = component;
  field = data.field;
  ask = (id) => setTriggerValue("asked", id);
  if (data.answer) pictures.set(data.answer.id, data.answer.source);
  watchTooltip();
  show();
}

// The tooltip is one element for all charts, made with the first of them.
function watchTooltip() {
  if (window.explorerWatchesTooltip) window.explorerWatchesTooltip.disconnect();
  window.explorerWatchesTooltip = new MutationObserver(show);
  window.explorerWatchesTooltip.observe(document.body, { childList: true, subtree: true });
}

function show() {
  const cell = cellOfFigure();
  if (!cell) return;
  const id = (cell.dataset.figure ??= cell.textContent.trim());
  cell.colSpan = 2;
  cell.closest("tr")?.classList.add("ax-map-figure");
  const source = pictures.get(id);
  if (source && !cell.querySelector("img")) {
    cell.replaceChildren(Object.assign(document.createElement("img"), { src: source, alt: "", className: "ax-map-picture" }));
  } else if (!source) {
    clearTimeout(waiting);
    waiting = setTimeout(() => cellOfFigure()?.dataset.figure === id && ask(id), ASK_AFTER_MS);
  }
}

function cellOfFigure() {
  const rows = document.getElementById(TOOLTIP)?.querySelectorAll("tr") ?? [];
  const row = Array.from(rows).find((row) => row.classList.contains("ax-map-figure") || row.querySelector(".key")?.textContent.startsWith(field));
  return row?.querySelector(".value");
}
