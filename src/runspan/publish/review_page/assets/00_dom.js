// Elements. Whatever comes from a document goes in as text, never as markup.

const byId = (id) => document.getElementById(id);

/** An element; a property that is a function is a listener, `null` and `false` leave an attribute out. */
function el(name, properties, ...children) {
  return fill(document.createElement(name), properties, children);
}

function svg(name, properties, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), properties, children);
}

function fill(element, properties, children) {
  for (const [key, value] of Object.entries(properties || {})) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value !== null && value !== undefined && value !== false)
      element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...present(children));
  return element;
}

/** What is there of children, some of which are lists and some of which are `null` or `false`. */
const present = (children) =>
  children.flat().filter((child) => child !== null && child !== undefined && child !== false);

/** Puts children in place of an element's own. */
const put = (element, ...children) => element.replaceChildren(...present(children));

/** Tells the reader what was done, in the line at the foot and to screen readers. */
function say(message) {
  const status = byId("status");
  status.textContent = message;
  status.hidden = !message;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => {
    status.hidden = true;
  }, 6000);
}

const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

/** A label's mark: its colour and its name, so that the colour is never needed. */
const labelMark = (label) => el("span", { class: "label", "data-label": label }, labelName(label));
const labelName = (label) => label.replaceAll("_", " ");
