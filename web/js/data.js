// What the page holds: vocabulary, shapes and all firms as typed columns, and the filter over them.
import { slices } from "./canvas_layer.js";
import { getBytes, getJson, post } from "./api.js";

const TYPES = { uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array, int32: Int32Array };
const NOWHERE = -(2 ** 31);
export const UNKNOWN = 65535;

export const atlas = {
  start: null, // the start document
  fields: [], sectors: [], sectorIndex: new Map(), fieldIndex: new Map(), fieldOf: [],
  districts: new Map(), cities: new Map(), parks: new Map(),
  firms: null, // columns; null until they came
  years: [0, 0],
};

/** Load vocabulary and shapes. */
export async function loadStart() {
  const start = await getJson("/v1/page/start");
  atlas.start = start;
  atlas.fields = start.fields;
  atlas.sectors = start.sectors;
  start.fields.forEach((f, i) => atlas.fieldIndex.set(f.id, i));
  start.sectors.forEach((s, i) => atlas.sectorIndex.set(s.id, i));
  atlas.fieldOf = start.sectors.map((s) => atlas.fieldIndex.get(s.field));
  for (const district of start.districts) atlas.districts.set(district.adcode, district);
  for (const city of start.cities) atlas.cities.set(city.zh, city);
  for (const park of start.parks) atlas.parks.set(park.park_id, park);
  return start;
}

/** Load all firms; positions are turned into Web Mercator, 0..1 over the world. */
export async function loadFirms() {
  const buffer = await getBytes("/v1/page/firms");
  const length = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const firms = { n: head.n, version: head.version, districts: head.districts, cities: head.cities, zones: head.zones };
  for (const { name, type, offset } of head.arrays) {
    firms[name] = new TYPES[type](buffer, 4 + length + offset, head.n);
  }
  await project(firms);
  stack(firms, head.stacks);
  let first = 9999;
  let last = 0;
  for (const year of firms.year) if (year) { first = Math.min(first, year); last = Math.max(last, year); }
  atlas.years = last ? [first, last] : [0, 0];
  atlas.firms = firms;
  return firms;
}

/** Return the row of a firm's number, -1 if there is none; numbers ascend. */
export function rowOfFid(fid) {
  const { fid: all, n } = atlas.firms;
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (all[middle] < fid) low = middle + 1;
    else high = middle;
  }
  return all[low] === fid ? low : -1;
}

async function project(firms) {
  const { n, lon, lat } = firms;
  const x = (firms.x = new Float64Array(n));
  const y = (firms.y = new Float64Array(n));
  const pause = slices();
  for (let i = 0; i < n; i += 1) {
    if ((i & 4095) === 0) await pause();
    if (lon[i] === NOWHERE || lat[i] === NOWHERE) { x[i] = NaN; continue; }
    [x[i], y[i]] = toWorld(lon[i] / 1e6, lat[i] / 1e6);
  }
}

/** Return Web Mercator x, y of a place, 0..1 over the world, y downwards. */
export function toWorld(lon, lat) {
  return [lon / 360 + 0.5, 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI)];
}

/** Note the first firm of every stack: firms at exactly the same place (a road, a town, a district's centre). */
function stack(firms, count) {
  firms.stackFirst = new Int32Array(count).fill(-1);
  for (let i = firms.n - 1; i >= 0; i -= 1) if (firms.stack[i] >= 0) firms.stackFirst[firms.stack[i]] = i;
}

/** Return the sectors meant by a list of ids, as bits; a field stands for its sectors. 0 = no limit. */
export function sectorMask(ids) {
  let mask = 0;
  for (const id of ids) {
    if (atlas.sectorIndex.has(id)) mask |= 1 << atlas.sectorIndex.get(id);
    else if (atlas.fieldIndex.has(id)) {
      const field = atlas.fieldIndex.get(id);
      atlas.fieldOf.forEach((f, i) => { if (f === field) mask |= 1 << i; });
    }
  }
  return mask >>> 0;
}

/** Return which firms a view shows: `shown` (1 = yes), how many, and how many of them have a place. */
export function filterFirms(view) {
  const f = atlas.firms;
  const shown = new Uint8Array(f.n);
  const mask = sectorMask(view.sectors);
  const origin = { anchor: 1, registry: 0 }[view.origin] ?? -1;
  const wanted = new Set(view.adcode ? view.adcode.split(",") : []);
  const district = wanted.size ? Uint8Array.from(f.districts, (code) => (wanted.has(code) ? 1 : 0)) : null;
  const city = view.city ? f.cities.indexOf(view.city) : -2;
  const zone = view.zone ? f.zones.indexOf(view.zone) : -2;
  const precisions = atlas.start.precisions.map((p) => !view.precision.length || view.precision.includes(p));
  const [from, to] = view.years.length ? view.years : [0, 9999];
  const dated = view.years.length > 0;
  let count = 0;
  let placed = 0;
  for (let i = 0; i < f.n; i += 1) {
    const bits = f.sectors[i];
    if (mask ? !(bits & mask) : !bits && !view.none) continue;
    if (origin >= 0 && f.origin[i] !== origin) continue;
    if (district && !district[f.district[i]]) continue;
    if (city !== -2 && f.city[i] !== city) continue;
    if (zone !== -2 && f.zone[i] !== zone) continue;
    if (!precisions[f.precision[i]]) continue;
    // Anchors have no date of registration: a span of years leaves them in.
    if (dated && f.year[i] && (f.year[i] < from || f.year[i] > to)) continue;
    if (dated && !f.year[i] && !f.origin[i]) continue;
    shown[i] = 1;
    count += 1;
    if (f.stack[i] >= 0) placed += 1;
  }
  return { shown, count, placed };
}

/** Count shown firms by district: `total`, and `fields` with one number a field, in their order. */
export function countByDistrict(shown) {
  const f = atlas.firms;
  const width = atlas.fields.length;
  const counts = new Map();
  const slots = f.districts.map((code) => {
    const entry = { total: 0, anchors: 0, fields: new Uint32Array(width), sectors: new Uint32Array(atlas.sectors.length) };
    if (code) counts.set(code, entry);
    return entry;
  });
  const unknown = { total: 0, anchors: 0, fields: new Uint32Array(width), sectors: new Uint32Array(atlas.sectors.length) };
  for (let i = 0; i < f.n; i += 1) {
    if (!shown[i]) continue;
    const entry = slots[f.district[i]] || unknown;
    entry.total += 1;
    entry.anchors += f.origin[i];
    let bits = f.sectors[i];
    let seen = 0;
    while (bits) {
      const low = 31 - Math.clz32(bits & -bits);
      entry.sectors[low] += 1;
      const field = atlas.fieldOf[low];
      if (!(seen & (1 << field))) { entry.fields[field] += 1; seen |= 1 << field; }
      bits &= bits - 1;
    }
  }
  counts.set("", unknown);
  return counts;
}

const cards = new Map();

/** Return name and main facts of firms by number, asked once; at most 500 at a time. */
export async function rowsOf(fids, signal) {
  const missing = fids.filter((fid) => !cards.has(fid)).slice(0, 500);
  if (missing.length) {
    const response = await post("/v1/page/rows", { fids: missing }, signal);
    for (const item of (await response.json()).items) cards.set(item.fid, item);
  }
  return fids.map((fid) => cards.get(fid)).filter(Boolean);
}

export const cardOf = (fid) => cards.get(fid);
