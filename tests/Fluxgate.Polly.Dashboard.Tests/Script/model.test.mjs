import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addressOf,
  announce,
  applyChanges,
  applyFull,
  bucketSeconds,
  buckets,
  countStates,
  createModel,
  select,
  titleOf,
} from "../../../src/Fluxgate.Polly.AspNetCore/Dashboard/Page/model.js";

const start = Date.parse("2026-01-01T00:00:00Z");

function frame(number, rows, { server = "a", bucket = 100, seconds = number, logs } = {}) {
  return {
    number,
    server,
    bucket,
    time: new Date(start + seconds * 1000).toISOString(),
    rows,
    logs: logs ?? rows.map(() => ({ buckets: [], transitions: [] })),
  };
}

function row(name, change = {}) {
  return { id: `circuit:${name}`, kind: "circuit", name, state: "closed", reason: "initial state", inFlight: 0, rejected: 0, ...change };
}

function modelOf(...rows) {
  const model = createModel();
  applyFull(model, frame(1, rows));
  return model;
}

const names = (entries) => entries.map(({ row }) => row.name);

test("the troubled are first, then by name", () => {
  const model = modelOf(row("b"), row("a"), row("c", { state: "half_open" }), row("d", { state: "open" }), row("e", { state: "disabled" }));

  assert.deepEqual(names(select(model)), ["d", "c", "e", "a", "b"]);
  assert.deepEqual(names(select(model, { reverse: true })), ["a", "b", "e", "c", "d"]);
});

test("numbers are sorted from the greatest down, unknown ones last", () => {
  const model = modelOf(row("a", { failureRate: 0.1 }), row("b"), row("c", { failureRate: 0.9 }), row("d", { failureRate: 0 }));

  assert.deepEqual(names(select(model, { sort: "failures" })), ["c", "a", "d", "b"]);
});

test("a search finds words in names, keys, states and reasons", () => {
  const model = modelOf(
    row("Payments", { state: "half_open" }),
    row("stock", { reason: "FailureRate 62%" }),
    row("tenants", {
      id: "group:tenants",
      kind: "group",
      worst: [{ id: "key:acme", kind: "key", key: "ACME", state: "open", reason: "" }],
    }),
  );

  assert.deepEqual(names(select(model, { text: "pay half open" })), ["Payments"]);
  assert.deepEqual(names(select(model, { text: "failurerate" })), ["stock"]);
  assert.equal(select(model, { text: "acme" }).length, 2);
  assert.equal(select(model, { text: "acme payments" }).length, 0);
  assert.deepEqual(names(select(model, { only: "troubled", text: "payments" })), ["Payments"]);
  assert.equal(select(model, { only: "group" })[0].row.name, "tenants");
});

test("a group is followed by its circuits", () => {
  const member = { id: "key:x", kind: "key", name: "g", key: "x", state: "open", reason: "" };
  const model = modelOf(row("a"), row("g", { kind: "group", state: "open", states: { open: 1, closed: 4 }, worst: [member] }));
  const [group, shown] = select(model);

  assert.equal(group.row.kind, "group");
  assert.deepEqual([shown.row, shown.member], [member, true]);
  assert.deepEqual(countStates(model), { closed: 5, open: 1 });
});

test("changes replace rows and add new ones", () => {
  const model = modelOf(row("a"), row("b"));
  const news = applyChanges(model, frame(2, [row("a", { state: "open" }), row("c")]));

  assert.deepEqual(names(select(model)), ["a", "b", "c"]);
  assert.deepEqual(news, []);
  assert.equal(model.number, 2);
});

test("a transition is news once", () => {
  const model = modelOf(row("a"));
  const transition = { number: 3, at: new Date(start).toISOString(), to: "open", reason: "FailureStreak 5 >= 5", missed: 0 };
  const open = row("a", { state: "open", transition });

  assert.equal(announce(applyChanges(model, frame(2, [open]))), "a is now open: FailureStreak 5 >= 5");
  assert.deepEqual(applyChanges(model, frame(3, [open])), []);
  assert.deepEqual(model.entries.get("circuit:a").transitions, [transition]);
});

test("an old transition is no news", () => {
  const model = modelOf(row("a"));
  const transition = { number: 3, at: new Date(start).toISOString(), to: "open", reason: "", missed: 0 };

  assert.deepEqual(applyChanges(model, frame(2, [row("a", { transition })], { seconds: 301 })), []);
});

test("announcements are few", () => {
  const news = [1, 2, 3, 4, 5].map((number) => ({ row: row(`c${number}`), transition: { to: "half_open", reason: "r" } }));

  assert.equal(announce(news), "c1 is now half open: r. c2 is now half open: r. c3 is now half open: r. 2 more circuits changed");
});

test("a history keeps five minutes, and the last bucket is replaced", () => {
  const model = modelOf(row("a"));
  for (let bucket = 100; bucket < 300; bucket++) {
    for (const failed of [1, 2]) {
      applyChanges(
        model,
        frame(bucket, [row("a", { now: { at: bucket, succeeded: 0, failed, rejected: 0, state: "closed" } })], { bucket }),
      );
    }
  }

  const kept = model.entries.get("circuit:a").buckets;
  assert.equal(kept.length, buckets);
  assert.deepEqual([kept[0].at, kept.at(-1).at, kept.at(-1).failed], [240, 299, 2]);
  assert.equal(buckets * bucketSeconds, 300);
});

test("a circuit without changes loses its old buckets too", () => {
  const model = createModel();
  applyFull(model, frame(1, [row("a")], { logs: [{ buckets: [{ at: 100, succeeded: 1, failed: 0, rejected: 0 }], transitions: [] }] }));
  applyChanges(model, frame(2, [], { bucket: 160 }));

  assert.deepEqual(model.entries.get("circuit:a").buckets, []);
});

test("another server is noticed", () => {
  const model = createModel();

  assert.equal(applyFull(model, frame(1, [])), false);
  assert.equal(applyFull(model, frame(9, [])), false);
  assert.equal(applyFull(model, frame(1, [], { server: "b" })), true);
});

test("an address names a circuit whatever its characters", () => {
  const key = "a/b?c=d&e#f%+ ö";

  assert.equal(addressOf(row("payments")), "name=payments");
  assert.equal(addressOf({ kind: "group", name: "g" }), "group=g");
  assert.equal(addressOf({ kind: "shared", name: "g" }), "group=g&shared=true");
  assert.equal(new URLSearchParams(addressOf({ kind: "key", name: "g", key })).get("key"), key);
  assert.equal(addressOf({ kind: "key", name: "g", key: "" }), "group=g&key=");
  assert.deepEqual([titleOf({ kind: "key", name: "g", key: "k" }), titleOf({ kind: "shared", name: "g" })], ["g / k", "g, shared circuit"]);
});
