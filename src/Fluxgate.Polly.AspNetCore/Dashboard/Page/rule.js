// Shows what a rule says about the present calls, leaf by leaf.

import { create } from "./dom.js";
import { percent } from "./format.js";
import { drawBar } from "./pictures.js";

/** Creates the items of a list. */
export function showRule(rule) {
  if (!rule.operator) {
    return [
      create(
        "li",
        {},
        create("span", {}, rule.text),
        drawBar(rule.progress, rule.fires),
        create("span", { class: "hidden" }, leafWords(rule)),
      ),
    ];
  }

  const words = rule.operator === "all" ? "All of" : "At least one of";
  return [
    create(
      "li",
      {},
      create("span", { class: "muted" }, `${words}${rule.progress == null ? "" : ` (${percent(rule.progress)} of the way)`}`),
      create("ul", {}, rule.parts.flatMap(showRule)),
    ),
  ];
}

function leafWords(leaf) {
  return leaf.fires == null
    ? "unknown"
    : leaf.fires
      ? "met"
      : leaf.progress == null
        ? "not met"
        : `not met, ${percent(leaf.progress)} of the way`;
}
