// Three hints for a first visit, one after the other, once per browser. They are in a corner and cover nothing for long.
{
  const KEY = "explorer_tour_seen";
  const hints = [
    "Describe what you remember of a picture, in your own words. Or search with a picture.",
    "Click a picture to enlarge it. The arrow keys lead to the next one, and ? lists all keys.",
    "Select pictures with the mark in their corner, and keep them in a collection.",
  ];
  const isSeen = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return true; // a browser without storage would show them at every visit
    }
  };
  const show = (number) => {
    const box = document.createElement("section");
    box.className = "ax-tour";
    box.setAttribute("aria-label", "Hints");
    const text = Object.assign(document.createElement("p"), { textContent: hints[number] });
    text.setAttribute("role", "status");
    const count = Object.assign(document.createElement("span"), { textContent: `${number + 1} of ${hints.length}` });
    const isLast = number === hints.length - 1;
    const next = Object.assign(document.createElement("button"), { type: "button", textContent: isLast ? "Done" : "Next" });
    next.onclick = () => {
      box.remove();
      if (!isLast) show(number + 1).focus();
    };
    const skip = Object.assign(document.createElement("button"), { type: "button", textContent: "Skip", hidden: isLast });
    skip.onclick = () => box.remove();
    box.append(text, count, skip, next);
    document.querySelector(".stApp").append(box);
    return next;
  };
  if (!isSeen() && !document.querySelector(".ax-tour")) {
    localStorage.setItem(KEY, "yes");
    show(0);
  }
}
