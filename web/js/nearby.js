// Firms near a place, firm or park, with role and reasons; the API call that found them can be copied.
/* global L */
import { address, getJson } from "./api.js";
import { atlas } from "./data.js";
import { copy, el, fill, say, toast } from "./dom.js";
import { askPlace, stage } from "./map.js";
import { change } from "./state.js";
import { action, choose, opens, placeName, section, sectorOptions, sectorTag } from "./parts.js";
import { HOLLOW } from "./symbols.js";
import { apart, lang, t, whole } from "./text.js";

const RADII = [1, 2, 5, 10, 20, 30, 50, 100, 200];
const COUNTS = [10, 20, 50, 100, 200];
const CONFIDENCES = [0, 0.3, 0.5, 0.7, 0.9];

/** Read "at=123.4,41.8&radius=20&k=20&role=supplier&sectors=robotics&confidence=0.5" (or firm=, park=). */
export function readQuery(text) {
  const given = new URLSearchParams(text);
  const number = (name, fallback) => (Number.isFinite(Number(given.get(name))) && given.get(name) ? Number(given.get(name)) : fallback);
  const at = (given.get("at") || "").split(",").map(Number);
  return {
    at: at.length === 2 && at.every(Number.isFinite) ? at : null,
    firm: given.get("firm") || "", park: given.get("park") || "",
    radius: number("radius", 20), k: number("k", 20), confidence: number("confidence", 0),
    role: ["any", "supplier", "customer", "peer"].includes(given.get("role")) ? given.get("role") : "any",
    sectors: given.get("sectors") || "",
  };
}

function writeQuery(q) {
  const out = new URLSearchParams();
  if (q.firm) out.set("firm", q.firm);
  else if (q.park) out.set("park", q.park);
  else if (q.at) out.set("at", q.at.map((n) => n.toFixed(4)).join(","));
  if (q.radius !== 20) out.set("radius", q.radius);
  if (q.k !== 20) out.set("k", q.k);
  if (q.role !== "any") out.set("role", q.role);
  if (q.sectors) out.set("sectors", q.sectors);
  if (q.confidence) out.set("confidence", q.confidence);
  return out.toString().replaceAll("%2C", ",");
}

/** Return the path and query of the API call for a query. */
export function callOf(q) {
  return address("/v1/nearby", {
    lon: q.firm || q.park || !q.at ? "" : q.at[0], lat: q.firm || q.park || !q.at ? "" : q.at[1],
    enterprise_id: q.firm, park_id: q.park,
    radius_m: q.radius * 1000, k: q.k, role: q.role === "any" ? "" : q.role, sectors: q.sectors,
    min_confidence: q.confidence || "", lang: lang() === "en" ? "en" : "",
  });
}

/** Fill `body` with the form, the call and its answer. */
export async function nearbyPanel(text, body, signal) {
  const q = readQuery(text);
  if (!q.at && !q.firm && !q.park) {
    const c = stage.map.getCenter();
    q.at = [c.lng, c.lat];
  }
  const again = (patch) => change({ open: `nearby:${writeQuery({ ...q, ...patch })}` });
  const group = L.layerGroup().addTo(stage.map);
  const results = el("div", { id: "nearby-results", "aria-live": "polite" }, el("p", { class: "loading", text: t("loading") }));
  fill(body, el("h2", { text: t("nearby") }), form(q, again), callBox(q), results);
  const needs = q.role !== "any" && !q.firm && !q.park && !q.sectors;
  if (needs) fill(results, el("p", { class: "hint", role: "alert", text: t("nearby.needsector") }));
  else await answer(q, results, group, signal);
  return () => group.remove();
}

function form(q, again) {
  const sector = el("select", { id: "near-sector", on: { change: (e) => again({ sectors: e.target.value }) } }, sectorOptions(t("filter.all")));
  sector.value = q.sectors.split(",")[0] || "";
  const asks = q.role !== "any" && !q.firm && !q.park;
  return el("div", { class: "form" },
    el("div", { class: "row spread" }, el("span", { class: "strong", id: "near-centre", text: centreText(q) }),
      el("span", {}, action(t("nearby.pick"), () => askPlace((lon, lat) => again({ at: [lon, lat], firm: "", park: "" }))),
        " ", action(t("nearby.here"), () => { const c = stage.map.getCenter(); again({ at: [c.lng, c.lat], firm: "", park: "" }); }))),
    el("div", { class: "grid2" },
      choose(t("nearby.radius"), RADII.map((r) => [String(r), `${r} km`]), String(q.radius), (v) => again({ radius: Number(v) }), { id: "near-radius" }),
      choose(t("nearby.k"), COUNTS.map((k) => [String(k), t("nearby.firms", { n: k })]), String(q.k), (v) => again({ k: Number(v) }), { id: "near-k" }),
      choose(t("nearby.role"), ["any", "supplier", "customer", "peer"].map((r) => [r, t(`role.${r}`)]), q.role, (v) => again({ role: v }), { id: "near-role" }),
      choose(t("nearby.confidence"), CONFIDENCES.map((c) => [String(c), c ? c.toFixed(1) : t("role.any")]), String(q.confidence), (v) => again({ confidence: Number(v) }), { id: "near-confidence" })),
    el("label", { class: "select" }, el("span", { text: t(asks ? "nearby.asks" : "nearby.sectors") }), sector));
}

function centreText(q) {
  if (q.park) return atlas.parks.get(q.park)?.name || q.park;
  if (q.firm) return q.firm;
  return q.at.map((n) => n.toFixed(4)).join(", ");
}

function callBox(q) {
  const url = new URL(callOf(q), location.href).href;
  const code = el("code", { id: "near-call", text: url, tabindex: "0" });
  const button = action(t("nearby.copy"), async () => toast((await copy(url, code)) ? t("nearby.copied") : t("nearby.notcopied")), { id: "near-copy" });
  return section(t("nearby.call"), el("div", { class: "call" }, code, button));
}

async function answer(q, results, group, signal) {
  const found = await getJson(callOf(q), {}, signal);
  const centre = [found.lat, found.lon];
  if (found.subject) document.getElementById("near-centre").textContent = found.subject.name;
  L.circle(centre, { radius: q.radius * 1000, color: "#22305F", weight: 1.5, dashArray: "6 5", fillOpacity: 0.03, interactive: false }).addTo(group);
  L.circleMarker(centre, { radius: 6, color: "#fff", weight: 2, fillColor: "#B3123F", fillOpacity: 1, interactive: false }).addTo(group);
  const box = L.latLng(centre).toBounds(Math.max(2000, ...found.items.map((i) => i.distance_m * 2.1)));
  if (!stage.map.getBounds().contains(box) || stage.map.getZoom() < 7) stage.map.fitBounds(box, { maxZoom: 14, animate: false });
  const rows = found.items.map((item, i) => {
    const icon = L.divIcon({ className: `near-number${HOLLOW.has(item.precision) ? " hollow" : ""}`, html: el("span", { text: String(i + 1) }), iconSize: [20, 20] });
    if (i < 100) L.marker([item.lat, item.lon], { icon, keyboard: false, interactive: false }).addTo(group);
    return resultRow(item);
  });
  const count = t("nearby.found", { n: whole(found.count) });
  fill(results, rows.length
    ? [el("p", { class: "strong", id: "near-count", text: count }), el("ol", { class: "firms near" }, rows)]
    : el("p", { class: "empty", id: "near-count", text: t("nearby.none") }));
  say(rows.length ? count : t("nearby.none"));
}

function resultRow(item) {
  const why = item.why.filter((w) => w.code !== "distance").slice(0, 2);
  return el("li", { data: { id: item.enterprise_id } },
    el("div", { class: "row spread" }, opens(`firm:${item.enterprise_id}`, item.name), el("span", { class: "far", text: apart(item) })),
    el("div", { class: "tags small" }, item.role !== "other" ? el("span", { class: `role role-${item.role}`, text: t(`role.${item.role}`) }) : null, item.sectors.slice(0, 3).map(sectorTag)),
    why.map((w) => el("p", { class: "why", text: w.text })),
    el("small", {}, placeName(item.city, item.adcode), HOLLOW.has(item.precision) ? ` · ${t("nearby.uncertain", { precision: t(`precision.${item.precision}`) })}` : ""));
}
