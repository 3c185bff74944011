// Shows the rows.

import { arrange, create, setText } from "./dom.js";
import { badge } from "./fleetText.js";
import { age, count, ofThreshold, percent, rate, stateName } from "./format.js";
import { addressOf, isFromGreatest, titleOf } from "./model.js";
import { drawSpark } from "./pictures.js";

const columns = [
  { title: "Circuit", sort: "name" },
  { title: "State", sort: "trouble", show: showState },
  { title: "Last 5 min", show: showPicture },
  { title: "Since", sort: "since", text: (row, now) => (row.since ? age((now - Date.parse(row.since)) / 1000) : "") },
  { title: "Reason", style: "reason", text: (row) => row.reason + (row.states ? ` (${statesText(row)})` : "") },
  { title: "Next probe", text: (row, now) => nextProbe(row, now) },
  { title: "Calls/s", sort: "calls", style: "number", text: (row) => rate(row.callsPerSecond) },
  { title: "Failures", sort: "failures", style: "number", text: (row) => ofThreshold(row.failureRate, row.failureThreshold) },
  { title: "Slow", sort: "slow", style: "number", text: (row) => ofThreshold(row.slowRate, row.slowThreshold) },
  { title: "To opening", sort: "progress", style: "number", text: (row) => percent(row.progress) },
  {
    title: "In flight",
    sort: "inFlight",
    style: "number",
    text: (row) => count(row.inFlight) + (row.overdue ? `, ${count(row.overdue)} overdue` : ""),
  },
  {
    title: "Rejected",
    sort: "rejected",
    style: "number",
    text: (row) => count(row.rejected) + (row.rejectedPerSecond ? ` (${rate(row.rejectedPerSecond)}/s)` : ""),
  },
];

/** Creates the header. Its buttons call back with the key of a sort. */
export function showColumns(header, onSort) {
  header.replaceChildren(
    ...columns.map(({ title, sort, style }) => {
      const button = sort && create("button", { type: "button", "data-sort": sort }, title);
      button?.addEventListener("click", () => onSort(sort));
      return create("th", { scope: "col", role: "columnheader", class: style }, button ?? title);
    }),
  );
}

export function markSorted(header, sort, reverse) {
  for (const cell of header.children) {
    const own = cell.firstChild?.dataset?.sort;
    if (own === sort) {
      cell.setAttribute("aria-sort", reverse === isFromGreatest(sort) ? "ascending" : "descending");
    } else {
      cell.removeAttribute("aria-sort");
    }
  }
}

/** Shows entries in their order. */
export function showRows(body, entries, model) {
  arrange(
    body,
    entries,
    ({ row }) => row.id,
    createRow,
    (element, entry) => update(element, entry, model),
  );
}

function createRow({ row, member }) {
  return create(
    "tr",
    { "data-id": row.id, role: "row", class: member && "member" },
    create("th", { scope: "row", role: "rowheader" }, create("a", { href: `#${addressOf(row)}` }, row.key ?? titleOf(row))),
    columns.slice(1).map(({ title, style }) => create("td", { role: "cell", class: style, "data-label": title })),
  );
}

function update(element, entry, model) {
  const { row } = entry;
  element.dataset.state = row.state;
  columns.forEach(({ text, show }, place) => {
    const cell = element.children[place];
    if (text) {
      setText(cell, text(row, model.time));
    } else {
      show?.(cell, entry, model);
    }
  });
  showProblems(element.firstElementChild, row);
}

function showState(cell, { row }, model) {
  setText(cell.firstElementChild ?? cell.appendChild(create("span", { class: "state" })), stateName(row.state));
  const text = badge(model.fleet, row);
  if (text || cell.children.length > 1) {
    setText(cell.children[1] ?? cell.appendChild(create("div", { class: "badge" })), text);
  }
}

/** Draws a picture again if its row changed, or as time passes. */
function showPicture(cell, entry, model) {
  const drawn = `${entry.version} ${model.bucket}`;
  if (entry.buckets && cell.dataset.drawn !== drawn) {
    cell.dataset.drawn = drawn;
    cell.replaceChildren(drawSpark(entry, model));
  }
}

function showProblems(cell, row) {
  const text = [
    row.configurationError && "configuration invalid",
    row.warnings > 0 && `${row.warnings} warning${row.warnings > 1 ? "s" : ""}`,
  ]
    .filter(Boolean)
    .join(", ");
  if (text || cell.children.length > 1) {
    setText(cell.children[1] ?? cell.appendChild(create("div", { class: row.configurationError ? "problem" : "muted" })), text);
  }
}

function statesText({ states }) {
  return (
    Object.entries(states)
      .map(([state, number]) => `${count(number)} ${stateName(state)}`)
      .join(", ") || "no circuits"
  );
}

function nextProbe(row, now) {
  if (!row.nextProbe) {
    return "";
  }

  const seconds = (Date.parse(row.nextProbe) - now) / 1000;
  return seconds > 0 ? `in ${age(Math.ceil(seconds))}` : "with the next call";
}
