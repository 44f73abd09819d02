// Layers: colour of the districts, what is shown, base map, and the legend that explains it.
/* global L */
import { atlas } from "./data.js";
import { byId, el, fill } from "./dom.js";
import { colourAreas, creditLine, stage } from "./map.js";
import { change, onChange, view } from "./state.js";
import { showClusters } from "./clusters.js";
import { markImage } from "./symbols.js";
import { staggerIndex } from "./stagger_data.js";
import { decimal, lang, nameOf, t, whole } from "./text.js";

const RAMP = ["#FBF3D5", "#C9DFA8", "#7FC2A6", "#3E93A8", "#2C5F94"];
export const STAGGER_RAMP = ["#8C4A0A", "#D08B3A", "#F2D7A8", "#B9CFE3", "#5F8FC0"];
const BASES = ["none", "tianditu"];
let last = null;

/** Return the content of the layers tab. */
export function layersTab() {
  const v = view();
  const fills = ["none", "count", "leading", "stagger"].map((value) => el("label", { class: "line" },
    el("input", { type: "radio", name: "fill", value, checked: v.fill === value, on: { change: () => change({ fill: value }, { push: true }) } }),
    el("span", { text: t(`fill.${value}`) })));
  const shows = ["points", "parks", "labels", "clusters"].map((name) => el("label", { class: "line" },
    el("input", { type: "checkbox", checked: v[name], on: { change: (event) => change({ [name]: event.target.checked }) } }),
    el("span", { text: t(`layers.${name}`) })));
  const bases = BASES.filter((b) => b === "none" || atlas.start.tianditu_key).map((value) => el("label", { class: "line" },
    el("input", { type: "radio", name: "base", value, checked: v.base === value, on: { change: () => change({ base: value }) } }),
    el("span", { text: t(`base.${value}`) })));
  return [
    el("fieldset", {}, el("legend", { text: t("layers.fill") }), fills),
    el("fieldset", {}, el("legend", { text: t("layers.show") }), shows),
    el("p", { class: "hint", id: "clusters-note", "aria-live": "polite" }),
    bases.length > 1 ? el("fieldset", {}, el("legend", { text: t("layers.base") }), bases) : null,
  ];
}

let base = null;
function showBase() {
  base?.forEach((layer) => layer.remove());
  base = null;
  const key = atlas.start.tianditu_key;
  if (view().base !== "tianditu" || !key) return;
  const tiles = (name) => L.tileLayer(
    `https://t{s}.tianditu.gov.cn/${name}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=${name}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=${encodeURIComponent(key)}`,
    { subdomains: "01234567", maxZoom: 18, attribution: "© 国家地理信息公共服务平台 天地图", crossOrigin: "anonymous" });
  base = [tiles("vec"), tiles("cva")].map((layer) => layer.addTo(stage.map));
}

export function startLayers() {
  drawLegend();
  if (view().clusters) showClusters();
  if (view().base !== "none") showBase();
}

onChange((next, changed) => {
  if (changed.has("base")) { showBase(); creditLine(); recolour(last); }
  if (changed.has("lang") || changed.has("fill")) drawLegend();
  if (changed.has("clusters") || (next.clusters && (changed.has("sectors") || changed.has("lang")))) showClusters();
});

const ground = () => (base ? "rgba(248,246,241,0)" : "#F8F6F1");

/** Colour the districts anew from the counts of the filter. */
export async function recolour(now) {
  last = now || last;
  const v = view();
  if (!last?.counts || v.fill === "none") colourAreas({ of: ground });
  else if (v.fill === "count") byCount();
  else if (v.fill === "leading") byLeading();
  else if (v.fill === "stagger") await byStagger();
  drawLegend();
}

let classes = [];
function byCount() {
  const values = [...last.counts].filter(([code]) => code).map(([, e]) => e.total).filter((n) => n > 0).sort((a, b) => a - b);
  const cuts = [0.2, 0.4, 0.6, 0.8].map((q) => values[Math.floor(q * (values.length - 1))] || 0);
  classes = cuts;
  colourAreas({
    of: (code) => {
      const n = last.counts.get(code)?.total || 0;
      return n ? RAMP[cuts.filter((c) => n > c).length] : "hatch";
    },
    note: (code) => ` · ${t("list.count", { n: whole(last.counts.get(code)?.total || 0) })}`,
  });
}

function leadingField(code) {
  const entry = last.counts.get(code);
  if (!entry || !entry.total) return null;
  let best = -1;
  entry.fields.forEach((n, i) => { if (n > (best < 0 ? 0 : entry.fields[best])) best = i; });
  return best < 0 ? null : atlas.fields[best];
}

function byLeading() {
  colourAreas({
    of: (code) => {
      const field = leadingField(code);
      return field ? `${field.colour}88` : "hatch";
    },
    note: (code) => ` · ${nameOf(leadingField(code))}`,
  });
}

async function byStagger() {
  const region = view().city || "辽宁";
  let index;
  try {
    index = await staggerIndex(region);
  } catch (error) {
    byId("map-status").textContent = error.message;
    colourAreas({ of: ground });
    return;
  }
  if (view().fill !== "stagger") return;
  colourAreas({
    of: (code) => {
      const value = index.get(code);
      return value === undefined || value === null ? "hatch" : staggerColour(value);
    },
    note: (code) => {
      if (!index.has(code)) return "";
      return ` · ${t("stagger.index")} ${index.get(code) === null ? t("verdict.too few to say") : decimal(index.get(code))}`;
    },
  });
}

const STAGGER_CUTS = [0.2, 0.35, 0.5, 0.65];
/** Return the colour of an index: brown = alike, blue = staggered. */
export const staggerColour = (value) => STAGGER_RAMP[STAGGER_CUTS.filter((c) => value > c).length];

// --- legend ---------------------------------------------------------------------------------------

let legendOpen = null;
addEventListener("resized", () => drawLegend());

function drawLegend() {
  const v = view();
  const swatch = (colour, text) => el("li", {}, el("span", { class: colour === "hatch" ? "swatch hatched" : "swatch", style: colour === "hatch" ? {} : { "background-color": colour } }), el("span", { text }));
  const marks = atlas.fields.map((f) => el("li", {}, markImage(f.shape, f.colour), el("span", { text: nameOf(f) })));
  const notes = [
    el("li", {}, markImage("circle", "#555", { r: 6, strong: true }), el("span", { text: t("legend.anchor") })),
    el("li", {}, markImage("circle", "#555", { r: 3.4 }), el("span", { text: t("legend.firm") })),
    el("li", {}, markImage("circle", "#555", { r: 5, hollow: true }), el("span", { text: t("legend.hollow") })),
    el("li", {}, el("span", { class: "ring", text: "12" }), el("span", { text: t("legend.stack") })),
    el("li", {}, el("span", { class: "park-mark" }), el("span", { text: t("legend.park") })),
  ];
  let areas = [];
  if (v.fill === "count" && classes.length) {
    const edges = [0, ...classes];
    const distinct = RAMP.map((colour, i) => [colour, (edges[i] || 0) + 1, i < 4 ? edges[i + 1] : null]).filter(([, from, to]) => to === null || to >= from);
    areas = distinct.map(([colour, from, to]) => swatch(colour, to === null ? `≥ ${whole(from)}` : from === to ? whole(from) : `${whole(from)}–${whole(to)}`));
    areas.push(swatch("hatch", t("legend.nodata")));
  } else if (v.fill === "leading") {
    areas = [...atlas.fields.map((f) => swatch(`${f.colour}88`, nameOf(f))), swatch("hatch", t("legend.nodata"))];
  } else if (v.fill === "stagger") {
    const edges = [0, ...STAGGER_CUTS, 1];
    areas = [...STAGGER_RAMP.map((colour, i) => swatch(colour, `${edges[i].toFixed(2)}–${edges[i + 1].toFixed(2)}`)), swatch("hatch", t("verdict.too few to say"))];
  }
  // Open where there is room for it, unless the reader chose otherwise.
  const open = legendOpen ?? byId("stage").clientWidth > 820;
  const summary = el("summary", { text: t("legend"), on: { click: () => { legendOpen = !byId("legend").firstChild.open; } } });
  fill(byId("legend"), el("details", { open, lang: lang() === "en" ? "en" : "zh-CN" }, summary,
    areas.length ? [el("p", { class: "legend-head", text: t(`fill.${v.fill}`) }), el("ul", {}, areas)] : null,
    el("ul", {}, marks), el("ul", { class: "notes" }, notes)));
}
