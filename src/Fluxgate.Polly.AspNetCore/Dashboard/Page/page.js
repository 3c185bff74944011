// Connects the feed with the view.

import { session as readSession } from "./api.js";
import { createDetail } from "./detail.js";
import { setText } from "./dom.js";
import { createFleet } from "./fleet.js";
import { count, stateName } from "./format.js";
import { announce, applyChanges, applyFull, countStates, createModel, select } from "./model.js";
import { markSorted, showColumns, showRows } from "./table.js";

const pageSize = 100;
const quietMilliseconds = 5000;
const retryMilliseconds = 3000;

const by = (id) => document.getElementById(id);
const model = createModel();
const view = { text: "", only: "all", sort: "trouble", reverse: false, limit: pageSize, isPaused: false };
let source = null;
let session = { mayControl: false, actions: [] };
let detail = null;
let fleet = null;
let place = "";
let quiet = 0;

showColumns(by("columns"), (sort) => {
  view.reverse = view.sort === sort && !view.reverse;
  view.sort = sort;
  render();
});
by("filter").addEventListener("submit", (event) => event.preventDefault());
by("search").addEventListener("input", (event) => change({ text: event.target.value, limit: pageSize }));
by("only").addEventListener("change", (event) => change({ only: event.target.value, limit: pageSize }));
by("more").addEventListener("click", () => change({ limit: view.limit + pageSize }));
by("pause").addEventListener("click", () => {
  change({ isPaused: !view.isPaused });
  by("pause").setAttribute("aria-pressed", String(view.isPaused));
  setConnection(view.isPaused ? "paused" : "live", view.isPaused ? "Paused" : "Live");
});
// The link that skips the header leads to what is shown, and not elsewhere.
addEventListener("hashchange", () => location.hash !== "#main" && open());
session = await readSession();
open();

/** Shows what the address names, and connects to the feed for it. */
function open() {
  const wasElsewhere = (detail ?? fleet) !== null;
  place = location.hash;
  showPlace();
  by("overview").hidden = (detail ?? fleet) !== null;
  by("detail").hidden = detail === null;
  by("fleet").hidden = fleet === null;
  if (detail ?? fleet) {
    (detail ?? fleet).title.focus();
  } else if (wasElsewhere) {
    by("main").focus();
  }

  connect();
  render();
}

function showPlace() {
  by("detail").replaceChildren();
  by("fleet").replaceChildren();
  detail = address() ? createDetail(by("detail"), address(), session) : null;
  fleet = place === "#fleet" ? createFleet(by("fleet"), session, () => view.isPaused) : null;
}

/** Returns the address of the circuit that the page shows in detail; empty for the overview and the fleet. */
function address() {
  return place.includes("=") ? place.slice(1) : "";
}

function connect() {
  source?.close();
  const own = new EventSource(address() ? `api/events?${address()}` : "api/events");
  source = own;
  own.addEventListener("full", async (event) => {
    const restarted = applyFull(model, JSON.parse(event.data));
    received();
    if (restarted) {
      setConnection("live", "Live again: the server was restarted, and the history begins anew");
      session = await readSession();
      showPlace();
      render();
    }
  });
  own.addEventListener("changes", (event) => {
    const news = applyChanges(model, JSON.parse(event.data));
    received();
    if (news.length > 0 && !view.isPaused) {
      setText(by("announcements"), announce(news));
    }
  });
  own.addEventListener("detail", (event) => {
    if (detail && (!view.isPaused || detail.isEmpty())) {
      detail.show(JSON.parse(event.data), model.time);
    }
  });
  own.addEventListener("missing", () => detail?.showMissing());
  own.addEventListener("error", () => {
    // The browser connects again by itself after a break, but not after a refusal.
    if (own.readyState === EventSource.CLOSED && own === source) {
      setTimeout(() => own === source && connect(), retryMilliseconds);
      readSession().then(
        ({ whyNot }) => own === source && setConnection("lost", `No connection: ${whyNot ?? "the server refused the stream"}`),
      );
    }
  });
}

function received() {
  clearTimeout(quiet);
  quiet = setTimeout(() => setConnection("lost", "Connection lost: what you see is old. Connecting…"), quietMilliseconds);
  if (by("connection").dataset.state !== "live" && !view.isPaused) {
    setConnection("live", "Live");
  }

  if (!view.isPaused) {
    render();
  }
}

function change(changes) {
  Object.assign(view, changes);
  render();
}

function render() {
  const counts = countStates(model);
  const circuits = Object.values(counts).reduce((sum, number) => sum + number, 0);
  const troubled = circuits - (counts.closed ?? 0);
  setText(
    by("summary"),
    Object.entries(counts)
      .map(([state, number]) => `${count(number)} ${stateName(state)}`)
      .join(", "),
  );
  document.title = troubled > 0 ? `(${troubled}) Circuits` : "Circuits";
  by("fleet-link").hidden = model.fleet === null;
  setText(by("fleet-link"), fleetLink(model.fleet));
  fleet?.show(model.fleet, model.time);
  if (detail ?? fleet) {
    return;
  }

  const found = select(model, view);
  const shown = found.slice(0, view.limit);
  markSorted(by("columns"), view.sort, view.reverse);
  showRows(by("rows"), shown, model);
  setText(
    by("count"),
    shown.length < found.length ? `${count(shown.length)} of ${count(found.length)} shown` : `${count(found.length)} shown`,
  );
  by("more").hidden = shown.length === found.length;
  setText(by("more"), `Show ${count(Math.min(pageSize, found.length - shown.length))} more`);
}

function fleetLink(known) {
  const members = known?.summary ? `: ${count(known.summary.members)} members` : "";
  return known ? `Fleet ${known.name}${known.connected ? members : ": not connected"}` : "Fleet";
}

function setConnection(state, text) {
  by("connection").dataset.state = state;
  setText(by("connection"), text);
}
