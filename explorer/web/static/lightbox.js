// A picture over the page, with its caption and what can be done with it. `gallery.js` opens it.
//
// Texts of the archive are only ever set as text. Addresses come from the server.
const SMALLEST_BOX = 0.02; // of the width and height of the picture; a smaller box is a click
const SWIPE_PX = 50;
const MOST_ZOOM = 8;
const MOST_ENLARGED = 2; // of a picture smaller than the window
const COPIED_MS = 1500;
const SAVED_MS = 60000; // by then the browser has the file

// `events.wanted(id, what)` asks the server for the "large" picture or for the "original". `events.kept(id)` asks for the
// collection to keep the figure in. `events.moved(step)` shows the figure before (-1) or after (1). `events.closed()` is
// told of every end.
class Lightbox {
  constructor(root, events) {
    this.root = root;
    this.events = events;
    this.picture = element("img", { draggable: false });
    this.frame = element("span", { className: "ax-read", hidden: true });
    this.canvas = element("div", { className: "ax-canvas" }, this.picture, this.frame);
    this.stage = element("div", { className: "ax-stage" }, this.canvas);
    this.words = element("div", { className: "ax-words" });
    this.said = element("p", { className: "ax-said" });
    this.said.setAttribute("role", "status");
    this.part = this.button("Find a part of it", () => this.drawBoxes(!this.isDrawing));
    this.similar = element("a", { textContent: "Similar", target: "_self" });
    this.open = element("a", { textContent: "Page of the figure", target: "_self" });
    this.actions = element("div", { className: "ax-deeds" },
      this.similar, this.part, this.keep = this.button("Keep", () => events.kept(this.figure.id)), this.open,
      this.button("Copy link", () => this.copy(new URL(this.figure.href, document.baseURI).href, "Link copied")),
      this.button("Copy citation", () => this.copy(this.figure.citation, "Citation copied")),
      this.download = this.button("Download", () => events.wanted(this.figure.id, "original")),
    );
    const step = (sign, name, text) => element("button", {
      className: `ax-step ax-${name}`, type: "button", ariaLabel: `${text} figure`, textContent: sign < 0 ? "‹" : "›",
      onclick: () => events.moved(sign),
    });
    this.previous = step(-1, "previous", "Previous");
    this.next = step(1, "next", "Next");
    const close = element("button", {
      className: "ax-close", type: "button", ariaLabel: "Close", textContent: "×", onclick: () => this.close(),
    });
    this.dialog = element("dialog", { className: "ax-lightbox" },
      element("div", { className: "ax-show" }, this.stage, this.previous, this.next),
      element("div", { className: "ax-about" }, this.words, this.actions, this.said), close);
    this.dialog.addEventListener("close", () => {
      this.dialog.remove();
      events.closed();
    });
    this.dialog.addEventListener("keydown", (event) => this.key(event));
    this.listen();
    new ResizeObserver(() => this.dialog.open && this.fit()).observe(this.stage);
  }

  button(text, onclick) {
    return element("button", { type: "button", textContent: text, onclick });
  }

  get isOpen() {
    return this.dialog.open;
  }

  // Show a figure: at once with the picture of its card, sharper when the server has sent the large one.
  show(figure, small, { hasPrevious, hasNext }) {
    this.figure = figure;
    this.picture.src = small ?? "";
    this.picture.hidden = !small;
    this.picture.alt = figure.label;
    this.dialog.setAttribute("aria-label", figure.label);
    const around = [figure.before, figure.after].filter(Boolean);
    this.words.replaceChildren(...[
      element("p", { className: "ax-caption", textContent: figure.label }),
      figure.credit && element("p", { className: "ax-quiet", textContent: figure.credit }),
      element("p", {}, element("a", { href: figure.issueHref, target: "_self", textContent: figure.issue })),
      around.length && element("details", { open: innerWidth > 640 },
        element("summary", { textContent: "In the text" }),
        ...around.map((text) => element("p", { className: "ax-quiet", textContent: text }))),
    ].filter(Boolean));
    this.similar.href = figure.similar;
    this.open.href = figure.href;
    this.part.hidden = this.download.hidden = !small;
    this.keep.hidden = !this.mayKeep;
    this.previous.disabled = !hasPrevious;
    this.next.disabled = !hasNext;
    this.said.textContent = "";
    this.drawBoxes(false);
    this.zoomTo(1);
    if (!this.dialog.open) {
      this.root.append(this.dialog);
      this.dialog.showModal();
    }
    this.fit();
    if (small) this.events.wanted(figure.id, "large");
  }

  // The picture has its final size before the large one is there.
  fit() {
    const { width, height } = this.figure;
    if (!width) return;
    const scale = Math.min(this.canvas.clientWidth / width, this.canvas.clientHeight / height, MOST_ENLARGED);
    Object.assign(this.picture.style, { width: `${width * scale}px`, height: `${height * scale}px` });
  }

  // What the server sent: { id, what, source, name }.
  receive(sent) {
    if (!this.dialog.open || sent.id !== this.figure.id) return;
    if (sent.what === "large") this.picture.src = sent.source;
    else this.save(sent);
  }

  async save({ source, name }) {
    const file = URL.createObjectURL(await (await fetch(source)).blob());
    element("a", { href: file, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(file), SAVED_MS);
  }

  close() {
    this.dialog.close();
  }

  async copy(text, done) {
    try {
      await navigator.clipboard.writeText(text);
      this.said.textContent = done;
    } catch { // a page without https: the text is shown, to be copied by hand
      this.said.textContent = text;
      return;
    }
    setTimeout(() => { if (this.said.textContent === done) this.said.textContent = ""; }, COPIED_MS);
  }

  key(event) {
    if (event.target.closest("dialog") !== this.dialog || event.ctrlKey || event.metaKey || event.altKey) return;
    const deeds = {
      ArrowLeft: () => this.events.moved(-1), k: () => this.events.moved(-1),
      ArrowRight: () => this.events.moved(1), j: () => this.events.moved(1),
      "+": () => this.zoomTo(this.zoom * 1.5), "-": () => this.zoomTo(this.zoom / 1.5), 0: () => this.zoomTo(1),
      s: () => this.similar.click(), e: () => this.open.click(),
      ...(this.mayKeep && { c: () => this.keep.click() }),
    };
    if (!deeds[event.key]) return;
    event.preventDefault();
    event.stopPropagation(); // the page behind has the same keys
    deeds[event.key]();
  }

  // Zoom, pan, swipe and boxes

  zoomTo(zoom, at = [0, 0]) {
    const before = this.zoom ?? 1;
    this.zoom = Math.min(Math.max(zoom, 1), MOST_ZOOM);
    const factor = this.zoom / before;
    const [x, y] = this.shift ?? [0, 0];
    this.moveTo(this.zoom === 1 ? [0, 0] : [at[0] - factor * (at[0] - x), at[1] - factor * (at[1] - y)]);
  }

  moveTo([x, y]) {
    const most = [this.stage.clientWidth, this.stage.clientHeight].map((size) => (size * (this.zoom - 1)) / 2);
    this.shift = [x, y].map((value, axis) => Math.min(Math.max(value, -most[axis]), most[axis]));
    this.canvas.style.transform = `translate(${this.shift[0]}px, ${this.shift[1]}px) scale(${this.zoom})`;
    this.stage.classList.toggle("ax-zoomed", this.zoom > 1);
  }

  drawBoxes(isDrawing) {
    this.isDrawing = isDrawing;
    this.frame.hidden = true;
    this.part.ariaPressed = String(isDrawing);
    this.stage.classList.toggle("ax-drawing", isDrawing);
    if (isDrawing) this.said.textContent = "Drag a box on the picture.";
  }

  listen() {
    const pointers = new Map();
    let start = null;
    const centre = (event) => {
      const stage = this.stage.getBoundingClientRect();
      return [event.clientX - stage.left - stage.width / 2, event.clientY - stage.top - stage.height / 2];
    };
    const within = (event) => {
      const box = this.picture.getBoundingClientRect();
      const at = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
      return at.map((value) => Math.min(Math.max(value, 0), 1));
    };
    const spread = () => {
      const [a, b] = [...pointers.values()];
      return Math.hypot(a[0] - b[0], a[1] - b[1]);
    };
    const edges = (from, to) => [0, 1].map((axis) => Math.min(from[axis], to[axis]))
      .concat([0, 1].map((axis) => Math.max(from[axis], to[axis])));

    this.stage.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoomTo(this.zoom * Math.exp(-event.deltaY / 400), centre(event));
    }, { passive: false });
    this.stage.addEventListener("dblclick", (event) => {
      if (!this.isDrawing) this.zoomTo(this.zoom > 1 ? 1 : 2.5, centre(event));
    });
    this.stage.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      this.stage.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, centre(event));
      start = { at: centre(event), shift: this.shift, zoom: this.zoom, box: within(event) };
      if (pointers.size === 2) start.spread = spread();
    });
    this.stage.addEventListener("pointermove", (event) => {
      if (!start || !pointers.has(event.pointerId)) return;
      pointers.set(event.pointerId, centre(event));
      const [x, y] = centre(event);
      if (start.spread) this.zoomTo((start.zoom * spread()) / start.spread);
      else if (this.isDrawing) this.drawFrame(edges(start.box, within(event)));
      else if (this.zoom > 1) this.moveTo([start.shift[0] + x - start.at[0], start.shift[1] + y - start.at[1]]);
    });
    const end = (event) => {
      const begun = start;
      if (!pointers.delete(event.pointerId) || !begun) return;
      if (!pointers.size) start = null;
      if (event.type === "pointercancel" || begun.spread) return;
      const [x, y] = centre(event).map((value, axis) => value - begun.at[axis]);
      if (this.isDrawing) this.searchBox(edges(begun.box, within(event)));
      else if (this.zoom === 1 && Math.abs(x) > SWIPE_PX && Math.abs(x) > 2 * Math.abs(y)) this.events.moved(x < 0 ? 1 : -1);
    };
    this.stage.addEventListener("pointerup", end);
    this.stage.addEventListener("pointercancel", end);
  }

  drawFrame([left, top, right, bottom]) {
    const picture = this.picture;
    Object.assign(this.frame.style, {
      left: `${picture.offsetLeft + left * picture.offsetWidth}px`, width: `${(right - left) * picture.offsetWidth}px`,
      top: `${picture.offsetTop + top * picture.offsetHeight}px`, height: `${(bottom - top) * picture.offsetHeight}px`,
    });
    this.frame.hidden = false;
  }

  searchBox(box) {
    this.frame.hidden = true;
    if (box[2] - box[0] < SMALLEST_BOX || box[3] - box[1] < SMALLEST_BOX) return;
    const address = new URL(this.figure.similar, document.baseURI);
    address.searchParams.set("box", box.map((edge) => edge.toFixed(4)).join(","));
    location.assign(address);
  }
}
