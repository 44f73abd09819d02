// Start: first the shapes, so that there is a map at once; then the firms; panels as they are opened.
import { breathe } from "./canvas_layer.js";
import { loadFirms, loadStart, atlas, countByDistrict, filterFirms } from "./data.js";
import { startDetail, openDetail } from "./detail.js";
import { byId, el, fill, say, toast } from "./dom.js";
import { startLayers, recolour } from "./layers.js";
import { buildMap, creditLine, goToView, showFirms, stage } from "./map.js";
import { startSearch } from "./search.js";
import { startSide, refreshSide } from "./side.js";
import { change, onChange, startState, view } from "./state.js";
import { lang, t, whole } from "./text.js";
import { startTime, refreshTime } from "./time.js";
import { startTools } from "./tools.js";

export const now = { shown: null, counts: null, count: 0, placed: 0 };

const FILTERS = ["sectors", "none", "origin", "city", "adcode", "zone", "precision", "years"];

function words() {
  document.documentElement.lang = lang() === "en" ? "en" : "zh-CN";
  document.title = t("title");
  byId("title").textContent = t("title");
  byId("skip").textContent = t("skip");
  byId("side").setAttribute("aria-label", t("side"));
  byId("detail").setAttribute("aria-label", t("detail"));
  byId("tools").setAttribute("aria-label", t("tools"));
  byId("stage").setAttribute("aria-label", t("map.label"));
  const toggle = byId("side-toggle");
  toggle.setAttribute("aria-label", t("side.toggle"));
  toggle.title = t("side.toggle");
}

let round = 0;
/** Filter anew and show the result everywhere: the map first, then the lists, a task each. */
async function refresh() {
  if (!atlas.firms) return;
  round += 1;
  const mine = round;
  const began = performance.now();
  Object.assign(now, filterFirms(view()));
  status();
  stage.points.once("drawn", () => performance.measure("drawn", { start: began }));
  showFirms(now.shown);
  performance.measure("filter", { start: began });
  await breathe();
  if (mine !== round) return;
  now.counts = countByDistrict(now.shown);
  for (const show of [recolour, refreshSide, refreshTime]) {
    await breathe();
    if (mine !== round) return;
    show(now);
  }
  dispatchEvent(new Event("counted"));
  performance.measure("refresh", { start: began });
}

function status() {
  const key = !view().points ? "off" : now.count ? (now.placed ? "" : "noplace") : "none";
  const text = t(key ? `map.status.${key}` : "map.status", { n: whole(now.count), placed: whole(now.placed) });
  byId("map-status").textContent = text;
}

function everything() {
  words();
  startTools();
  startSearch(pick);
  startSide(now);
  startLayers();
  startTime();
  refresh();
}

/** Open what was clicked or found. */
function pick(found) {
  if (found.firms) {
    const fid = atlas.firms.fid[found.firms[0]];
    openDetail(found.firms.length > 1 ? `stack:${fid}` : `firm:${fid}`);
  } else if (found.park) openDetail(`park:${found.park.park_id}`);
  else if (found.adcode) openDetail(`district:${found.adcode}`);
}

function sideToggle() {
  const button = byId("side-toggle");
  const narrow = matchMedia("(max-width: 900px)").matches;
  const show = (open) => {
    document.body.classList.toggle("side-closed", !open);
    button.setAttribute("aria-expanded", String(open));
    stage.map?.invalidateSize({ animate: false });
  };
  show(!narrow);
  button.addEventListener("click", () => show(document.body.classList.contains("side-closed")));
}

async function begin() {
  startState();
  words();
  byId("map-status").textContent = t("loading");
  const start = await loadStart();
  if (!view().lang && start.lang === "en") change({ lang: "en" });
  words();
  sideToggle();
  const firms = loadFirms();
  firms.catch(() => {}); // told below, once there is a map to tell it on
  await buildMap(pick);
  stage.areas.once("drawn", () => performance.mark("first-picture"));
  await breathe();
  startTools();
  startSearch(pick);
  await breathe();
  startSide(now);
  startLayers();
  byId("map-status").textContent = t("loading.firms");
  document.body.classList.add("ready");
  await firms;
  startDetail();
  startTime();
  await refresh();
  document.body.classList.add("complete");
  performance.mark("complete");
  say(byId("map-status").textContent);
}

onChange((next, changed, stepped) => {
  if (changed.has("lang")) { everything(); creditLine(); }
  else if (FILTERS.some((name) => changed.has(name))) refresh();
  else if (["points"].some((name) => changed.has(name))) { showFirms(now.shown); status(); }
  if (changed.has("fill")) recolour(now);
  if (changed.has("parks")) { stage.parks.redraw(); stage.names.redraw(); }
  if (changed.has("labels")) stage.names.redraw();
  if (stepped && ["lon", "lat", "zoom"].some((name) => changed.has(name))) goToView();
});

begin().catch((error) => {
  const again = el("button", { type: "button", text: t("retry"), on: { click: () => location.reload() } });
  fill(byId("map-status"), `${t("error.start")} ${error.message} `, again);
  toast(error.message);
  document.body.classList.add("failed");
});
