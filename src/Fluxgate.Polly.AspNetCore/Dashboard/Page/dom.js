// Creates elements. All text is set as text, never as markup.

/** Creates an element with attributes and children: elements or text. */
export function create(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** Creates an element of a picture. */
export function shape(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

/** Sets a text, if it is another one: an unchanged element is not announced, painted or deselected. */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** Shows items in their order. The element of an item is kept and changed, so that focus and selection stay. */
export function arrange(body, items, idOf, createElement, update) {
  const known = new Map([...body.children].map((element) => [element.dataset.id, element]));
  const focused = body.contains(document.activeElement) ? document.activeElement : null;
  let place = body.firstElementChild;
  for (const item of items) {
    const element = known.get(idOf(item)) ?? createElement(item);
    known.delete(idOf(item));
    update(element, item);
    if (element === place) {
      place = place.nextElementSibling;
    } else {
      body.insertBefore(element, place);
    }
  }

  for (const element of known.values()) {
    element.remove();
  }

  // An element that moved has lost its focus.
  if (focused && focused.isConnected && document.activeElement !== focused) {
    focused.focus({ preventScroll: true });
  }
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }

  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}
