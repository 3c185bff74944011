// A section that is read from the server while it is shown, open, and its page is visible, and not otherwise.

import { create, setText } from "./dom.js";

const milliseconds = 2000;

/** Creates the section. The function shows what it reads in the body that it receives, and returns a text for people. */
export function onDemand(id, title, read, isPaused) {
  const body = create("div");
  const text = create("p", { role: "status", class: "muted" });
  const element = create("details", { id }, create("summary", {}, title), text, body);
  let timer = 0;
  element.addEventListener("toggle", show);
  return element;

  async function show() {
    clearTimeout(timer);
    if (!element.open || !element.isConnected) {
      return;
    }

    if (!document.hidden && !(isPaused() && body.hasChildNodes())) {
      setText(text, await read(body));
    }

    clearTimeout(timer);
    timer = setTimeout(show, milliseconds);
  }
}
