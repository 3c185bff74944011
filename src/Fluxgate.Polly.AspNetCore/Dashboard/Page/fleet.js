// Shows the fleet: its members and zones, its circuits, the directives in force, and the form that steers it.

import { fleetAudit, fleetMembers } from "./api.js";
import { arrange, create, setText } from "./dom.js";
import { fleetForm } from "./fleetForm.js";
import { directivesOf } from "./fleetDirectives.js";
import { connectionText, directiveText, inForce, memberText, openMembers, statesText } from "./fleetText.js";
import { count, stateName, timeOfDay } from "./format.js";
import { onDemand } from "./onDemand.js";
import { createParts, list } from "./parts.js";

const mostCircuits = 100;

/** Creates the view. Returns its title and a function that shows a fleet. */
export function createFleet(section, session, isPaused) {
  const title = create("h2", { id: "title", tabindex: "-1" }, "Fleet");
  const body = create("div", { class: "columns" });
  const parts = createParts(body);
  const form = fleetForm(session);
  section.replaceChildren(
    create("p", {}, create("a", { href: "#" }, "← All circuits")),
    title,
    body,
    create("h3", {}, "Control"),
    form.element,
    onDemand("members", "Members and their circuits", readMembers, isPaused),
    onDemand("audit", "Audit", readAudit, isPaused),
  );
  return { title, show };

  function show(fleet, now) {
    if (!fleet) {
      parts.show("status", null, () => [create("p", { class: "muted" }, "This application belongs to no fleet.")]);
      return;
    }

    const { summary, directives } = fleet;
    setText(title, `Fleet ${fleet.name}`);
    form.offer(fleet);
    parts.show("status", [fleet.connected ? 0 : Math.floor(now / 1000), { ...fleet, directives: 0 }], () => statusOf(fleet, now));
    const current = inForce(directives, now);
    parts.show("directives", [current, Math.floor(now / 1000)], () => [
      create("h3", {}, "Directives in force"),
      current.length === 0 ? create("p", { class: "muted" }, "None.") : directivesOf(current, now),
    ]);
    parts.show("circuits", summary?.circuits, () =>
      summary ? [create("h3", {}, "Circuits of the fleet"), circuitsOf(summary)].filter(Boolean) : [],
    );
  }
}

function statusOf(fleet, now) {
  const { summary } = fleet;
  const rows = [
    ["This process", fleet.memberId],
    ["Store", create("span", { class: fleet.connected ? null : "problem" }, connectionText(fleet, now))],
  ];
  if (summary) {
    rows.push(["Members live", count(summary.members)]);
    rows.push(["By zone", summary.zones.map(({ name, members }) => `${name || "no zone"}: ${count(members)}`).join(", ")]);
    rows.push(["Leader", summary.leader]);
    const divergent = summary.circuits.reduce((sum, circuit) => sum + circuit.divergent, 0);
    rows.push(["Divergences", divergent > 0 ? `${count(divergent)} circuits are in another state than a directive demands` : "none"]);
    if (summary.ignoredDigests > 0) {
      rows.push(["Members that cannot be read", count(summary.ignoredDigests)]);
    }
  }

  return [create("h3", {}, "Members"), list(rows), summary ? null : create("p", { class: "muted" }, "No summary of the members is known.")].filter(
    Boolean,
  );
}

function circuitsOf({ circuits, omittedCircuits }) {
  const shown = circuits.slice(0, mostCircuits);
  const more = circuits.length - shown.length + omittedCircuits;
  return create(
    "ul",
    {},
    shown.map((circuit) => create("li", {}, circuitOf(circuit))),
    more > 0 ? create("li", { class: "muted" }, `${count(more)} more`) : null,
  );
}

function circuitOf(circuit) {
  const open = openMembers(circuit);
  return [
    `${circuit.name} `,
    open > 0
      ? create("span", { class: "state", "data-state": "open" }, `open in ${count(open)} of ${count(circuit.members)}`)
      : create("span", { class: "state", "data-state": "closed" }, `open in none of ${count(circuit.members)}`),
    ` ${statesText(circuit.states)}` +
      (circuit.divergent > 0 ? `, ${count(circuit.divergent)} divergent` : "") +
      (circuit.rules > 1 ? `, ${count(circuit.rules)} different rules` : ""),
  ];
}

async function readMembers(body) {
  const { ok, text, body: found } = await fleetMembers();
  if (!ok) {
    return text;
  }

  arrange(
    body,
    found.members,
    ({ id }) => id,
    createMember,
    (element, member) => {
      setText(element.firstElementChild, memberText(member));
      showCircuits(element);
    },
  );
  return found.count > found.members.length ? `${count(found.members.length)} of ${count(found.count)} members are shown.` : "";
}

function createMember({ id }) {
  const element = create("details", { "data-id": id }, create("summary"), create("ul"));
  element.addEventListener("toggle", () => showCircuits(element));
  return element;
}

/** Shows the circuits of a member, if they are wanted. */
async function showCircuits(element) {
  if (element.open) {
    const { ok, text, body: member } = await fleetMembers(element.dataset.id);
    element.lastElementChild.replaceChildren(
      ...(ok
        ? member.circuits.map(({ name, state, reason, divergent }) =>
            create("li", {}, `${name} ${stateName(state)}${divergent ? " (divergent)" : ""}${reason ? `: ${reason}` : ""}`),
          )
        : [create("li", { class: "problem" }, text)]),
    );
  }
}

async function readAudit(body) {
  const { ok, text, body: entries } = await fleetAudit();
  if (!ok) {
    return text;
  }

  body.replaceChildren(
    ...entries.map(({ at, by, text: done, directive }) =>
      create("p", {}, `${timeOfDay(at)} ${by}: ${directive ? `${directiveText(directive)}: ${directive.reason}` : done}`),
    ),
  );
  return entries.length === 0 ? "Nobody has steered the fleet." : "";
}
