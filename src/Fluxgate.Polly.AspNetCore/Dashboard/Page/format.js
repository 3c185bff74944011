// Numbers, times and durations as text. Pure.

const units = [
  [86400, "d"],
  [3600, "h"],
  [60, "m"],
  [1, "s"],
];

/** Formats a duration in whole seconds, in its two largest units: 2h 5m. */
export function age(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const first = units.findIndex(([size]) => whole >= size);
  if (first < 0) {
    return "0s";
  }

  const [size, unit] = units[first];
  const [nextSize, nextUnit] = units[first + 1] ?? [];
  const rest = nextSize ? Math.floor((whole % size) / nextSize) : 0;
  return `${Math.floor(whole / size)}${unit}${rest ? ` ${rest}${nextUnit}` : ""}`;
}

/** Formats a duration in seconds as people measure calls: 12 ms, 1.25 s. */
export function duration(seconds) {
  return seconds >= 1 ? `${round(seconds, 2)} s` : `${round(seconds * 1000, seconds < 0.01 ? 1 : 0)} ms`;
}

export function percent(ratio) {
  return ratio == null ? "" : `${round(ratio * 100, 1)}%`;
}

/** Formats a measured ratio beside its threshold: 12% of 50%. */
export function ofThreshold(ratio, threshold) {
  return ratio == null ? "" : threshold == null ? percent(ratio) : `${percent(ratio)} of ${percent(threshold)}`;
}

export function count(number) {
  return number == null ? "" : Math.round(number).toLocaleString("en-US");
}

export function rate(perSecond) {
  return perSecond == null ? "" : round(perSecond, 1).toLocaleString("en-US");
}

/** Formats a time of day, in the zone of the reader. */
export function timeOfDay(time) {
  return new Date(time).toLocaleTimeString("en-GB");
}

/** Formats a state as people say it: half open. */
export function stateName(state) {
  return state.replaceAll("_", " ");
}

function round(number, digits) {
  return Number(number.toFixed(digits));
}
