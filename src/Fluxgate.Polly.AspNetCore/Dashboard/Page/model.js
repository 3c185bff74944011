// What the page knows: the rows, their histories, and the order in which they are shown. Pure, without a document.

export const bucketSeconds = 5;
export const buckets = 60;

const trouble = ["open", "forced_open", "half_open", "metrics_only", "disabled", "closed"];

/** The values by which rows can be sorted. Numbers are sorted from the greatest down. */
export const sorts = {
  trouble: (row) => trouble.indexOf(row.state),
  name: (row) => row.name,
  since: (row) => row.since ?? "",
  calls: (row) => -(row.callsPerSecond ?? -1),
  failures: (row) => -(row.failureRate ?? -1),
  slow: (row) => -(row.slowRate ?? -1),
  progress: (row) => -(row.progress ?? -1),
  inFlight: (row) => -row.inFlight,
  rejected: (row) => -row.rejected,
};

/** Returns whether a sort puts the greatest number first, unless it is reversed. */
export function isFromGreatest(sort) {
  return !["trouble", "name", "since"].includes(sort);
}

export function createModel() {
  return { server: null, number: 0, bucket: 0, time: 0, entries: new Map(), fleet: null };
}

/** Replaces everything. Returns whether the server is another one than before. */
export function applyFull(model, frame) {
  const restarted = model.server !== null && model.server !== frame.server;
  model.server = frame.server;
  model.fleet = frame.fleet ?? null;
  model.entries = new Map(
    frame.rows.map((row, place) => [
      row.id,
      { row, buckets: frame.logs[place].buckets, transitions: frame.logs[place].transitions, version: frame.number },
    ]),
  );
  takeTime(model, frame);
  return restarted;
}

/** Applies the rows that changed. Returns the transitions that are new, each with its row. */
export function applyChanges(model, frame) {
  const news = [];
  takeTime(model, frame);
  model.fleet = frame.fleet ?? model.fleet;
  for (const row of frame.rows) {
    const entry = model.entries.get(row.id) ?? { buckets: [], transitions: [] };
    model.entries.set(row.id, entry);
    entry.row = row;
    entry.version = frame.number;
    addBucket(entry, row.now, model.bucket);
    const last = entry.transitions.at(-1)?.number ?? 0;
    if (row.transition && row.transition.number > last && model.time - Date.parse(row.transition.at) < buckets * bucketSeconds * 1000) {
      entry.transitions = [...entry.transitions.slice(-49), row.transition];
      news.push({ row, transition: row.transition });
    }
  }

  return news;
}

/** Returns the entries that match, in their order; a group is followed by its circuits in the worst condition. */
export function select(model, { text = "", only = "all", sort = "trouble", reverse = false } = {}) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const value = sorts[sort];
  const found = [...model.entries.values()].filter(({ row }) => isKind(row, only) && words.every((word) => textOf(row).includes(word)));
  const compare = (one, other) =>
    order(value(one.row), value(other.row)) * (reverse ? -1 : 1) || order(one.row.name, other.row.name) || order(one.row.id, other.row.id);
  return found
    .sort(compare)
    .flatMap((entry) => [
      entry,
      ...(entry.row.worst ?? []).map((row) => ({ row, buckets: null, transitions: [], version: entry.version, member: true })),
    ]);
}

/** Counts circuits by state: those of groups too. */
export function countStates(model) {
  const counts = {};
  for (const { row } of model.entries.values()) {
    for (const [state, number] of Object.entries(row.states ?? { [row.state]: 1 })) {
      counts[state] = (counts[state] ?? 0) + number;
    }
  }

  return counts;
}

/** Returns how the address of a row begins a query: name=… or group=…&key=…. */
export function addressOf(row) {
  const query = new URLSearchParams();
  query.set(row.kind === "circuit" ? "name" : "group", row.name);
  if (row.kind === "key") {
    query.set("key", row.key);
  } else if (row.kind === "shared") {
    query.set("shared", "true");
  }

  return query.toString();
}

export function titleOf(row) {
  return row.kind === "key" ? `${row.name} / ${row.key}` : row.kind === "shared" ? `${row.name}, shared circuit` : row.name;
}

/** Returns what a screen reader says about new transitions. */
export function announce(news, most = 3) {
  const said = news
    .slice(0, most)
    .map(({ row, transition }) => `${titleOf(row)} is now ${transition.to.replaceAll("_", " ")}: ${transition.reason}`);
  return news.length > most ? [...said, `${news.length - most} more circuits changed`].join(". ") : said.join(". ");
}

function takeTime(model, frame) {
  model.number = frame.number;
  model.bucket = frame.bucket;
  model.time = Date.parse(frame.time);
  for (const entry of model.entries.values()) {
    while (entry.buckets[0]?.at <= model.bucket - buckets) {
      entry.buckets.shift();
    }
  }
}

function addBucket(entry, bucket, current) {
  if (bucket && bucket.at > current - buckets) {
    if (entry.buckets.at(-1)?.at === bucket.at) {
      entry.buckets.pop();
    }

    entry.buckets.push(bucket);
  }
}

function isKind(row, only) {
  return only === "all" || (only === "group" ? row.kind === "group" : row.state !== "closed" || (row.worst?.length ?? 0) > 0);
}

function textOf(row) {
  return [row.name, row.key, row.state, row.state.replaceAll("_", " "), row.reason, ...(row.worst ?? []).map((worst) => worst.key)]
    .join(" ")
    .toLowerCase();
}

function order(one, other) {
  return one < other ? -1 : one > other ? 1 : 0;
}
