// A box dragged on a picture in .ax-drag leads to the search for that part of it. Streamlit runs this script again with
// every page: the listeners are added once, and look for the picture when they are called.
if (!window.explorerTakesBoxes) {
  window.explorerTakesBoxes = true;
  const smallest = 0.02; // of the width and height of the picture; a smaller box is a click
  let drag = null;

  const place = (event) => {
    const picture = drag.picture.getBoundingClientRect();
    const within = (at) => Math.min(Math.max(at, 0), 1);
    return [within((event.clientX - picture.left) / picture.width), within((event.clientY - picture.top) / picture.height)];
  };
  const edges = () => [
    Math.min(drag.from[0], drag.to[0]), Math.min(drag.from[1], drag.to[1]),
    Math.max(drag.from[0], drag.to[0]), Math.max(drag.from[1], drag.to[1]),
  ];
  const draw = () => {
    const [left, top, right, bottom] = edges().map((edge) => 100 * edge);
    Object.assign(drag.frame.style, {
      left: `${left}%`, top: `${top}%`, width: `${right - left}%`, height: `${bottom - top}%`,
    });
  };
  const stop = () => {
    drag?.frame.remove();
    drag = null;
  };

  document.addEventListener("pointerdown", (event) => {
    const surface = event.target.closest?.(".ax-drag");
    const picture = surface?.querySelector("img");
    if (!picture || !event.isPrimary || event.button !== 0) return;
    event.preventDefault();
    stop();
    drag = { search: surface.dataset.search, pointer: event.pointerId, picture, frame: document.createElement("span") };
    drag.from = drag.to = place(event);
    drag.frame.className = "ax-read";
    picture.parentElement.append(drag.frame);
  });
  document.addEventListener("pointermove", (event) => {
    if (event.pointerId !== drag?.pointer) return;
    drag.to = place(event);
    draw();
  });
  document.addEventListener("pointerup", (event) => {
    if (event.pointerId !== drag?.pointer) return;
    drag.to = place(event);
    const box = edges();
    const address = new URL(drag.search, document.baseURI);
    stop();
    if (box[2] - box[0] < smallest || box[3] - box[1] < smallest) return;
    address.searchParams.set("box", box.map((edge) => edge.toFixed(4)).join(","));
    window.location.assign(address);
  });
  document.addEventListener("pointercancel", stop);
  document.addEventListener("keydown", (event) => event.key === "Escape" && stop());
}
