// What the page says about a fleet, as text. Pure.

import { age, count, percent, stateName, timeOfDay } from "./format.js";

const demanding = ["force-open", "disable", "metrics-only"];
const units = { s: 1, m: 60, h: 3600, d: 86400 };

/** Returns the name of the circuit of a row in the fleet. */
export function fleetName(row) {
  return row.kind === "key" ? `${row.name}/${row.key}` : row.kind === "shared" ? `${row.name} (shared)` : row.name;
}

/** Returns the number of members in which a circuit rejects calls. */
export function openMembers({ states }) {
  return (states.open ?? 0) + (states.forced_open ?? 0);
}

/** Returns in how many members the circuit of a row is open; empty if it is open in none. Of a group, how many of its circuits are open anywhere. */
export function badge(fleet, row) {
  const circuits = fleet?.summary?.circuits ?? [];
  if (row.kind === "group") {
    const open = circuits.filter((circuit) => circuit.group === row.name && openMembers(circuit) > 0).length;
    return open > 0 ? `${count(open)} open in the fleet` : "";
  }

  const own = circuits.find((circuit) => circuit.name === fleetName(row) && (row.kind === "circuit" ? !circuit.group : circuit.group));
  return own && openMembers(own) > 0 ? `open in ${count(openMembers(own))} of ${count(own.members)}` : "";
}

/** Returns numbers by state in words: 2 open, 1 closed. */
export function statesText(states) {
  return Object.entries(states)
    .sort(([one], [other]) => (one === "closed") - (other === "closed"))
    .map(([state, number]) => `${count(number)} ${stateName(state)}`)
    .join(", ");
}

/** Returns the connection of the process that serves the page. */
export function connectionText(fleet, now) {
  if (fleet.connected) {
    return "connected";
  }

  const since = fleet.connectedUntil
    ? `since ${timeOfDay(fleet.connectedUntil)} (${age((now - Date.parse(fleet.connectedUntil)) / 1000)})`
    : "yet";
  return `not connected ${since}: the circuits decide alone, and the directives that are known stay in force. ${fleet.error ?? ""}`.trim();
}

/** Returns the directives that demand a state and have not ended, the newest first. */
export function inForce(directives, now) {
  return directives.filter(({ action, expiresAt }) => demanding.includes(action) && !(Date.parse(expiresAt) <= now)).reverse();
}

/** Returns what a directive demands: force open payments in zone a on 10% of the members. */
export function directiveText({ action, circuits, zone, percentage }) {
  return (
    `${actionName(action)} ${circuits}` +
    (zone ? ` in zone ${zone}` : "") +
    (percentage != null && percentage < 100 ? ` on ${percent(percentage / 100)} of the members` : "")
  );
}

/** Returns until when a directive is in force. */
export function untilText({ expiresAt }, now) {
  return expiresAt ? `until ${timeOfDay(expiresAt)} (${age((Date.parse(expiresAt) - now) / 1000)} left)` : "until it is released";
}

export function actionName(action) {
  return action.replaceAll("-", " ");
}

/** Reads a duration such as 30m or 1h 30m, in seconds; null if the text is empty, NaN if it is no duration. */
export function secondsOf(text) {
  const words = text.trim().toLowerCase();
  if (words === "") {
    return null;
  }

  return /^(\d+\s*[smhd]\s*)+$/.test(words)
    ? [...words.matchAll(/(\d+)\s*([smhd])/g)].reduce((sum, [, number, unit]) => sum + Number(number) * units[unit], 0)
    : NaN;
}

/** Returns what a dry run found. */
export function previewText({ members, circuits, liveMembers, omittedCircuits }) {
  const omitted = omittedCircuits > 0 ? ` Members have ${count(omittedCircuits)} more circuits that they did not report.` : "";
  return `It would touch ${count(circuits)} circuit${circuits === 1 ? "" : "s"} in ${count(members)} of ${count(liveMembers)} live members.${omitted}`;
}

/** Returns one member on one line. */
export function memberText({ id, zone, alive, lastSeenSeconds, states, divergent }) {
  return (
    `${id}${zone ? ` (zone ${zone})` : ""}: ${statesText(states) || "no circuits"}` +
    (divergent > 0 ? `, ${count(divergent)} divergent` : "") +
    `, seen ${age(lastSeenSeconds)} ago${alive ? "" : ", gone"}`
  );
}
