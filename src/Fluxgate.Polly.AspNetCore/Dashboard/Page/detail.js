// Shows one circuit or group: its rule leaf by leaf, its window, durations, transitions and settings, and the forms of control and preview.

import { create, setText } from "./dom.js";
import { age, count, duration, percent, stateName, timeOfDay } from "./format.js";
import { addressOf, titleOf } from "./model.js";
import { controlForm, previewForm } from "./forms.js";
import { createParts, list } from "./parts.js";
import { drawHistogram } from "./pictures.js";
import { showRule } from "./rule.js";

/** Creates the view of an address. Returns its title and functions that show a detail, or that it is missing. */
export function createDetail(section, address, session) {
  const title = create(
    "h2",
    { id: "title", tabindex: "-1" },
    new URLSearchParams(address).get("name") ?? new URLSearchParams(address).get("group"),
  );
  const body = create("div", { class: "columns" });
  const forms = create("div");
  const parts = createParts(body);
  let shown = null;
  section.replaceChildren(create("p", {}, create("a", { href: "#" }, "← All circuits")), title, body, forms);

  function show(detail, now) {
    const { circuit } = detail;
    setText(title, titleOf(circuit));
    parts.show("state", [circuit, Math.floor(now / 1000)], () => stateOf(circuit, now));
    parts.show("rule", detail.rule, () =>
      detail.rule ? [create("h3", {}, "How far from opening"), create("ul", { class: "rule" }, showRule(detail.rule))] : [],
    );
    parts.show("window", detail.window, () => (detail.window ? [create("h3", {}, "Window"), list(windowOf(detail.window))] : []));
    parts.show("probes", detail.probes, () => (detail.probes ? [create("h3", {}, "Probes"), list(probesOf(detail.probes))] : []));
    parts.show("worst", [circuit.worst, detail.shared], () =>
      circuit.kind === "group" ? [create("h3", {}, "Circuits in the worst condition"), membersOf(circuit, detail.shared)] : [],
    );
    parts.show("transitions", detail.transitions, () => [create("h3", {}, "Transitions"), transitionsOf(detail.transitions, circuit.kind)]);
    parts.show("durations", detail.durations, () => [create("h3", {}, "Durations"), ...durationsOf(detail.durations)]);
    parts.show("totals", detail.totals, () => [
      create("h3", {}, "Since the start"),
      list(detail.totals.map(({ name, value }) => [name, count(value)])),
    ]);
    parts.show("settings", [detail.settings, detail.warnings, circuit.configurationError], () =>
      [
        create("h3", {}, "Settings"),
        list(detail.settings.map(({ name, value }) => [name, value])),
        ...detail.warnings.map((warning) => create("p", {}, `Warning: ${warning}`)),
        circuit.configurationError
          ? create("p", { class: "problem" }, `The changed configuration is invalid: ${circuit.configurationError}`)
          : null,
      ].filter(Boolean),
    );
    if (!shown && circuit.kind !== "group") {
      forms.replaceChildren(
        create("h3", {}, "Control"),
        controlForm(address, session),
        create("h3", {}, "Preview of another rule"),
        previewForm(address, detail.rule.rule),
      );
    }

    shown = detail;
  }

  function showMissing() {
    body.replaceChildren(create("p", { class: "problem" }, "There is no such circuit. It may have been evicted from its group."));
    parts.clear();
    forms.replaceChildren();
    shown = null;
  }

  return { show, showMissing, isEmpty: () => shown === null, title };
}

function stateOf(circuit, now) {
  const rows = [["State", create("span", { class: "state", "data-state": circuit.state }, stateName(circuit.state))]];
  if (circuit.since) {
    rows.push(["Since", `${age((now - Date.parse(circuit.since)) / 1000)} (${timeOfDay(circuit.since)})`]);
  }

  rows.push(["Reason", circuit.reason]);
  if (circuit.nextProbe) {
    rows.push(["Next probe", timeOfDay(circuit.nextProbe)]);
  }

  rows.push(["In flight", count(circuit.inFlight) + (circuit.overdue ? `, ${count(circuit.overdue)} overdue` : "")]);
  if (circuit.oldestInFlightSeconds != null) {
    rows.push(["Oldest in flight", duration(circuit.oldestInFlightSeconds)]);
  }

  return [create("h3", {}, "State"), list(rows)];
}

function windowOf(window) {
  return [
    ["Calls", count(window.requests)],
    ["Failures", count(window.failures) + (window.failureRate == null ? "" : ` (${percent(window.failureRate)})`)],
    ["Failures in a row", count(window.consecutiveFailures)],
    ["Successes since the last failure", count(window.consecutiveSuccesses)],
  ];
}

function probesOf(probes) {
  return [
    ["In flight", count(probes.inFlight)],
    ["Succeeded", `${count(probes.succeeded)} of ${count(probes.recorded)}`],
    ["Lease of each", probes.lease],
    ["Permit", probes.permit],
    ["Recovery", probes.recovery],
  ];
}

function membersOf(circuit, shared) {
  const rows = [...(circuit.worst ?? []), shared].filter(Boolean);
  return create(
    "ul",
    {},
    rows.map((row) =>
      create(
        "li",
        {},
        create("a", { href: `#${addressOf(row)}` }, row.kind === "shared" ? "shared circuit" : row.key),
        ` ${stateName(row.state)}: ${row.reason}`,
      ),
    ),
  );
}

function transitionsOf(transitions, kind) {
  if (transitions.length === 0) {
    const text =
      kind === "circuit" ? "None in the last five minutes while somebody watched." : "Not recorded for groups and their circuits.";
    return create("p", { class: "muted" }, text);
  }

  return create(
    "ol",
    { reversed: true },
    transitions.map(({ at, from, to, reason, missed }) =>
      create(
        "li",
        {},
        `${timeOfDay(at)} ${from ? `${stateName(from)} → ` : "→ "}${stateName(to)}: ${reason}${missed ? ` (and ${missed} before it, within a second)` : ""}`,
      ),
    ),
  );
}

function durationsOf(measured) {
  return measured.length === 0
    ? [
        create(
          "p",
          { class: "muted" },
          "Not measured. A listener that requires durations, such as PrometheusListener, turns the histogram on.",
        ),
      ]
    : measured.map((durations) =>
        create(
          "figure",
          {},
          create("figcaption", {}, `${stateName(durations.state)}: mean ${duration(durations.meanSeconds)}`),
          drawHistogram(durations),
        ),
      );
}
