// The gallery: a click on a picture opens it over the page, more results come while the visitor scrolls, a slider sets
// the size of the pictures, and pictures can be selected and kept. The cards are in the page already; without this script
// their links lead to pages.
const ROW_KEY = "explorer_row_px";
const ROW_PX = 120;
const OPEN = "open"; // the parameter of the address with the id of the figure in the lightbox
const AHEAD_PX = 600; // more results are asked for when the end is this near
const DRAWN_MS = 300;
const ANSWER_MS = 3000;
const galleries = new WeakMap(); // by the element of the component; Streamlit calls this module again with new data

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let gallery = galleries.get(parentElement);
  if (!gallery) galleries.set(parentElement, (gallery = new Gallery(parentElement)));
  gallery.update(data, setTriggerValue);
  return () => {
    gallery.remove();
    galleries.delete(parentElement);
  };
}

function storedRow() {
  try {
    return localStorage.getItem(ROW_KEY);
  } catch {
    return null;
  }
}

// The card of the row below (1) or above (-1) that is nearest to this one.
function nearest(card, cards, direction) {
  const middle = (it) => it.getBoundingClientRect().left + it.offsetWidth / 2;
  const rows = cards.filter((it) => direction * (it.getBoundingClientRect().top - card.getBoundingClientRect().top) > 1);
  const tops = rows.map((it) => it.getBoundingClientRect().top);
  const row = direction > 0 ? Math.min(...tops) : Math.max(...tops);
  const distance = (it) => Math.abs(middle(it) - middle(card));
  return rows.filter((it) => Math.abs(it.getBoundingClientRect().top - row) < 2).sort((a, b) => distance(a) - distance(b))[0];
}

// A card leads back to the page of results that it came with. The visitor comes back to all results that are shown now.
function leadBackHere(event) {
  const link = event.target.closest?.('.ax-card a[href*="back="]');
  if (!link) return;
  const address = new URL(link.href);
  const [page] = address.searchParams.get("back").split("?");
  address.searchParams.set("back", `${page}?${location.search.slice(1)}`);
  link.href = address;
}

class Gallery {
  constructor(root) {
    this.listeners = new AbortController();
    this.requests = []; // sent one at a time: the server answers only the last of several
    this.sent = 0;
    this.collector = new Collector(root, {
      request: (request) => this.request(request),
      cards: () => this.cards(),
      signal: this.listeners.signal,
    });
    this.lightbox = new Lightbox(root, {
      wanted: (id, what) => this.request({ id, what }),
      moved: (step) => this.move(step),
      kept: (id) => this.collector.choose([id]),
      closed: () => this.onClosed(),
    });
    root.append(this.makeSlider());
    const { signal } = this.listeners;
    document.addEventListener("click", (event) => this.onClick(event), { signal });
    document.addEventListener("auxclick", leadBackHere, { signal }); // the middle button
    document.addEventListener("keydown", (event) => this.onKey(event), { signal });
    document.addEventListener("scroll", () => this.askNearTheEnd(), { signal, capture: true, passive: true });
    addEventListener("popstate", () => this.followAddress(), { signal });
  }

  update(data, ask) {
    this.ask = ask;
    this.figures = new Map(data.figures.map((figure) => [figure.id, figure]));
    this.collector.update(data);
    this.lightbox.mayKeep = Boolean(data.collections);
    const answer = data.answers.find(({ number }) => number === this.number);
    if (answer && this.requests.length) {
      this.requests.shift();
      if (answer.source) this.lightbox.receive(answer);
      else this.collector.receive(answer);
      this.sendNext();
    }
    this.more = data.more;
    setTimeout(() => { // the cards are drawn by then
      this.collector.mark();
      this.askNearTheEnd();
      if (!this.isReady) this.followAddress();
      this.isReady = true;
    }, DRAWN_MS);
  }

  remove() {
    this.listeners.abort();
    clearTimeout(this.again);
  }

  // Ask the server for a picture ("large", "original") or to change a collection ("keep", "remove", "move").
  request(request) {
    const isWaiting = this.requests.length > 0;
    this.requests.push(request);
    if (!isWaiting) this.sendNext();
  }

  // Send the next request that is still of use. The server does a request with the same number only once.
  sendNext() {
    const next = () => this.requests[0];
    while (next()?.what === "large" && next().id !== this.current) this.requests.shift();
    if (!next()) {
      clearTimeout(this.again);
      return;
    }
    this.number = `${performance.timeOrigin} ${++this.sent}`;
    this.send();
  }

  send() {
    clearTimeout(this.again);
    this.ask("request", { ...this.requests[0], number: this.number });
    this.again = setTimeout(() => this.send(), ANSWER_MS); // once more if no answer comes
  }

  // The figures in the order of the page. A figure in a folded section is not among them.
  cards() {
    return [...document.querySelectorAll(".ax-card[data-figure]")]
      .filter((card) => card.checkVisibility() && this.figures.has(card.dataset.figure));
  }

  onClick(event) {
    leadBackHere(event);
    if (this.collector.onClick(event)) return;
    const link = event.target.closest?.(".ax-card[data-figure] .ax-ground");
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    const card = link?.closest(".ax-card");
    if (!card || !isPlain || !this.figures.has(card.dataset.figure)) return;
    event.preventDefault();
    this.open(card);
  }

  // Letters move and act anywhere on the page, the other keys only where a picture has the focus.
  onKey(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || this.lightbox.isOpen) return;
    if (event.target.closest?.('input, textarea, select, [contenteditable="true"], dialog')) return;
    const cards = this.cards();
    const place = cards.indexOf(document.activeElement?.closest?.(".ax-ground")?.closest(".ax-card"));
    const figure = this.figures.get(cards[place]?.dataset.figure);
    const deeds = { j: () => this.focus(cards[place + 1]), k: () => this.focus(cards[place - 1]) };
    if (this.collector.isAllowed) {
      const selected = () => this.collector.selected.size > 0;
      if (figure) Object.assign(deeds, { x: () => this.collector.toggle(figure.id), X: () => this.collector.toggle(figure.id, true) });
      if (figure || selected()) deeds.c = () => (selected() ? this.collector.chooseSelected() : this.collector.choose([figure.id]));
    }
    if (figure) {
      Object.assign(deeds, {
        ArrowRight: deeds.j, ArrowLeft: deeds.k,
        ArrowDown: () => this.focus(nearest(cards[place], cards, 1)), ArrowUp: () => this.focus(nearest(cards[place], cards, -1)),
        s: () => location.assign(new URL(figure.similar, document.baseURI)),
        e: () => location.assign(new URL(figure.href, document.baseURI)),
      });
    }
    if (!deeds[event.key]) return;
    event.preventDefault();
    deeds[event.key]();
  }

  focus(card) {
    card?.querySelector(".ax-ground").focus();
  }

  open(card) {
    const address = new URL(location.href);
    const isNew = !address.searchParams.has(OPEN);
    address.searchParams.set(OPEN, card.dataset.figure);
    if (isNew) history.pushState({ ...history.state, explorerOpened: true }, "", address);
    else history.replaceState(history.state, "", address);
    this.show(card);
  }

  show(card) {
    const cards = this.cards();
    const place = cards.indexOf(card);
    this.current = card.dataset.figure;
    this.lightbox.show(this.figures.get(this.current), card.querySelector(".ax-ground img")?.src, {
      hasPrevious: place > 0, hasNext: place < cards.length - 1,
    });
    if (place >= cards.length - 3) this.askForMore();
  }

  move(step) {
    const cards = this.cards();
    const place = cards.findIndex((card) => card.dataset.figure === this.current);
    const card = cards[place + step];
    if (card) this.open(card);
  }

  // The address follows the lightbox: Back closes it, and a link with a figure opens it.
  followAddress() {
    const wanted = new URL(location.href).searchParams.get(OPEN);
    if (!wanted) {
      if (this.lightbox.isOpen) this.lightbox.close();
      return;
    }
    const card = this.cards().find((card) => card.dataset.figure === wanted);
    if (card && !(this.lightbox.isOpen && this.current === wanted)) this.show(card);
  }

  onClosed() {
    const card = this.cards().find((card) => card.dataset.figure === this.current);
    card?.querySelector(".ax-ground")?.focus({ preventScroll: true });
    card?.scrollIntoView({ block: "nearest" });
    const address = new URL(location.href);
    if (!address.searchParams.has(OPEN)) return;
    if (history.state?.explorerOpened) {
      history.back();
      return;
    }
    address.searchParams.delete(OPEN);
    history.replaceState(history.state, "", address);
  }

  askNearTheEnd() {
    const end = document.querySelector(".ax-pages");
    if (this.more && end && end.getBoundingClientRect().top < innerHeight + AHEAD_PX) this.askForMore();
  }

  // The address then has the figures so far, for a reload and for Back.
  askForMore() {
    if (!this.more) return;
    const address = new URL(this.more, document.baseURI);
    const open = new URL(location.href).searchParams.get(OPEN);
    if (open) address.searchParams.set(OPEN, open);
    dispatchEvent(new Event("explorer-address"));
    history.replaceState(history.state, "", address);
    this.more = null;
    dispatchEvent(new Event("explorer-more"));
  }

  makeSlider() {
    const slider = element("input", { type: "range", min: 90, max: 420, step: 10 });
    slider.value = storedRow() ?? ROW_PX;
    const apply = () => document.documentElement.style.setProperty("--ax-row", `${slider.value}px`);
    slider.addEventListener("input", () => {
      apply();
      try {
        localStorage.setItem(ROW_KEY, slider.value);
      } catch { /* a browser without storage: the size is not kept */ }
    });
    apply();
    return element("label", { className: "ax-size" }, "Size of the pictures", slider);
  }
}
