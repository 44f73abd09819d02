// Detected clusters of the sector that is chosen, as outlines with their significance.
/* global L */
import { getJson } from "./api.js";
import { atlas } from "./data.js";
import { byId, el, say } from "./dom.js";
import { stage } from "./map.js";
import { view } from "./state.js";
import { decimal, nameOf, t, whole } from "./text.js";

let group = null;
let aborter = null;

/** Draw the clusters if the layer is on and one sector is chosen; the note below the switch says what came. */
export async function showClusters() {
  aborter?.abort();
  group?.remove();
  group = null;
  if (!view().clusters) { note(""); return; }
  const [sector] = view().sectors;
  if (view().sectors.length !== 1 || !atlas.sectorIndex.has(sector)) { note(t("clusters.pick")); return; }
  note(t("loading"));
  aborter = new AbortController();
  try {
    const found = await getJson("/v1/clusters", { sector }, aborter.signal);
    group = L.layerGroup(found.clusters.map((c) => outlineOf(c, sector)).filter(Boolean)).addTo(stage.map);
    const significant = found.clusters.filter((c) => c.significant).length;
    note(t(found.clusters.length ? "clusters.found" : "clusters.none", { n: found.clusters.length, significant }));
  } catch (error) {
    if (error.name !== "AbortError") note(error.message);
  }
}

function note(text) {
  const place = byId("clusters-note");
  if (place) place.textContent = text;
  if (text) say(text);
}

function outlineOf(cluster, id) {
  if (!cluster.geometry) return null;
  const sector = atlas.sectors[atlas.sectorIndex.get(id)];
  const shape = L.geoJSON(cluster.geometry, {
    style: { color: sector.colour, weight: cluster.significant ? 2.6 : 1.6, dashArray: cluster.significant ? null : "5 4", fillOpacity: cluster.significant ? 0.14 : 0.05, fillColor: sector.colour },
  });
  const verdict = t(cluster.significant ? "clusters.significant" : "clusters.chance", { p: decimal(cluster.p_value, 2) });
  // A tooltip takes an element, so that the words stay words.
  shape.bindTooltip(() => el("span", { text: t("clusters.one", { name: nameOf(sector), n: whole(cluster.n), verdict }) }), { sticky: true });
  return shape;
}
