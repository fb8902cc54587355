// Every text of the page that stands out too little from what lies under it: [contrast, words, classes].
(required) => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };
  const over = (top, under) => [0, 1, 2].map((at) => top[at] * top[3] + under[at] * (1 - top[3])).concat(1);
  const light = (colour) => {
    const [red, green, blue] = colour.slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ratio = (one, other) => {
    const [more, less] = [light(one), light(other)].sort((a, b) => b - a);
    return (more + 0.05) / (less + 0.05);
  };
  const ancestors = (element) => {
    const found = [];
    for (let one = element; one; one = one.parentElement) found.unshift(one);
    return found;
  };
  // The number of a slider stands above its thumb, not on it.
  const ground = (element) => ancestors(element).filter((one) => !one.matches('.stSlider *')).reduce(
    (under, one) => over(rgba(getComputedStyle(one).backgroundColor), under), [255, 255, 255, 1]);
  const opacity = (element) => ancestors(element).reduce((all, one) => all * getComputedStyle(one).opacity, 1);
  const contrast = (element, colour) => {
    const [red, green, blue, alpha] = rgba(colour);
    const under = ground(element);
    return ratio(over([red, green, blue, alpha * opacity(element)], under), under);
  };
  // What is faded out whole, as the ends of a slider's scale are until it is pointed at, is not there to be read.
  const isSeen = (element) => opacity(element) > 0.05 && element.checkVisibility({opacityProperty: true, visibilityProperty: true})
    && element.getBoundingClientRect().width > 1 && !element.closest("[aria-hidden=true], [disabled], [data-stale=true]");
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const said = walker.currentNode.data.trim();
    if (said && isSeen(element) && !element.closest("script, style, noscript, svg")) {
      texts.push([element, getComputedStyle(element).color, said]);
    }
  }
  for (const field of document.querySelectorAll("input[placeholder], textarea[placeholder]")) {
    if (isSeen(field)) texts.push([field, getComputedStyle(field, "::placeholder").color, field.placeholder]);
  }
  const isLarge = ({fontSize, fontWeight}) => parseFloat(fontSize) >= (fontWeight >= 700 ? 18.66 : 24);
  return texts.map(([element, colour, said]) => [contrast(element, colour), said.slice(0, 40),
      `${element.tagName}.${element.className}`, isLarge(getComputedStyle(element))])
    .filter(([found, , , large]) => found < (large ? 3 : required));
}
