// Parts of a view that are shown again only if what they show has changed, so that focus and selection stay.

import { create } from "./dom.js";

/** Returns a function that shows a part: its name, the value that it depends on, and functions that create its elements. A part without elements is hidden. */
export function createParts(body) {
  const parts = new Map();
  return {
    show(name, value, ...children) {
      const key = JSON.stringify(value);
      if (parts.get(name)?.key !== key) {
        const element = parts.get(name)?.element ?? body.appendChild(create("section", { "data-part": name }));
        element.replaceChildren(...children.flatMap((child) => child()));
        element.hidden = element.childElementCount === 0;
        parts.set(name, { key, element });
      }
    },
    clear: () => parts.clear(),
  };
}

/** Creates a list of names with their values. */
export function list(rows) {
  return create(
    "dl",
    {},
    rows.flatMap(([name, value]) => [create("dt", {}, name), create("dd", {}, value)]),
  );
}
