// The shapes of pictures, as numbers. Pure.

import { buckets, bucketSeconds } from "./model.js";

export const spark = { width: 120, height: 28 };

/** Returns the bars of a sparkline, stacked from the bottom, and the marks of transitions. */
export function sparkline(log, transitions, bucket, time) {
  const width = spark.width / buckets;
  const most = Math.max(1, ...log.map((at) => at.succeeded + at.failed + at.rejected));
  const scale = (calls) => (calls / most) * spark.height;
  const bars = log.flatMap((at) => {
    const x = (buckets - 1 - (bucket - at.at)) * width;
    let bottom = spark.height;
    return [
      ["calls", at.succeeded],
      ["failed", at.failed],
      ["rejected", at.rejected],
    ]
      .filter(([, calls]) => calls > 0)
      .map(([kind, calls]) => {
        // Failures are visible even among very many calls.
        const height = Math.max(scale(calls), 1);
        bottom -= height;
        return { kind, x, y: Math.max(0, bottom), width: width - 0.4, height };
      });
  });
  const marks = transitions
    .map((transition) => ({ transition, x: spark.width - ((time - Date.parse(transition.at)) / (bucketSeconds * 1000)) * width }))
    .filter(({ x }) => x >= 0 && x <= spark.width)
    .map(({ transition, x }) => ({ x, isBad: transition.to === "open" || transition.to === "forced_open" }));
  return { bars, marks };
}

/** Returns a sparkline in words. */
export function sparkText(log, transitions) {
  const sum = (kind) => log.reduce((total, at) => total + at[kind], 0);
  const [succeeded, failed, rejected] = [sum("succeeded"), sum("failed"), sum("rejected")];
  return `Last five minutes: ${succeeded + failed} calls, ${failed} failed, ${rejected} rejected, ${transitions.length} transitions`;
}

/** Returns the bars of a histogram: for each bucket its place, height from 0 to 1, bounds and number. */
export function histogram({ boundsSeconds, counts }) {
  const most = Math.max(1, ...counts);
  return counts.map((number, place) => ({
    place,
    number,
    height: number / most,
    from: place === 0 ? 0 : boundsSeconds[place - 1],
    to: boundsSeconds[place] ?? null,
  }));
}

/** Returns the width of a bar that shows how far a leaf is from its threshold, from 0 to 1. */
export function progressWidth(progress) {
  return progress == null ? 0 : Math.min(1, Math.max(0, progress));
}
