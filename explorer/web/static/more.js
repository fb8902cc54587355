// More results: the gallery asks for them with an event, and the page runs again with the address that it has by then.
const listeners = new WeakMap(); // by the element of the component; Streamlit calls this module again with each run

export default function ({ parentElement, setTriggerValue }) {
  listeners.get(parentElement)?.abort();
  const listener = new AbortController();
  listeners.set(parentElement, listener);
  addEventListener("explorer-more", () => setTriggerValue("more", true), { signal: listener.signal });
  return () => listener.abort();
}
