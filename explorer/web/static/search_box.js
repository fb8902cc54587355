// The search box: a picture can be chosen, taken, dropped or pasted, and words are suggested while a line is typed.
// The box itself is a field of Streamlit. Words of the library are only ever set as values.
const MOST_SUGGESTIONS = 8;
const MOST_BYTES = 4 << 20; // a larger picture is made smaller before it is sent
const LONGEST_SIDE_PX = 2000;
const boxes = new WeakMap(); // by the element of the component; Streamlit calls this module again with new data

export default function ({ data, parentElement, setTriggerValue }) {
  let box = boxes.get(parentElement);
  if (!box) boxes.set(parentElement, (box = new SearchBox(parentElement)));
  box.update(data, setTriggerValue);
  return () => {
    box.remove();
    boxes.delete(parentElement);
  };
}

function pictureOf(files) {
  return [...(files ?? [])].find((file) => file.type.startsWith("image/"));
}

// The bytes to send: those of the file, or of a smaller picture of it.
async function sendable(file) {
  if (file.size <= MOST_BYTES) return file;
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch { // the browser does not read this format; the server may
    return file;
  }
  const scale = Math.min(1, LONGEST_SIDE_PX / Math.max(bitmap.width, bitmap.height));
  const canvas = element("canvas", { width: bitmap.width * scale, height: bitmap.height * scale });
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => { canvas.toBlob((blob) => resolve(blob ?? file), "image/jpeg", 0.92); });
}

function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

class SearchBox {
  constructor(root) {
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    const file = element("input", { type: "file", accept: "image/*", className: "ax-file" });
    file.addEventListener("change", () => {
      this.take(pictureOf(file.files));
      file.value = ""; // the same file can be chosen again
    });
    this.label = element("label", { className: "ax-choose", title: "Choose, drop or paste a picture" }, "Picture", file);
    this.list = element("datalist", { id: "ax-suggestions" });
    root.append(this.label, this.list);
    document.addEventListener("paste", (event) => {
      const picture = pictureOf(event.clipboardData?.files);
      if (!picture) return;
      event.preventDefault();
      this.take(picture);
    }, { signal });
    const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    document.addEventListener("dragover", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      document.documentElement.classList.add("ax-dropping");
    }, { signal });
    const leave = () => document.documentElement.classList.remove("ax-dropping");
    document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) leave(); }, { signal });
    document.addEventListener("drop", (event) => {
      leave();
      const picture = pictureOf(event.dataTransfer?.files);
      if (!hasFiles(event)) return;
      event.preventDefault(); // else the browser would leave the page and show the file
      this.take(picture);
    }, { signal });
    document.addEventListener("input", (event) => {
      if (event.target === this.field) this.suggest();
    }, { signal });
  }

  update(data, ask) {
    this.ask = ask;
    this.words = data.words;
    this.recent = data.recent;
    this.field?.setAttribute("list", this.list.id);
  }

  remove() {
    this.listeners.abort();
  }

  get field() {
    return document.querySelector('.st-key-search_box input[type="search"]');
  }

  async take(file) {
    if (!file) return;
    this.label.classList.add("ax-sending");
    try {
      this.ask("picture", await base64(await sendable(file)));
    } finally {
      this.label.classList.remove("ax-sending");
    }
  }

  // Recent searches that contain what is typed, and words of the library that continue its last word.
  suggest() {
    const typed = this.field.value;
    const [, before, start] = typed.match(/^(.*?)([\p{L}\p{N}]*)$/su);
    const line = typed.trim().toLowerCase();
    const recent = line ? this.recent.filter((it) => it.toLowerCase().includes(line) && it !== typed) : [];
    const wanted = start.toLowerCase();
    const words = wanted.length < 2 ? [] : this.words.filter((word) => word.startsWith(wanted) && word !== wanted);
    const shown = [...new Set([...recent.slice(0, 3), ...words.map((word) => before + word)])].slice(0, MOST_SUGGESTIONS);
    this.list.replaceChildren(...shown.map((value) => element("option", { value })));
  }
}
