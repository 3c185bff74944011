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

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }

  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}
