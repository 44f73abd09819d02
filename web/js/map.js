// The map: layers, what is under the pointer, and the view in the address.
/* global L */
import { areasLayer, namesLayer, parksLayer } from "./areas_layer.js";
import { getJson } from "./api.js";
import { atlas, cardOf, rowsOf, sectorMask, toWorld } from "./data.js";
import { byId, later, say } from "./dom.js";
import { pointsLayer } from "./points_layer.js";
import { change, view } from "./state.js";
import { nameOf, t } from "./text.js";

export const stage = { map: null, areas: null, parks: null, points: null, names: null, extra: null };

const HOME = [[38.7, 118.8], [43.5, 125.8]];
let onPick = () => {};
let colours = { of: () => "" }; // set by the layers panel
let outlined = new Map(); // adcode -> "first" | "second"
let mode = null; // what a click on the map means, when a panel asks for a place

/** Build the map in its place; `pick(what)` is told what was clicked. */
export function buildMap(pick) {
  onPick = pick;
  const v = view();
  const map = L.map("map", {
    zoomControl: false, attributionControl: false, minZoom: 5, maxZoom: 18, zoomSnap: 0.5, zoomDelta: 1,
    wheelPxPerZoomLevel: 120, maxBounds: [[34, 112], [48, 133]], maxBoundsViscosity: 0.6, keyboard: true,
    fadeAnimation: false,
  });
  stage.map = map;
  map.setView([v.lat, v.lon], v.zoom);
  if (!new URLSearchParams(location.search).has("at")) map.fitBounds(HOME, { paddingBottomRight: [0, innerWidth > 900 ? 96 : 0] }); // the time slider lies over the foot
  for (const [name, order] of [["areas", 300], ["parks", 350], ["points", 400], ["extra", 420], ["names", 450]]) {
    const pane = map.createPane(name);
    pane.style.setProperty("z-index", order);
    if (name !== "extra") pane.style.setProperty("pointer-events", "none");
  }
  stage.areas = areasLayer({ pane: "areas" }, { colourOf: (a) => colours.of(a), chosen: () => outlined }).addTo(map);
  stage.parks = parksLayer({ pane: "parks" }, { shown: () => view().parks, chosen: () => (view().open.startsWith("park:") ? view().open.slice(5) : "") }).addTo(map);
  stage.points = pointsLayer({ pane: "points" }).addTo(map);
  stage.names = namesLayer({ pane: "names" }, { labels }).addTo(map);
  stage.extra = L.layerGroup().addTo(map);
  addControls(map);
  const shapes = stage.areas.setShapes(atlas.start.districts);
  map.on("moveend", moved);
  map.on("click", clicked);
  map.on("mousemove", hover);
  map.on("mouseout", () => { byId("tip").hidden = true; tellHover(""); });
  return shapes;
}

function addControls(map) {
  const zoom = L.control.zoom({ position: "topright", zoomInTitle: t("map.zoomin"), zoomOutTitle: t("map.zoomout") }).addTo(map);
  stage.zoom = zoom;
  const credits = L.control.attribution({ position: "bottomright", prefix: false }).addTo(map);
  stage.credits = credits;
  L.control.scale({ imperial: false, maxWidth: 120, position: "bottomright" }).addTo(map);
  creditLine();
}

let creditNow = "";
/** Write the note on source and approval that every map carries. */
export function creditLine() {
  if (creditNow) stage.credits.removeAttribution(creditNow);
  const number = atlas.start.approval_number;
  // Leaflet writes this line as markup; the operator's number is therefore cut to what such numbers hold.
  const safe = number.replace(/[^\p{L}\p{N}()（）号-]/gu, "");
  creditNow = t("map.credit") + (safe ? ` · ${t("map.approval")} ${safe}` : "");
  stage.credits.addAttribution(creditNow);
  for (const [selector, key] of [[".leaflet-control-zoom-in", "map.zoomin"], [".leaflet-control-zoom-out", "map.zoomout"]]) {
    const button = document.querySelector(selector);
    if (button) { button.title = t(key); button.setAttribute("aria-label", t(key)); }
  }
  const box = byId("map");
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", t("map.label"));
}

let detailed = false;
const moved = later(async () => {
  const { map } = stage;
  const c = map.getCenter();
  change({ lon: c.lng, lat: c.lat, zoom: map.getZoom() });
  if (map.getZoom() >= 10.5 && !detailed) {
    detailed = true;
    try {
      stage.areas.setShapes((await getJson("/v1/page/start", { detail: "full" })).districts);
    } catch {
      detailed = false; // the coarse shapes stay
    }
  }
  nameNear();
}, 120);

/** Go where the address says (after a step back). */
export function goToView() {
  const v = view();
  stage.map.setView([v.lat, v.lon], v.zoom, { animate: false });
}

/** Take the next click on the map as an answer for a panel: `run(lon, lat)`. */
export function askPlace(run) {
  mode = run;
  byId("map").classList.add("asking");
  say(t("nearby.click"));
}

function clicked(event) {
  if (mode) {
    const run = mode;
    mode = null;
    byId("map").classList.remove("asking");
    run(event.latlng.lng, event.latlng.lat);
    return;
  }
  onPick(under(event.containerPoint, event.latlng));
}

/** Return what lies at a place of the screen: {firms}, {park}, {adcode} or {}. */
export function under(point, latlng) {
  const { map } = stage;
  if (view().points && atlas.firms) {
    const rows = stage.points.hit(map, point);
    if (rows.length) return { firms: rows };
  }
  const park = stage.parks.hit(map, point);
  if (park) return { park };
  const adcode = stage.areas.at(...toWorld(latlng.lng, latlng.lat));
  return adcode ? { adcode } : {};
}

const hoverers = new Set();
let hovered = "";
/** Call `run(adcode)` when the pointer enters another district, "" when it leaves; returns how to stop. */
export function onHoverDistrict(run) {
  hoverers.add(run);
  return () => hoverers.delete(run);
}

function tellHover(adcode) {
  if (adcode === hovered) return;
  hovered = adcode;
  for (const run of hoverers) run(adcode);
}

let asked = 0;
let waiting = null;
const hover = (event) => {
  // One look a frame, and none while the map is dragged.
  if (stage.map.dragging.moving()) return;
  if (!waiting) requestAnimationFrame(() => { const last = waiting; waiting = null; point(last); });
  waiting = event;
};

const point = (event) => {
  const tip = byId("tip");
  const found = under(event.containerPoint, event.latlng);
  if (hoverers.size) tellHover(found.adcode || stage.areas.at(...toWorld(event.latlng.lng, event.latlng.lat)));
  const size = stage.map.getSize();
  const x = Math.min(event.containerPoint.x + 14, size.x - 240);
  tip.style.setProperty("transform", `translate(${x}px, ${event.containerPoint.y + 14}px)`);
  byId("map").classList.toggle("over", Boolean(found.firms || found.park));
  let text = "";
  if (found.firms) {
    const [row] = found.firms;
    const fid = atlas.firms.fid[row];
    if (found.firms.length > 1) text = t("tip.stack", { n: found.firms.length.toLocaleString() });
    else if (cardOf(fid)) text = cardOf(fid).name;
    else {
      text = "…";
      clearTimeout(asked);
      asked = setTimeout(async () => {
        const [card] = await rowsOf([fid]).catch(() => []);
        if (card && !tip.hidden && tip.textContent === "…") tip.textContent = card.name;
      }, 120);
    }
  } else if (found.park) text = found.park.name;
  else if (found.adcode) text = `${nameOf(atlas.districts.get(found.adcode))}${colours.note ? colours.note(found.adcode) : ""}`;
  tip.hidden = !text;
  if (text) tip.textContent = text;
};

// --- names ---------------------------------------------------------------------------------------

let spots = null;
function districtSpots() {
  spots ||= atlas.start.districts.map((d) => {
    const [x, y] = toWorld(d.lon, d.lat);
    return { d, x, y };
  });
  return spots;
}

function citySpots() {
  const sums = new Map();
  for (const { d, x, y } of districtSpots()) {
    const at = sums.get(d.city) || { x: 0, y: 0, n: 0 };
    sums.set(d.city, { x: at.x + x, y: at.y + y, n: at.n + 1 });
  }
  return [...sums].map(([zh, { x, y, n }]) => ({ city: atlas.cities.get(zh), x: x / n, y: y / n }));
}

function* labels(zoom) {
  if (!view().labels) return;
  const plain = { colour: "#4A4A45", weight: 500 };
  if (zoom < 8.5) {
    for (const { city, x, y } of citySpots()) if (city) yield { x, y, text: nameOf(city), size: 13, ...plain, weight: 600 };
  }
  for (const adcode of outlined.keys()) {
    const own = districtSpots().find((s) => s.d.adcode === adcode);
    if (own) yield { ...own, text: nameOf(own.d), size: 13, colour: "#22305F", weight: 700 };
  }
  if (zoom >= 11 && view().points && shownNow) yield* firmLabels(zoom);
  if (zoom >= 8) for (const { d, x, y } of districtSpots()) yield { x, y, text: nameOf(d), size: zoom < 9 ? 11 : 12.5, ...plain };
  if (zoom >= 10 && view().parks) {
    for (const park of atlas.parks.values()) {
      if (park.lon === null) continue;
      const [x, y] = toWorld(park.lon, park.lat);
      yield { x, y, dy: 15, text: park.name, size: 11, colour: "#45601A", weight: 500 };
    }
  }
}

let shownNow = null;
function* firmLabels(zoom) {
  const f = atlas.firms;
  for (let i = 0; i < f.n; i += 1) {
    if (!shownNow[i] || f.stack[i] < 0) continue;
    if (!f.origin[i] && zoom < 14) continue;
    const card = cardOf(f.fid[i]);
    if (card) yield { x: f.x[i], y: f.y[i], dy: -14, text: card.name, size: 11, colour: "#22272E" };
  }
}

const nameNear = later(async () => {
  const { map } = stage;
  if (map.getZoom() < 11 || !shownNow) return;
  const box = map.getBounds();
  const f = atlas.firms;
  const near = [];
  for (let i = 0; i < f.n && near.length < 300; i += 1) {
    if (!shownNow[i] || (!f.origin[i] && map.getZoom() < 14)) continue;
    const lon = f.lon[i] / 1e6;
    const lat = f.lat[i] / 1e6;
    if (lon > box.getWest() && lon < box.getEast() && lat > box.getSouth() && lat < box.getNorth()) near.push(f.fid[i]);
  }
  const missing = near.filter((fid) => !cardOf(fid));
  if (!missing.length) return;
  await rowsOf(missing).catch(() => []);
  stage.names.redraw();
}, 200);

// --- what others change ---------------------------------------------------------------------------

/** Show these firms; `shown` as filterFirms returns it. */
export function showFirms(shown) {
  shownNow = shown;
  stage.points.setShown(view().points ? shown : new Uint8Array(shown.length), sectorMask(view().sectors));
  stage.names.redraw();
  nameNear();
}

/** Colour the districts: {of(adcode), note?(adcode)}. */
export function colourAreas(next) {
  colours = next;
  stage.areas?.redraw();
}

/** Outline districts: a map of adcode to "first" or "second". */
export function outline(next) {
  outlined = next;
  stage.areas?.redraw();
  stage.names?.redraw();
}

/** Bring districts into view. */
export function showDistricts(adcodes) {
  const boxes = adcodes.map((a) => stage.areas.boxOf(a)).filter(Boolean);
  if (!boxes.length) return;
  const west = Math.min(...boxes.map((b) => b[0]));
  const north = Math.min(...boxes.map((b) => b[1]));
  const east = Math.max(...boxes.map((b) => b[2]));
  const south = Math.max(...boxes.map((b) => b[3]));
  const lat = (y) => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
  fly([[lat(south), (west - 0.5) * 360], [lat(north), (east - 0.5) * 360]]);
}

/** Bring a box into the part of the map that no panel covers. */
export function fly(bounds, maxZoom = 13) {
  stage.map.fitBounds(bounds, { padding: [30, 30], maxZoom, animate: !matchMedia("(prefers-reduced-motion: reduce)").matches });
}

/** Go to a place. */
export function goTo(lon, lat, zoom = 13) {
  stage.map.setView([lat, lon], Math.max(stage.map.getZoom(), zoom), { animate: !matchMedia("(prefers-reduced-motion: reduce)").matches });
}

/** Print the open card below a map that fits the sheet. */
export async function printCard() {
  document.body.classList.add("printing");
  stage.map.invalidateSize({ animate: false });
  await new Promise((done) => {
    stage.names.once("drawn", () => setTimeout(done, 300));
    setTimeout(done, 3000);
  });
  addEventListener("afterprint", () => {
    document.body.classList.remove("printing");
    stage.map.invalidateSize({ animate: false });
  }, { once: true });
  print();
}
