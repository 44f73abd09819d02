// The view: what is shown and how. It lives in the address, so that a link or a reload gives it again.

export const DEFAULTS = {
  lang: "",
  lon: 122.9, lat: 41.1, zoom: 7,
  sectors: [], // ids of fields and sectors; empty = all
  none: false, // firms of no sector too
  origin: "", // anchor | registry | "" both
  city: "", adcode: "", zone: "",
  precision: [], // empty = all
  years: [], // [first, last]; empty = all
  fill: "none", // none | count | leading | stagger
  parks: true, labels: true, points: true, clusters: false,
  base: "none",
  tab: "filters",
  open: "", // kind:id of what the right panel shows
};

const LISTS = ["sectors", "precision"];
const FLAGS = ["none", "parks", "labels", "points", "clusters"];
const TEXTS = ["lang", "origin", "city", "adcode", "zone", "fill", "tab", "open", "base"];

const listeners = [];
let current = { ...DEFAULTS };

export const view = () => current;

/** Call `run(view, changed)` after every change; `changed` is the set of names that differ. */
export function onChange(run) {
  listeners.push(run);
}

/** Change the view; `push` makes a step that the back button undoes. */
export function change(patch, { push = false } = {}) {
  const changed = new Set();
  for (const [name, value] of Object.entries(patch)) {
    if (JSON.stringify(current[name]) !== JSON.stringify(value)) changed.add(name);
  }
  if (!changed.size) return;
  current = { ...current, ...patch };
  write(push);
  for (const run of listeners) run(current, changed);
}

function write(push) {
  const address = toAddress(current);
  if (address === location.pathname + location.search) return;
  history[push ? "pushState" : "replaceState"](null, "", address);
}

/** Return the address of a view; what is at its default is left out. */
export function toAddress(given) {
  const query = new URLSearchParams();
  for (const name of TEXTS) if (given[name] !== DEFAULTS[name]) query.set(name, given[name]);
  for (const name of LISTS) if (given[name].length) query.set(name, given[name].join(","));
  for (const name of FLAGS) if (given[name] !== DEFAULTS[name]) query.set(name, given[name] ? "1" : "0");
  if (given.years.length) query.set("years", given.years.join("-"));
  const spot = [given.lon.toFixed(4), given.lat.toFixed(4), +given.zoom.toFixed(2)];
  query.set("at", spot.join(","));
  return `${location.pathname}?${query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":")}`;
}

/** Return the view of an address; what makes no sense is taken for the default. */
export function fromAddress(search) {
  const query = new URLSearchParams(search);
  const read = { ...DEFAULTS };
  for (const name of TEXTS) if (query.has(name)) read[name] = query.get(name).slice(0, 300);
  for (const name of LISTS) if (query.get(name)) read[name] = query.get(name).split(",").slice(0, 60);
  for (const name of FLAGS) if (query.has(name)) read[name] = query.get(name) === "1";
  const years = (query.get("years") || "").split("-").map(Number);
  if (years.length === 2 && years.every((y) => Number.isInteger(y) && y > 0)) read.years = years;
  const [lon, lat, zoom] = (query.get("at") || "").split(",").map(Number);
  if ([lon, lat, zoom].every(Number.isFinite) && Math.abs(lat) < 80 && Math.abs(lon) <= 180) {
    Object.assign(read, { lon, lat, zoom: Math.min(18, Math.max(5, zoom)) });
  }
  return read;
}

/** Take the view from the address bar, now and at every step back. */
export function startState() {
  current = fromAddress(location.search);
  addEventListener("popstate", () => {
    const before = current;
    current = fromAddress(location.search);
    const changed = new Set(Object.keys(current).filter((k) => JSON.stringify(current[k]) !== JSON.stringify(before[k])));
    for (const run of listeners) run(current, changed, true);
  });
}
