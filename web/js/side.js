// The left panel: filters, districts with counts by field, layers.
import { atlas, UNKNOWN } from "./data.js";
import { openDetail } from "./detail.js";
import { byId, el, fill } from "./dom.js";
import { layersTab } from "./layers.js";
import { showDistricts } from "./map.js";
import { change, DEFAULTS, onChange, view } from "./state.js";
import { markImage } from "./symbols.js";
import { nameOf, t, whole } from "./text.js";

const TABS = ["filters", "districts", "layers"];
let sort = "count";
let latest = null;
let placesKey = "";

/** Build the panel; counts come with refreshSide. */
export function startSide(now) {
  latest = now;
  const tab = TABS.includes(view().tab) ? view().tab : "filters";
  const buttons = TABS.map((name) => el("button", {
    type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `pane-${name}`,
    "aria-selected": String(name === tab), tabindex: name === tab ? "0" : "-1", text: t(`tab.${name}`),
    on: { click: () => change({ tab: name }), keydown: tabKeys },
  }));
  const panes = TABS.map((name) => el("div", {
    id: `pane-${name}`, role: "tabpanel", "aria-labelledby": `tab-${name}`, class: "pane", hidden: name !== tab,
    tabindex: "0",
  }));
  placesKey = "";
  fill(byId("side"), el("div", { class: "tabs", role: "tablist", "aria-label": t("side") }, buttons), panes);
  drawFilters();
  fill(byId("pane-layers"), layersTab());
  drawDistricts();
}

function tabKeys(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const at = TABS.indexOf(view().tab);
  const next = TABS[(Math.max(at, 0) + step + TABS.length) % TABS.length];
  change({ tab: next });
  byId(`tab-${next}`).focus();
}

onChange((next, changed) => {
  if (changed.has("lang") || !byId("tab-filters")) return;
  if (changed.has("tab")) {
    for (const name of TABS) {
      const on = name === next.tab;
      byId(`tab-${name}`).setAttribute("aria-selected", String(on));
      byId(`tab-${name}`).tabIndex = on ? 0 : -1;
      byId(`pane-${name}`).hidden = !on;
    }
    if (stale) drawOpen();
  }
  if (["sectors", "none", "origin", "city", "adcode", "zone", "precision", "years"].some((n) => changed.has(n)) && next.tab === "filters") syncFilters();
});

/** Write new counts. */
export function refreshSide(now) {
  latest = now;
  stale = true;
  drawOpen();
}

let stale = false;
/** Draw what the open tab shows; the others are drawn when they are opened. */
function drawOpen() {
  if (view().tab === "districts") drawDistricts();
  else syncFilters();
}

// --- filters --------------------------------------------------------------------------------------

function drawFilters() {
  const v = view();
  fill(byId("pane-filters"),
    el("div", { class: "row spread" },
      el("span", { id: "filter-count", class: "strong" }),
      el("button", { type: "button", id: "filter-list", class: "link", text: t("list.open"), on: { click: () => openDetail("list") } }),
      el("button", { type: "button", id: "filter-clear", class: "link", text: t("filter.clear"), on: { click: clear } })),
    group("filter.sectors", sectorTree()),
    group("filter.place", placeSelects(v)),
    group("filter.origin", radios("origin", ["", "anchor", "registry"], v.origin)),
    group("filter.precision", el("div", { class: "chips" }, atlas.start.precisions.map((p) => chip(p)))));
  syncFilters();
}

const group = (key, ...content) => el("fieldset", {}, el("legend", { text: t(key) }), content);

function clear() {
  const { sectors, none, origin, city, adcode, zone, precision, years } = DEFAULTS;
  change({ sectors, none, origin, city, adcode, zone, precision, years }, { push: true });
}

function sectorTree() {
  const rows = atlas.fields.map((field) => {
    const own = atlas.sectors.filter((s) => s.field === field.id);
    const label = el("label", { class: "field-label" },
      el("input", { type: "checkbox", data: { sector: field.id }, on: { change: toggleSector } }),
      markImage(field.shape, field.colour), el("span", { text: nameOf(field) }), el("span", { class: "count", data: { count: field.id } }));
    if (own.length === 1) return el("li", {}, label);
    const inner = el("ul", { id: `own-${field.id}`, hidden: true }, own.map((s) => el("li", {}, el("label", {},
      el("input", { type: "checkbox", data: { sector: s.id, field: field.id }, on: { change: toggleSector } }),
      markImage(s.shape, s.colour, { r: 5 }), el("span", { text: nameOf(s) }), el("span", { class: "count", data: { count: s.id } })))));
    const more = el("button", {
      type: "button", class: "twist", "aria-expanded": "false", "aria-controls": `own-${field.id}`, "aria-label": nameOf(field),
      on: { click: (event) => twist(event.currentTarget, inner) },
    });
    return el("li", {}, el("div", { class: "row" }, label, more), inner);
  });
  const none = el("li", {}, el("label", { class: "field-label" },
    el("input", { type: "checkbox", id: "with-none", on: { change: (event) => change({ none: event.target.checked }, { push: true }) } }),
    markImage("dot", atlas.start.none.colour, { r: 4 }), el("span", { text: t("filter.none") })));
  return el("ul", { class: "tree" }, rows, none);
}

function twist(button, inner) {
  inner.hidden = !inner.hidden;
  button.setAttribute("aria-expanded", String(!inner.hidden));
}

function toggleSector(event) {
  const { sector, field } = event.target.dataset;
  const chosen = new Set(view().sectors);
  const own = atlas.sectors.filter((s) => s.field === (field || sector)).map((s) => s.id);
  if (field && chosen.has(field)) { chosen.delete(field); own.forEach((s) => chosen.add(s)); }
  if (!field) own.forEach((s) => chosen.delete(s));
  if (event.target.checked) chosen.add(sector);
  else chosen.delete(sector);
  change({ sectors: [...chosen] }, { push: true });
}

function select(id, key, options, value, run) {
  return el("label", { class: "select" }, el("span", { text: t(key) }),
    el("select", { id, on: { change: (event) => run(event.target.value) } },
      options.map(([v, text]) => el("option", { value: v, selected: v === value, text }))));
}

function placeSelects(v) {
  const cities = [["", t("filter.anycity")], ...atlas.start.cities.map((c) => [c.zh, nameOf(c)])];
  const districts = [["", t("filter.anydistrict")], ...atlas.start.districts.filter((d) => !v.city || d.city === v.city).map((d) => [d.adcode, nameOf(d)])];
  const zones = [["", t("filter.anyzone")]];
  if (atlas.firms) for (const [zone, n] of zoneCounts(v)) zones.push([zone, `${zone} (${n})`]);
  else if (v.zone) zones.push([v.zone, v.zone]);
  return el("div", { id: "places" },
    select("city", "filter.city", cities, v.city, (city) => {
      change({ city, adcode: "", zone: "" }, { push: true });
      const own = atlas.start.districts.filter((d) => !city || d.city === city).map((d) => d.adcode);
      showDistricts(own);
    }),
    select("adcode", "filter.district", districts, v.adcode, (adcode) => {
      change({ adcode, zone: "" }, { push: true });
      if (adcode) showDistricts([adcode]);
    }),
    select("zone", "filter.zone", zones, v.zone, (zone) => change({ zone }, { push: true })));
}

const FEWEST_IN_ZONE = 5;
const SHORT_LIST = 40;

function zoneCounts(v) {
  const f = atlas.firms;
  const counts = new Map();
  const city = v.city ? f.cities.indexOf(v.city) : -1;
  const district = v.adcode ? f.districts.indexOf(v.adcode) : -1;
  for (let i = 0; i < f.n; i += 1) {
    if (f.zone[i] === UNKNOWN || (city >= 0 && f.city[i] !== city) || (district >= 0 && f.district[i] !== district)) continue;
    if (!f.sectors[i] && !v.none) continue;
    const name = f.zones[f.zone[i]];
    counts.set(name, (counts.get(name) || 0) + 1);
  }
  // In a long list, a name that a handful of addresses carry is more often a slip than a zone.
  const all = [...counts].sort((a, b) => b[1] - a[1]);
  if (all.length <= SHORT_LIST) return all;
  return all.filter(([zone, n]) => n >= FEWEST_IN_ZONE || zone === v.zone).slice(0, 100);
}

function radios(name, values, chosen) {
  return el("div", { class: "chips" }, values.map((value) => el("label", { class: "chip" },
    el("input", { type: "radio", name, value, checked: value === chosen, on: { change: () => change({ [name]: value }, { push: true }) } }),
    el("span", { text: t(`${name}.${value}`) }))));
}

function chip(p) {
  return el("label", { class: "chip" },
    el("input", { type: "checkbox", data: { precision: p }, on: { change: togglePrecision } }), el("span", { text: t(`precision.${p}`) }));
}

function togglePrecision(event) {
  const chosen = new Set(view().precision);
  const p = event.target.dataset.precision;
  if (event.target.checked) chosen.add(p);
  else chosen.delete(p);
  change({ precision: [...chosen] }, { push: true });
}

function syncFilters() {
  const v = view();
  const pane = byId("pane-filters");
  if (!pane) return;
  const chosen = new Set(v.sectors);
  const totals = new Map();
  if (latest?.counts) {
    for (const entry of latest.counts.values()) {
      atlas.fields.forEach((f, i) => totals.set(f.id, (totals.get(f.id) || 0) + entry.fields[i]));
      atlas.sectors.forEach((s, i) => totals.set(s.id, (totals.get(s.id) || 0) + entry.sectors[i]));
    }
  }
  for (const box of pane.querySelectorAll("input[data-sector]")) {
    const { sector, field } = box.dataset;
    box.checked = chosen.has(sector) || (field !== undefined && chosen.has(field));
    if (field && chosen.has(sector)) {
      const inner = byId(`own-${field}`);
      inner.hidden = false;
      inner.parentElement.querySelector(".twist").setAttribute("aria-expanded", "true");
    }
    if (!field) box.indeterminate = !box.checked && atlas.sectors.some((s) => s.field === sector && chosen.has(s.id));
  }
  for (const node of pane.querySelectorAll("[data-count]")) node.textContent = totals.size ? whole(totals.get(node.dataset.count) || 0) : "";
  byId("with-none").checked = v.none;
  byId("with-none").disabled = v.sectors.length > 0;
  for (const box of pane.querySelectorAll("input[data-precision]")) box.checked = v.precision.includes(box.dataset.precision);
  for (const box of pane.querySelectorAll("input[name=origin]")) box.checked = box.value === v.origin;
  const key = [v.city, v.adcode, v.zone, v.none, Boolean(atlas.firms)].join("|");
  if (key !== placesKey) {
    placesKey = key;
    const held = document.activeElement?.id;
    byId("places").replaceWith(placeSelects(v));
    if (["city", "adcode", "zone"].includes(held)) byId(held).focus();
  }
  byId("filter-count").textContent = latest?.counts ? t("list.count", { n: whole(latest.count) }) : "";
}

// --- districts ------------------------------------------------------------------------------------

/** Return the districts in the order of the list, each with its counts. */
export function districtRows(now) {
  const v = view();
  const rows = atlas.start.districts
    .filter((d) => !v.city || d.city === v.city)
    .map((d) => ({ d, entry: now.counts?.get(d.adcode) || null }));
  if (sort === "count") rows.sort((a, b) => (b.entry?.total || 0) - (a.entry?.total || 0));
  else rows.sort((a, b) => nameOf(a.d).localeCompare(nameOf(b.d), "zh"));
  return rows;
}

function drawDistricts() {
  const pane = byId("pane-districts");
  if (!pane || !latest) return;
  const v = view();
  const at = pane.scrollTop;
  const rows = districtRows(latest);
  const most = Math.max(1, ...rows.map((r) => r.entry?.total || 0));
  const city = el("label", { class: "select" }, el("span", { text: t("filter.city") }),
    el("select", { on: { change: (e) => change({ city: e.target.value, adcode: "", zone: "" }, { push: true }) } },
      [["", t("filter.anycity")], ...atlas.start.cities.map((c) => [c.zh, nameOf(c)])].map(([value, text]) => el("option", { value, selected: value === v.city, text }))));
  const order = el("label", { class: "select" }, el("span", { text: t("list.sort") }),
    el("select", { on: { change: (e) => { sort = e.target.value; drawDistricts(); } } },
      [["count", t("list.bycount")], ["name", t("list.byname")]].map(([value, text]) => el("option", { value, selected: value === sort, text }))));
  fill(pane,
    el("div", { class: "row" }, city, order),
    el("div", { class: "row spread" },
      el("button", { type: "button", class: "small", text: t("list.table"), on: { click: () => openDetail("table") } }),
      el("button", { type: "button", class: "small", text: t("stagger"), on: { click: () => openDetail(`stagger:${v.city || "沈阳市"}`) } }),
      el("button", { type: "button", class: "small", text: t("whatif"), on: { click: () => openDetail(`whatif:${v.city || "沈阳市"}`) } })),
    el("ul", { class: "districts", id: "district-list" }, rows.map(({ d, entry }) => districtRow(d, entry, most))),
    el("p", { class: "hint", text: t("list.hint") }));
  pane.scrollTop = at;
}

function districtRow(d, entry, most) {
  const total = entry?.total || 0;
  const said = entry ? atlas.fields.map((f, i) => (entry.fields[i] ? `${nameOf(f)} ${whole(entry.fields[i])}` : "")).filter(Boolean).join("，") : "";
  const sum = entry ? entry.fields.reduce((a, b) => a + b, 0) : 0;
  const bar = el("span", { class: "bar", "aria-hidden": "true", style: { width: `${Math.max(2, (100 * total) / most)}%` } },
    entry && sum ? atlas.fields.map((f, i) => (entry.fields[i] ? el("i", { style: { "background-color": f.colour, "flex-grow": String(entry.fields[i]) } }) : null)) : null);
  const city = view().city ? "" : nameOf(atlas.cities.get(d.city));
  return el("li", {}, el("button", {
    type: "button", data: { adcode: d.adcode }, title: said,
    on: { click: () => { showDistricts([d.adcode]); openDetail(`district:${d.adcode}`); } },
  },
  el("span", { class: "district-name" }, nameOf(d), city ? el("small", { text: ` ${city}` }) : null),
  el("span", { class: "district-total", text: latest.counts ? whole(total) : "…" }),
  el("span", { class: "bar-frame" }, total ? bar : null),
  said ? el("span", { class: "visually-hidden", text: said }) : null));
}
