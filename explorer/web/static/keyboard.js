// Keys of all pages: "/" searches, "?" lists the keys. Those of the pictures are in gallery.js and lightbox.js.
// Streamlit runs this script again with every page: the listener is added once.
if (!window.explorerHearsKeys) {
  window.explorerHearsKeys = true;
  const keys = [
    ["/", "Search"],
    ["→ or j, ← or k", "Next picture, previous picture"],
    ["↓, ↑", "Picture below, picture above"],
    ["Enter", "Open the picture"],
    ["Esc", "Close"],
    ["s", "Similar pictures"],
    ["x", "Select the picture; with Shift, all from the last one"],
    ["c", "Keep the selected pictures, or this one, in a collection"],
    ["e", "Page of the figure, with its texts and their correction"],
    ["+, -, 0", "Zoom in, zoom out, whole picture"],
    ["?", "These keys"],
  ];
  const search = () => {
    const field = document.querySelector('.stMain input[type="search"]');
    if (!field) {
      location.assign(new URL("./", document.baseURI));
      return;
    }
    field.focus();
    field.select();
  };
  const help = () => {
    const dialog = document.createElement("dialog");
    dialog.className = "ax-keys";
    const title = Object.assign(document.createElement("h2"), { textContent: "Keys" });
    const list = document.createElement("dl");
    for (const [key, deed] of keys) {
      const term = document.createElement("dt");
      term.append(Object.assign(document.createElement("kbd"), { textContent: key }));
      list.append(term, Object.assign(document.createElement("dd"), { textContent: deed }));
    }
    const close = Object.assign(document.createElement("button"), { textContent: "Close", onclick: () => dialog.close() });
    dialog.append(title, list, close);
    dialog.addEventListener("close", () => dialog.remove());
    document.querySelector(".stApp").append(dialog);
    dialog.showModal();
  };
  const isTyping = (element) => element?.closest?.('input, textarea, select, [contenteditable="true"], [role="slider"]');

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const deed = { "/": search, "?": help }[event.key];
    if (!deed) return;
    event.preventDefault();
    deed();
  });
}
