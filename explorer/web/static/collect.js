// Figures are selected, kept in collections, and put in order. `gallery.js` passes on clicks, keys and answers.
//
// Names of collections are only ever set as text.
const TOAST_MS = 8000;
const LONGEST_NAME = 200;

const countFigures = (count) => `${count.toLocaleString("en")} figure${count === 1 ? "" : "s"}`;

// `events.request(request)` asks the server. `events.cards()` returns the cards that are shown, in their order.
// `events.signal` ends the listening.
class Collector {
  constructor(root, events) {
    this.root = root;
    this.events = events;
    this.selected = new Set();
    this.hasEverything = false; // whether all results are selected, also those that are not shown
    this.count = element("span");
    this.count.setAttribute("role", "status");
    this.shown = this.button("Select all shown", () => this.selectShown());
    this.everything = this.button("", () => this.selectEverything());
    this.drop = this.button("Remove from the collection", () => this.changeCollection("remove", { figures: [...this.selected] }));
    this.bar = element("div", { className: "ax-selection", hidden: true, role: "group", ariaLabel: "Selected figures" },
      this.count, this.shown, this.everything, this.button("Keep …", () => this.chooseSelected()), this.drop,
      this.button("Clear", () => this.clear()));
    this.toast = element("p", { className: "ax-toast" });
    this.toast.setAttribute("role", "status");
    root.append(this.bar, this.toast);
    this.listenForDrags(events.signal);
  }

  button(text, onclick) {
    return element("button", { type: "button", textContent: text, onclick });
  }

  get isAllowed() {
    return Boolean(this.collections);
  }

  // `total` is the number of all results; null if it is not known, undefined if they cannot be selected.
  update({ collections, collection, total }) {
    Object.assign(this, { collections, collection, total });
    document.documentElement.classList.toggle("ax-collecting", this.isAllowed);
    document.documentElement.classList.toggle("ax-arranging", Boolean(this.isAllowed && collection));
    this.mark();
  }

  // Selecting

  // Returns whether the click was for the collector.
  onClick(event) {
    if (!this.isAllowed) return false;
    const button = event.target.closest?.(".ax-select, .ax-keep-figure, .ax-earlier, .ax-later");
    const id = button?.dataset.figure ?? button?.closest(".ax-card")?.dataset.figure;
    if (!id) return false;
    event.preventDefault();
    if (button.matches(".ax-select")) this.toggle(id, event.shiftKey);
    else if (button.matches(".ax-keep-figure")) this.choose([id]);
    else this.step(id, button.matches(".ax-earlier") ? -1 : 1);
    return true;
  }

  // Select a figure or not any more; with `isRange` all figures from the last one on.
  toggle(id, isRange = false) {
    this.hasEverything = false;
    const ids = this.shownIds();
    const [from, to] = [ids.indexOf(this.last), ids.indexOf(id)].sort((a, b) => a - b);
    if (isRange && from >= 0) for (const between of ids.slice(from, to + 1)) this.selected.add(between);
    else if (!this.selected.delete(id)) this.selected.add(id);
    this.last = id;
    this.mark();
  }

  selectShown() {
    for (const id of this.shownIds()) this.selected.add(id);
    this.mark();
  }

  selectEverything() {
    this.selectShown();
    this.hasEverything = true;
    this.mark();
  }

  clear() {
    this.selected.clear();
    this.hasEverything = false;
    this.mark();
  }

  shownIds() {
    return this.events.cards().map((card) => card.dataset.figure);
  }

  // Show what is selected. The page may have drawn its cards again.
  mark() {
    for (const button of document.querySelectorAll(".ax-select")) {
      button.setAttribute("aria-pressed", String(this.selected.has(button.closest(".ax-card").dataset.figure)));
    }
    const shown = this.shownIds();
    const hasMore = this.total === null || this.total > shown.length;
    this.bar.hidden = !this.isAllowed || !this.selected.size;
    this.count.textContent = this.hasEverything ? this.everythingText() : `${countFigures(this.selected.size)} selected`;
    this.shown.hidden = shown.every((id) => this.selected.has(id));
    this.everything.hidden = !hasMore || this.hasEverything;
    this.everything.textContent = this.total === null ? "Select all results" : `Select all ${this.total?.toLocaleString("en")}`;
    this.drop.hidden = !this.collection || this.hasEverything;
  }

  everythingText() {
    return this.total === null ? "All results selected" : `All ${countFigures(this.total)} selected`;
  }

  // Keeping

  chooseSelected() {
    this.choose(this.hasEverything ? "all" : this.shownIds().filter((id) => this.selected.has(id)));
  }

  // Ask for the collection to keep figures in: ids, or "all" results.
  choose(figures) {
    const name = element("input", { type: "text", required: true, maxLength: LONGEST_NAME, autocomplete: "off" });
    const keep = (target) => {
      dialog.close();
      this.events.request({ what: "keep", figures, ...target });
    };
    const form = element("form", {}, element("label", {}, "New collection", name), element("button", { type: "submit", textContent: "Create" }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (name.value.trim()) keep({ name: name.value });
    });
    const others = this.collections.filter(({ id }) => id !== this.collection);
    const list = element("ul", {}, ...others.map(({ id, name: title, figures: count }) => element("li", {},
      element("button", { type: "button", onclick: () => keep({ collection: id }) },
        element("span", { textContent: title }), element("span", { className: "ax-quiet", textContent: count.toLocaleString("en") })))));
    const what = figures === "all" ? "all results" : countFigures(figures.length);
    const dialog = element("dialog", { className: "ax-keep", ariaLabel: `Keep ${what} in a collection` },
      element("h2", { textContent: `Keep ${what}` }), ...(others.length ? [list] : []), form,
      this.button("Cancel", () => dialog.close()));
    dialog.addEventListener("close", () => dialog.remove());
    this.root.append(dialog);
    dialog.showModal();
  }

  // What the server did, or why not: { text, link }.
  receive({ text, link, isDone }) {
    if (isDone) this.clear();
    this.toast.replaceChildren(text, ...(link ? [" ", element("a", { href: link, target: "_self", textContent: "Open the collection" })] : []));
    const place = document.querySelector("dialog[open].ax-lightbox") ?? this.root; // over the page, a dialog hides the rest
    place.append(this.toast);
    clearTimeout(this.hiding);
    this.hiding = setTimeout(() => this.toast.replaceChildren(), TOAST_MS);
  }

  // Putting the figures of a collection in order

  changeCollection(what, change) {
    this.events.request({ what, collection: this.collection, ...change });
  }

  step(id, direction) {
    const ids = this.shownIds();
    const place = ids.indexOf(id) + direction;
    if (place >= 0 && place < ids.length) this.changeCollection("move", { id, to: ids[place] });
  }

  // A picture is a link, which browsers let people drag.
  listenForDrags(signal) {
    const cardOf = (event) => event.target.closest?.(".ax-card[data-figure]");
    const isTarget = (card) => card && this.dragged && card.dataset.figure !== this.dragged;
    const on = (name, listener) => document.addEventListener(name, listener, { signal });
    const unmark = () => document.querySelector(".ax-over")?.classList.remove("ax-over");
    on("dragstart", (event) => {
      if (!this.isAllowed || !this.collection || !cardOf(event)) return;
      this.dragged = cardOf(event).dataset.figure;
      event.dataTransfer.effectAllowed = "move";
    });
    on("dragend", () => {
      this.dragged = null;
      unmark();
    });
    on("dragover", (event) => {
      unmark();
      if (!isTarget(cardOf(event))) return;
      event.preventDefault();
      cardOf(event).classList.add("ax-over");
    });
    on("drop", (event) => {
      if (!isTarget(cardOf(event))) return;
      event.preventDefault();
      this.changeCollection("move", { id: this.dragged, to: cardOf(event).dataset.figure });
    });
  }
}
