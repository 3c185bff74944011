// The forms that control a circuit and preview a rule.

import { control, preview } from "./api.js";
import { create, setText } from "./dom.js";
import { stateName } from "./format.js";
import { showRule } from "./rule.js";

const longestReason = 200;

export function controlForm(address, session) {
  if (!session.mayControl) {
    return create("p", { class: "muted" }, session.whyNot ?? "");
  }

  const reason = create("input", {
    id: "reason",
    required: true,
    maxlength: longestReason,
    autocomplete: "off",
    "aria-describedby": "outcome",
  });
  const outcome = create("p", { id: "outcome", role: "alert" });
  const buttons = session.actions.map((action) =>
    create("button", { type: "button", value: action }, stateName(action.replaceAll("-", "_"))),
  );
  const form = create(
    "form",
    { class: "control", novalidate: true },
    create(
      "label",
      { for: "reason" },
      `Reason (required, at most ${longestReason} characters; signed ${session.user ?? "without a name"})`,
    ),
    reason,
    create("div", { class: "actions" }, buttons),
    outcome,
  );
  // Enter in the field chooses no action: none of them is so harmless that it could be the default.
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    setText(outcome, "Choose an action.");
  });
  for (const button of buttons) {
    button.addEventListener("click", () => act(button.value));
  }

  return form;

  async function act(action) {
    const isMissing = reason.value.trim() === "";
    reason.setAttribute("aria-invalid", String(isMissing));
    if (isMissing) {
      setText(outcome, "A reason is required.");
      reason.focus();
      return;
    }

    setText(outcome, "…");
    const { ok, text, body } = await control(address, action, reason.value, session);
    setText(outcome, ok ? `Done. The circuit is ${stateName(body.circuit.state)}${body.changed ? "" : ", as it was before"}.` : text);
    if (ok) {
      reason.value = "";
    }
  }
}

export function previewForm(address, rule) {
  const text = create("textarea", { id: "rule", spellcheck: "false", autocomplete: "off" }, rule);
  const outcome = create("div", { role: "status" });
  const form = create(
    "form",
    { class: "preview" },
    create("label", { for: "rule" }, "A rule as text. It is evaluated on the present calls and changes nothing."),
    text,
    create("div", { class: "actions" }, create("button", { type: "submit" }, "Preview")),
    outcome,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { ok, text: problem, body } = await preview(address, text.value);
    outcome.replaceChildren(
      ...(ok
        ? [
            create(
              "p",
              {},
              body.evaluation.fires == null
                ? "Whether it would fire now is unknown."
                : body.evaluation.fires
                  ? "It would fire now."
                  : "It would not fire now.",
            ),
            create("ul", { class: "rule" }, showRule(body.evaluation)),
            ...body.warnings.map((warning) => create("p", {}, `Warning: ${warning}`)),
          ]
        : [create("p", { class: "problem" }, problem)]),
    );
  });
  return form;
}
