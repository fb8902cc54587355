// More results: the gallery asks for them with an event, and the page runs again with the address that it has by then.
const asks = new WeakMap(); // by the element of the component; Streamlit calls this module again with each run

export default function ({ parentElement, setTriggerValue }) {
  const isNew = !asks.has(parentElement);
  asks.set(parentElement, () => setTriggerValue("more", true));
  if (!isNew) return undefined;
  const listener = new AbortController();
  addEventListener("explorer-more", () => asks.get(parentElement)(), { signal: listener.signal });
  return () => {
    listener.abort();
    asks.delete(parentElement);
  };
}
