// The form that steers the fleet: a dry run first, and then the order, for exactly the directives that the dry run showed.

import { fleetOrder, fleetPreview } from "./api.js";
import { create, setText } from "./dom.js";
import { directivesOf } from "./fleetDirectives.js";
import { actionName, directiveText, inForce, previewText, secondsOf } from "./fleetText.js";
import { count } from "./format.js";

const longestReason = 200;
const longestName = 256;

/** Creates the form. Returns it and a function that offers the names of a fleet. */
export function fleetForm(session) {
  if (!session.mayControl || !session.fleetActions) {
    return { element: create("p", { class: "muted" }, session.whyNot ?? ""), offer() {} };
  }

  const field = (name, label, element) => {
    element.id = `fleet-${name}`;
    element.addEventListener("input", forget);
    return create("label", {}, label, element);
  };
  const text = (attributes) => create("input", { autocomplete: "off", spellcheck: "false", ...attributes });
  const action = create(
    "select",
    {},
    session.fleetActions.map((name) => create("option", { value: name }, actionName(name))),
  );
  const circuits = text({ required: true, maxlength: longestName, list: "fleet-names" });
  const zone = text({ maxlength: longestName, list: "fleet-zones" });
  const percentage = text({ type: "number", min: "0.001", max: "100", step: "any", value: "100" });
  const duration = text({ maxlength: 40 });
  const reason = text({ required: true, maxlength: longestReason });
  const [names, zones] = [create("datalist", { id: "fleet-names" }), create("datalist", { id: "fleet-zones" })];
  const outcome = create("p", { id: "fleet-outcome", role: "alert" });
  const found = create("div", { role: "status" });
  const confirm = create("button", { type: "button", hidden: true });
  const element = create(
    "form",
    { class: "control fleet", novalidate: true },
    field("action", "Action", action),
    field("circuits", "Circuits: a name, or a pattern such as tenants/* or *", circuits),
    field("zone", "Zone (empty: all)", zone),
    field("percentage", "Percent of the members", percentage),
    field("duration", "Duration, such as 30m or 2h (empty: until it is released)", duration),
    field("reason", `Reason (required, at most ${longestReason} characters; signed ${session.user ?? "without a name"})`, reason),
    create("div", { class: "actions" }, create("button", { type: "submit" }, "Dry run"), confirm),
    names,
    zones,
    found,
    outcome,
  );
  let revision = null;
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    preview();
  });
  confirm.addEventListener("click", issue);
  return { element, offer };

  function offer({ summary }) {
    offerIn(names, ["*", ...(summary?.circuits ?? []).map(({ name }) => name)]);
    offerIn(
      zones,
      (summary?.zones ?? []).map(({ name }) => name),
    );
  }

  /** Takes a dry run back: what it showed is not what would be ordered. */
  function forget() {
    revision = null;
    confirm.hidden = true;
    found.replaceChildren();
    setText(outcome, "");
  }

  function orderOf() {
    return {
      action: action.value,
      circuits: circuits.value,
      zone: zone.value || null,
      percentage: percentage.value === "" ? 100 : Number(percentage.value),
      durationSeconds: secondsOf(duration.value),
      reason: reason.value,
    };
  }

  function refuse(input, why) {
    input.setAttribute("aria-invalid", "true");
    setText(outcome, why);
    input.focus();
  }

  function isComplete(order) {
    for (const input of [circuits, duration, reason]) {
      input.removeAttribute("aria-invalid");
    }

    if (order.circuits.trim() === "") {
      refuse(circuits, "Name the circuits.");
    } else if (Number.isNaN(order.durationSeconds)) {
      refuse(duration, "A duration is a number and a unit, s, m, h or d, such as 30m.");
    } else if (order.reason.trim() === "") {
      refuse(reason, "A reason is required.");
    } else {
      return true;
    }

    return false;
  }

  async function preview() {
    forget();
    const order = orderOf();
    if (!isComplete(order)) {
      return;
    }

    setText(outcome, "…");
    const asked = JSON.stringify(order);
    const { ok, text: problem, body } = await fleetPreview(order, session);
    if (asked !== JSON.stringify(orderOf())) {
      return;
    }

    setText(outcome, ok ? "" : problem);
    if (ok) {
      revision = body.current.revision;
      confirm.hidden = false;
      setText(confirm, `Confirm: ${directiveText(order)}`);
      found.replaceChildren(
        create("p", {}, previewText(body)),
        create("p", { class: "muted" }, body.names.slice(0, 20).join(", ") + (body.names.length > 20 ? `, ${count(body.names.length - 20)} more` : "")),
        ...currentOf(body.current),
      );
    }
  }

  async function issue() {
    const order = { ...orderOf(), expectedRevision: revision };
    confirm.hidden = true;
    setText(outcome, "…");
    const { ok, text: problem, body } = await fleetOrder(order, session);
    found.replaceChildren(...(body?.current ? currentOf(body.current) : []));
    setText(outcome, ok ? `Done: ${directiveText(order)}. All live members obey within two intervals.` : problem);
    if (ok) {
      reason.value = "";
    }

    element.querySelector("button[type=submit]").focus();
  }
}

function currentOf({ directives, storeTime }) {
  const now = Date.parse(storeTime);
  const current = inForce(directives, now);
  return [create("p", {}, current.length === 0 ? "No directives are in force now." : "In force now:"), directivesOf(current, now)].slice(
    0,
    current.length === 0 ? 1 : 2,
  );
}

function offerIn(list, values) {
  const key = JSON.stringify(values);
  if (list.dataset.key !== key) {
    list.dataset.key = key;
    list.replaceChildren(...values.map((value) => create("option", { value })));
  }
}
