// Staggered development of a region: the matrix of overlaps, linked with the map both ways.
/* global L */
import { atlas } from "./data.js";
import { el, fill } from "./dom.js";
import { drivers, verdict } from "./district.js";
import { onHoverDistrict, outline, showDistricts, stage } from "./map.js";
import { action, choose, districtName, opens, section, table } from "./parts.js";
import { openDetail } from "./detail.js";
import { staggerOf } from "./stagger_data.js";
import { change, view } from "./state.js";
import { saveCsv } from "./table.js";
import { decimal, nameOf, percent, t, whole } from "./text.js";

const BASES = ["firms", "anchors", "registry", "priorities"];
const TABLE_MOST = 20; // wider matrices are drawn on a canvas
const RAMP = ["#F8F6F1", "#FBF3D5", "#F2D7A8", "#E3AE62", "#C17A2A", "#8C4A0A"];

/** Return the colour of an overlap of 0..1. */
const colourOf = (overlap) => (overlap === undefined ? "#fff" : RAMP[Math.min(RAMP.length - 1, Math.floor(overlap * RAMP.length))]);

/** Fill `body` with the analysis of "region" or "region,basis". */
export async function staggerPanel(argument, body, signal) {
  const [region = "沈阳市", basis = "firms"] = argument.split(",");
  const own = atlas.start.districts.filter((d) => d.city === region);
  const answer = await staggerOf(region, BASES.includes(basis) ? basis : "firms");
  if (signal.aborted) return null;
  if (own.length && !own.every((d) => stage.map.getBounds().contains([d.lat, d.lon]))) showDistricts(own.map((d) => d.adcode));
  const group = L.layerGroup().addTo(stage.map);
  const filled = view().fill;
  if (filled !== "stagger") change({ fill: "stagger", ...(own.length ? { city: region, adcode: "" } : { city: "", adcode: "" }) });
  const matrix = matrixView(answer);
  const off = onHoverDistrict((adcode) => matrix.highlight(adcode));
  drawLinks(answer, group);
  fill(body, el("h2", { text: t("stagger") }), head(region, basis), summary(answer),
    section(t("stagger.matrix"), el("p", { class: "hint", text: t("stagger.matrix.note") }), matrix.node, matrix.readout, ramp()),
    section(t("stagger.pairs"), pairs(answer)),
    section(t("stagger.districts"), districts(answer)),
    el("div", { class: "actions" }, action(t("download.table"), () => saveCsv(`clusteratlas-stagger.csv`, Object.keys(answer.pairs[0] || {}), answer.pairs.map((p) => Object.values(p)))),
      action(t("whatif"), () => openDetail(`whatif:${own.length ? region : "沈阳市"}`))));
  return () => {
    off();
    group.remove();
    outline(new Map());
    if (filled !== "stagger" && view().fill === "stagger") change({ fill: filled });
  };
}

function head(region, basis) {
  const go = (r, b) => change({ open: `stagger:${r},${b}`, ...(r === "辽宁" ? { city: "" } : { city: r, adcode: "" }) }, { push: true });
  return el("div", { class: "grid2 no-print" },
    choose(t("stagger.region"), [...atlas.start.cities.map((c) => [c.zh, nameOf(c)]), ["辽宁", t("filter.anycity")]], region, (r) => go(r, basis), { id: "stagger-region" }),
    choose(t("stagger.basis"), BASES.map((b) => [b, t(`basis.${b}`)]), basis, (b) => go(region, b), { id: "stagger-basis" }));
}

function summary(a) {
  const chance = a.null_mean === null || a.null_mean === undefined ? t("stagger.nonull") : t("stagger.null", { low: decimal(a.null_low), high: decimal(a.null_high), n: whole(a.simulations) });
  return el("div", { class: "figures" },
    el("div", { class: "figure wide" }, el("b", { text: decimal(a.index) }), el("span", { text: t("stagger.index") }), el("small", { text: t("stagger.index.note") })),
    el("div", { class: "figure wide" }, el("b", { class: "words", text: verdict(a.verdict) || "—" }), el("small", { text: chance })));
}

function lookup(answer) {
  const of = new Map();
  for (const pair of answer.pairs) { of.set(`${pair.a},${pair.b}`, pair); of.set(`${pair.b},${pair.a}`, pair); }
  return of;
}

/** Return the matrix: {node, readout, highlight(adcode)}. */
function matrixView(answer) {
  const pairOf = lookup(answer);
  const codes = answer.districts.map((d) => d.adcode);
  const readout = el("p", { class: "readout", "aria-live": "polite", text: t("stagger.hover") });
  const tell = (a, b) => {
    const pair = a === b ? null : pairOf.get(`${a},${b}`);
    outline(new Map([[a, "first"], ...(a === b ? [] : [[b, "second"]])]));
    fill(readout, el("b", { text: a === b ? districtName(a) : `${districtName(a)} × ${districtName(b)}` }),
      a === b ? "" : pair ? [` · ${t("overlap.firms")} ${percent(pair.overlap)} `, drivers(pair.drivers)] : ` · ${t("legend.nodata")}`);
  };
  const parts = { codes, pairOf, tell };
  return { ...(codes.length <= TABLE_MOST ? tableMatrix(parts) : canvasMatrix(parts)), readout };
}

function tableMatrix({ codes, pairOf, tell }) {
  const rows = codes.map((a) => el("tr", { data: { row: a } },
    el("th", { scope: "row" }, opens(`district:${a}`, districtName(a), { on: { click: () => openDetail(`district:${a}`), mouseenter: () => tell(a, a), focus: () => tell(a, a) } })),
    codes.map((b) => {
      const pair = a === b ? null : pairOf.get(`${a},${b}`);
      const overlap = pair?.overlap;
      return el("td", { data: { column: b }, class: a === b ? "self" : overlap > 0.66 ? "dark" : null, style: a === b ? {} : { "background-color": colourOf(overlap) }, on: { mouseenter: () => tell(a, b) } },
        a === b ? "" : pair ? el("button", { type: "button", class: "cell", "aria-label": `${districtName(a)} × ${districtName(b)} ${percent(overlap)}`, text: String(Math.round(overlap * 100)), on: { click: () => openDetail(`compare:${a},${b}`), focus: () => tell(a, b) } }) : "·");
    })));
  const node = el("div", { class: "table-frame", tabindex: "0", role: "region", "aria-label": t("stagger.matrix") }, el("table", { class: "matrix", on: { mouseleave: () => outline(new Map()) } },
    el("caption", { class: "visually-hidden", text: t("stagger.matrix") }),
    el("thead", {}, el("tr", {}, el("td", {}), codes.map((code) => el("th", { scope: "col" }, el("span", { text: districtName(code) }))))), el("tbody", {}, rows)));
  const highlight = (adcode) => {
    for (const cell of node.querySelectorAll(".lit")) cell.classList.remove("lit");
    if (!adcode) return;
    node.querySelector(`tr[data-row="${CSS.escape(adcode)}"]`)?.classList.add("lit");
    for (const cell of node.querySelectorAll(`td[data-column="${CSS.escape(adcode)}"]`)) cell.classList.add("lit");
  };
  return { node, highlight };
}

function canvasMatrix({ codes, pairOf, tell }) {
  const size = 560;
  const step = size / codes.length;
  const canvas = el("canvas", { width: String(size), height: String(size), class: "matrix-canvas", role: "img", "aria-label": t("stagger.matrix.long", { n: codes.length }) });
  const c = canvas.getContext("2d");
  const draw = (lit) => {
    codes.forEach((a, i) => codes.forEach((b, k) => {
      c.fillStyle = i === k ? "#ccc" : colourOf(pairOf.get(`${a},${b}`)?.overlap);
      c.fillRect(k * step, i * step, step, step);
    }));
    const at = codes.indexOf(lit);
    if (at < 0) return;
    c.strokeStyle = "#22305F";
    c.lineWidth = 2;
    c.strokeRect(0, at * step, size, step);
    c.strokeRect(at * step, 0, step, size);
  };
  const where = (event) => [event.offsetY, event.offsetX].map((v) => codes[Math.min(codes.length - 1, Math.max(0, Math.floor((v / canvas.clientWidth) * codes.length)))]);
  canvas.addEventListener("mousemove", (event) => tell(...where(event)));
  canvas.addEventListener("mouseleave", () => outline(new Map()));
  canvas.addEventListener("click", (event) => { const [a, b] = where(event); if (a !== b) openDetail(`compare:${a},${b}`); });
  draw("");
  return { node: canvas, highlight: draw };
}

function ramp() {
  return el("div", { class: "ramp" }, el("span", { text: t("ramp.low") }), RAMP.map((colour) => el("i", { style: { "background-color": colour } })), el("span", { text: t("ramp.high") }));
}

function pairs(answer) {
  if (!answer.pairs.length) return el("p", { class: "empty", text: t("stagger.nopairs") });
  return table(t("stagger.pairs"), [t("stagger.pair"), [t("overlap.firms"), "num"], t("overlap.drivers")], answer.pairs.slice(0, 12).map((p) => [
    opens(`compare:${p.a},${p.b}`, `${districtName(p.a)} × ${districtName(p.b)}`), percent(p.overlap), drivers(p.drivers)]));
}

function districts(answer) {
  const rows = [...answer.districts].sort((a, b) => (a.index ?? 9) - (b.index ?? 9)).slice(0, 40);
  return table(t("stagger.districts"), [t("kind.district"), [t("stagger.index"), "num"], [t("stated.n"), "num"], t("stagger.verdict")], rows.map((d) => [
    opens(`district:${d.adcode}`, districtName(d.adcode)), decimal(d.index), whole(d.total), verdict(d.verdict) || "—"]));
}

function drawLinks(answer, group) {
  for (const pair of answer.pairs.slice(0, 8)) {
    const [a, b] = [pair.a, pair.b].map((code) => atlas.districts.get(code));
    if (!a || !b) continue;
    L.polyline([[a.lat, a.lon], [b.lat, b.lon]], { color: "#B3123F", weight: 1 + pair.overlap * 5, opacity: 0.75, interactive: false }).addTo(group);
  }
}
