// Draws sparklines, bars and histograms.

import { histogram, progressWidth, spark, sparkline, sparkText } from "./drawing.js";
import { shape } from "./dom.js";
import { count, duration, stateName } from "./format.js";

export function drawSpark(entry, model) {
  const { bars, marks } = sparkline(entry.buckets, entry.transitions, model.bucket, model.time);
  return shape(
    "svg",
    {
      class: "spark",
      role: "img",
      "aria-label": sparkText(entry.buckets, entry.transitions),
      viewBox: `0 0 ${spark.width} ${spark.height}`,
      width: spark.width,
      height: spark.height,
    },
    bars.map(({ kind, x, y, width, height }) => shape("rect", { class: kind, x, y, width, height })),
    marks.map(({ x, isBad }) => shape("line", { class: isBad ? "mark bad" : "mark", x1: x, x2: x, y1: 0, y2: spark.height })),
  );
}

export function drawBar(progress, fires, width = 160) {
  const height = 8;
  return shape(
    "svg",
    { class: "bar", "aria-hidden": "true", viewBox: `0 0 ${width} ${height}`, width, height },
    shape("rect", { class: "track", width, height, rx: 3 }),
    shape("rect", { class: fires ? "fires" : "value", width: progressWidth(progress) * width, height, rx: 3 }),
  );
}

export function drawHistogram(measured) {
  const [bar, height] = [34, 80];
  const bars = histogram(measured);
  const words = bars
    .filter(({ number }) => number > 0)
    .map(({ from, to, number }) => `${to === null ? `more than ${duration(from)}` : `up to ${duration(to)}`}: ${count(number)}`);
  return shape(
    "svg",
    {
      class: "histogram",
      role: "img",
      "aria-label": `Durations while ${stateName(measured.state)}. ${words.join(", ")}`,
      viewBox: `0 0 ${bars.length * bar} ${height + 32}`,
      width: bars.length * bar,
      height: height + 32,
    },
    bars.map(({ place, number, height: part, from, to }) =>
      shape(
        "g",
        {},
        shape("rect", { class: "value", x: place * bar + 3, y: 14 + height - part * height, width: bar - 6, height: part * height }),
        shape("text", { x: place * bar + bar / 2, y: 11 + height - part * height, "text-anchor": "middle" }, number ? count(number) : ""),
        shape(
          "text",
          { x: place * bar + bar / 2, y: height + 28, "text-anchor": "middle" },
          to === null ? `>${duration(from)}` : duration(to).replace(" ", ""),
        ),
      ),
    ),
  );
}
