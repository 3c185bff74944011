// Shows directives of a fleet.

import { create } from "./dom.js";
import { directiveText, untilText } from "./fleetText.js";

export function directivesOf(directives, now) {
  return create(
    "ul",
    {},
    directives.map((directive) =>
      create("li", {}, `${directiveText(directive)}, ${untilText(directive, now)}. By ${directive.by}: ${directive.reason}`),
    ),
  );
}
