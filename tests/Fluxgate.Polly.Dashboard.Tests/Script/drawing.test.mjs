import assert from "node:assert/strict";
import { test } from "node:test";
import { histogram, progressWidth, spark, sparkline, sparkText } from "../../../src/Fluxgate.Polly.AspNetCore/Dashboard/Page/drawing.js";
import {
  age,
  count,
  duration,
  ofThreshold,
  percent,
  rate,
  stateName,
} from "../../../src/Fluxgate.Polly.AspNetCore/Dashboard/Page/format.js";

const time = Date.parse("2026-01-01T00:05:00Z");

test("a sparkline stacks calls, failures and rejections from the bottom", () => {
  const { bars } = sparkline([{ at: 100, succeeded: 2, failed: 1, rejected: 1 }], [], 100, time);

  assert.deepEqual(
    bars.map(({ kind, y, height }) => [kind, y, height]),
    [
      ["calls", 14, 14],
      ["failed", 7, 7],
      ["rejected", 0, 7],
    ],
  );
  assert.equal(bars[0].x, spark.width - 2);
});

test("one failure among many calls is visible", () => {
  const { bars } = sparkline([{ at: 100, succeeded: 100000, failed: 1, rejected: 0 }], [], 100, time);

  assert.equal(bars.find(({ kind }) => kind === "failed").height, 1);
});

test("old buckets are to the left, and quiet times are empty", () => {
  const { bars } = sparkline(
    [
      { at: 41, succeeded: 1, failed: 0, rejected: 0 },
      { at: 60, succeeded: 0, failed: 0, rejected: 0 },
    ],
    [],
    100,
    time,
  );

  assert.deepEqual(
    bars.map(({ x }) => x),
    [0],
  );
});

test("transitions are marked at their times, openings as bad", () => {
  const at = (seconds) => new Date(time - seconds * 1000).toISOString();
  const { marks } = sparkline(
    [],
    [
      { at: at(299), to: "open" },
      { at: at(150), to: "closed" },
      { at: at(301), to: "open" },
    ],
    100,
    time,
  );

  assert.deepEqual(
    marks.map(({ x, isBad }) => [Math.round(x), isBad]),
    [
      [0, true],
      [60, false],
    ],
  );
});

test("a sparkline is also words", () => {
  const log = [
    { at: 1, succeeded: 5, failed: 2, rejected: 1 },
    { at: 2, succeeded: 1, failed: 0, rejected: 3 },
  ];

  assert.equal(sparkText(log, [{}]), "Last five minutes: 8 calls, 2 failed, 4 rejected, 1 transitions");
});

test("a histogram has one bar more than bounds", () => {
  assert.deepEqual(histogram({ boundsSeconds: [0.1, 1], counts: [2, 4, 1] }), [
    { place: 0, number: 2, height: 0.5, from: 0, to: 0.1 },
    { place: 1, number: 4, height: 1, from: 0.1, to: 1 },
    { place: 2, number: 1, height: 0.25, from: 1, to: null },
  ]);
});

test("a bar stays within its track", () => {
  assert.deepEqual([null, -1, 0.25, 2].map(progressWidth), [0, 0, 0.25, 1]);
});

test("numbers are short", () => {
  assert.deepEqual([0, 59, 61, 3600, 7500, 90000].map(age), ["0s", "59s", "1m 1s", "1h", "2h 5m", "1d 1h"]);
  assert.deepEqual([0.0012, 0.25, 1.256, 90].map(duration), ["1.2 ms", "250 ms", "1.26 s", "90 s"]);
  assert.deepEqual(
    [percent(0.1234), percent(null), ofThreshold(0.5, 0.25), ofThreshold(0.5), ofThreshold(null, 1)],
    ["12.3%", "", "50% of 25%", "50%", ""],
  );
  assert.deepEqual([count(1234567), count(null), rate(1234.56), rate(undefined)], ["1,234,567", "", "1,234.6", ""]);
  assert.equal(stateName("half_open"), "half open");
});
