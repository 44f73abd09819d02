// The tools at the top: nearby, stagger, share, download, language, API.
import { post } from "./api.js";
import { atlas } from "./data.js";
import { openDetail } from "./detail.js";
import { byId, copy, el, fill, save, say, toast } from "./dom.js";
import { now } from "./main.js";
import { mapPicture } from "./picture.js";
import { stage } from "./map.js";
import { change, view } from "./state.js";
import { lang, t, whole } from "./text.js";

/** Build the row of tools. */
export function startTools() {
  const nearby = el("button", { type: "button", id: "open-nearby", text: t("nearby"), on: { click: () => openNearbyHere() } });
  const stagger = el("button", { type: "button", id: "open-stagger", text: t("stagger"), on: { click: () => openDetail(`stagger:${view().city || "沈阳市"}`) } });
  const share = el("button", { type: "button", id: "share", text: t("share"), on: { click: shareLink } });
  const language = el("button", {
    type: "button", id: "language", text: t("lang.other"), lang: lang() === "en" ? "zh-CN" : "en",
    on: { click: () => { change({ lang: lang() === "en" ? "zh" : "en" }); byId("language").focus(); } },
  });
  const docs = el("a", { href: "/docs", class: "tool-link", text: t("docs") });
  fill(byId("tools"), nearby, stagger, downloads(), share, language, docs);
}

function openNearbyHere() {
  const c = stage.map.getCenter();
  openDetail(`nearby:at=${c.lng.toFixed(4)},${c.lat.toFixed(4)}`);
}

async function shareLink() {
  toast((await copy(location.href)) ? t("share.done") : t("share.failed"));
}

function downloads() {
  const box = el("input", { type: "checkbox", id: "in-view" });
  const item = (key, run) => el("li", {}, el("button", { type: "button", id: `get-${key}`, text: t(`download.${key}`), on: { click: () => { menu.open = false; run(box.checked); } } }));
  const menu = el("details", { class: "menu", id: "downloads", on: { keydown: (event) => { if (event.key === "Escape") { menu.open = false; event.preventDefault(); } } } },
    el("summary", { text: t("download") }),
    el("div", { class: "menu-body" },
      el("label", { class: "line" }, box, el("span", { text: t("download.view") })),
      el("ul", {}, item("csv", (inView) => rows("csv", inView)), item("geojson", (inView) => rows("geojson", inView)), item("png", picture))));
  return menu;
}

/** Return the numbers of the shown firms, or of those within the map's frame. */
export function shownFids(inView) {
  const f = atlas.firms;
  if (!f || !now.shown) return [];
  const box = stage.map.getBounds();
  const [west, south, east, north] = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((d) => d * 1e6);
  const fids = [];
  for (let i = 0; i < f.n; i += 1) {
    if (!now.shown[i]) continue;
    if (inView && !(f.lon[i] >= west && f.lon[i] <= east && f.lat[i] >= south && f.lat[i] <= north)) continue;
    fids.push(f.fid[i]);
  }
  return fids;
}

async function rows(format, inView) {
  const fids = shownFids(inView);
  if (!fids.length) { toast(t("download.none")); return; }
  try {
    say(t("loading"));
    const response = await post("/v1/page/rows", { fids, format });
    save(`clusteratlas-firms.${format}`, await response.blob());
    toast(t("download.done", { n: whole(fids.length) }));
  } catch (error) {
    toast(error.message);
  }
}

async function picture() {
  try {
    save("clusteratlas-map.png", await mapPicture());
  } catch (error) {
    toast(error.message);
  }
}
