import assert from "node:assert/strict";
import { test } from "node:test";
import {
  badge,
  connectionText,
  directiveText,
  inForce,
  memberText,
  previewText,
  secondsOf,
  statesText,
  untilText,
} from "../../../src/Fluxgate.Polly.AspNetCore/Dashboard/Page/fleetText.js";
import { applyChanges, applyFull, createModel } from "../../../src/Fluxgate.Polly.AspNetCore/Dashboard/Page/model.js";

const now = Date.parse("2026-01-01T12:00:00Z");
const circuit = (name, states, group) => ({ name, group, members: Object.values(states).reduce((sum, one) => sum + one, 0), states });
const fleetOf = (...circuits) => ({ summary: { circuits } });

test("a badge says in how many members a circuit is open", () => {
  const fleet = fleetOf(circuit("payments", { open: 10, forced_open: 2, half_open: 1, closed: 37 }), circuit("stock", { half_open: 50 }));

  assert.equal(badge(fleet, { kind: "circuit", name: "payments" }), "open in 12 of 50");
  assert.equal(badge(fleet, { kind: "circuit", name: "stock" }), "");
  assert.equal(badge(fleet, { kind: "circuit", name: "unknown" }), "");
  assert.equal(badge(null, { kind: "circuit", name: "payments" }), "");
  assert.equal(badge({ summary: undefined }, { kind: "circuit", name: "payments" }), "");
});

test("keys, the shared circuit and groups have badges of their own", () => {
  const fleet = fleetOf(
    circuit("tenants/acme", { open: 1, closed: 2 }, "tenants"),
    circuit("tenants/globex", { forced_open: 3 }, "tenants"),
    circuit("tenants (shared)", { closed: 3 }, "tenants"),
    circuit("other/acme", { open: 3 }, "other"),
    circuit("a/b", { open: 2, closed: 1 }),
  );

  assert.equal(badge(fleet, { kind: "key", name: "tenants", key: "acme" }), "open in 1 of 3");
  assert.equal(badge(fleet, { kind: "shared", name: "tenants" }), "");
  assert.equal(badge(fleet, { kind: "group", name: "tenants" }), "2 open in the fleet");
  assert.equal(badge(fleet, { kind: "group", name: "nothing" }), "");
  assert.equal(badge(fleet, { kind: "key", name: "a", key: "b" }), "");
});

test("the closed are said last", () => {
  assert.equal(statesText({ closed: 1200, open: 2, half_open: 1 }), "2 open, 1 half open, 1,200 closed");
});

test("a process that is not connected says since when", () => {
  assert.equal(connectionText({ connected: true }, now), "connected");
  assert.match(
    connectionText({ connected: false, connectedUntil: new Date(now - 65000).toISOString(), error: "IOException: gone" }, now),
    /^not connected since \d\d:\d\d:\d\d \(1m 5s\): .*stay in force\. IOException: gone$/,
  );
  assert.match(connectionText({ connected: false }, now), /^not connected yet: .*stay in force\.$/);
});

test("releases and what has ended are not in force, and the newest is first", () => {
  const directives = [
    { revision: 1, action: "force-open" },
    { revision: 2, action: "disable", expiresAt: new Date(now).toISOString() },
    { revision: 3, action: "release" },
    { revision: 4, action: "metrics-only", expiresAt: new Date(now + 1000).toISOString() },
    { revision: 5, action: "9" },
  ];

  assert.deepEqual(
    inForce(directives, now).map(({ revision }) => revision),
    [4, 1],
  );
});

test("a directive says what, where and until when", () => {
  assert.equal(
    directiveText({ action: "metrics-only", circuits: "tenants/*", zone: "a", percentage: 12.5 }),
    "metrics only tenants/* in zone a on 12.5% of the members",
  );
  assert.equal(directiveText({ action: "release", circuits: "*", percentage: 100 }), "release *");
  assert.equal(untilText({}, now), "until it is released");
  assert.match(untilText({ expiresAt: new Date(now + 90000).toISOString() }, now), /^until \d\d:\d\d:\d\d \(1m 30s left\)$/);
});

test("durations are numbers with units", () => {
  assert.deepEqual(["", " ", "30m", "1h 30m", "2H", "1d", "45s", "0s"].map(secondsOf), [null, null, 1800, 5400, 7200, 86400, 45, 0]);
  assert.deepEqual(["30", "m", "1.5h", "-5m", "soon", "5 minutes"].map(secondsOf), [NaN, NaN, NaN, NaN, NaN, NaN]);
});

test("a dry run says what it would touch", () => {
  assert.equal(
    previewText({ members: 2, circuits: 1, liveMembers: 3, omittedCircuits: 0 }),
    "It would touch 1 circuit in 2 of 3 live members.",
  );
  assert.match(previewText({ members: 2, circuits: 6, liveMembers: 3, omittedCircuits: 7 }), /6 circuits .* 7 more circuits/);
});

test("a member is one line", () => {
  assert.equal(
    memberText({ id: "web", zone: "a", alive: true, lastSeenSeconds: 0.4, states: { open: 1, closed: 2 }, divergent: 1 }),
    "web (zone a): 1 open, 2 closed, 1 divergent, seen 0s ago",
  );
  assert.equal(memberText({ id: "old", alive: false, lastSeenSeconds: 90, states: {}, divergent: 0 }), "old: no circuits, seen 1m 30s ago, gone");
});

test("the model keeps the fleet until it changes", () => {
  const model = createModel();
  const frame = (number, more) => ({ number, server: "a", bucket: 1, time: new Date(now).toISOString(), rows: [], logs: [], ...more });
  applyFull(model, frame(1, { fleet: { name: "shop" } }));
  applyChanges(model, frame(2, {}));
  assert.equal(model.fleet.name, "shop");
  applyChanges(model, frame(3, { fleet: { name: "shop", connected: false } }));
  assert.equal(model.fleet.connected, false);
  applyFull(model, frame(4, {}));
  assert.equal(model.fleet, null);
});
