// Search by name, alias or pinyin: a box with a list below it, worked with the arrow keys.
import { getJson } from "./api.js";
import { atlas } from "./data.js";
import { openDetail } from "./detail.js";
import { byId, el, fill, later, say } from "./dom.js";
import { goTo, showDistricts } from "./map.js";
import { change } from "./state.js";
import { lang, nameOf, t } from "./text.js";

let aborter = null;
let hits = [];
let active = -1;

/** Build the search box. */
export function startSearch() {
  const input = el("input", {
    id: "q", type: "search", autocomplete: "off", role: "combobox", "aria-autocomplete": "list",
    "aria-expanded": "false", "aria-controls": "hits", "aria-label": t("search"), placeholder: t("search.hint"),
    maxlength: "100",
    on: { input: later(() => ask(input.value), 130), keydown: (event) => keys(event, input), blur: () => setTimeout(hide, 200), focus: () => { if (hits.length) show(); } },
  });
  const list = el("ul", { id: "hits", role: "listbox", "aria-label": t("search"), hidden: true });
  fill(byId("search"), input, list);
}

async function ask(text) {
  aborter?.abort();
  const q = text.trim();
  if (!q) { hits = []; hide(); return; }
  aborter = new AbortController();
  try {
    const found = await getJson("/v1/search", { q, limit: 12, lang: lang() }, aborter.signal);
    hits = found.items;
    draw(q);
  } catch (error) {
    if (error.name === "AbortError") return;
    hits = [];
    fill(byId("hits"), el("li", { class: "empty", text: error.message }));
    show();
  }
}

function draw(q) {
  active = -1;
  const items = hits.map((hit, i) => el("li", {
    id: `hit-${i}`, role: "option", "aria-selected": "false",
    on: { mousedown: (event) => event.preventDefault(), click: () => choose(i) },
  },
  el("span", { class: `kind kind-${hit.kind}`, text: t(`kind.${hit.kind}`) }),
  el("span", { class: "hit-name", text: titleOf(hit) }),
  el("span", { class: "hit-place", text: placeOf(hit) })));
  if (!items.length) items.push(el("li", { class: "empty", text: t("search.none", { q }) }));
  fill(byId("hits"), items);
  show();
  say(hits.length ? t("search.count", { n: hits.length }) : t("search.none", { q }));
}

function titleOf(hit) {
  if (hit.kind === "sector" && lang() === "en") return hit.name_en || hit.name;
  if (hit.kind === "district") return nameOf(atlas.districts.get(hit.id)) || hit.name;
  if (hit.kind === "city") return nameOf(atlas.cities.get(hit.name)) || hit.name;
  return hit.name;
}

function placeOf(hit) {
  const district = hit.kind !== "district" && hit.adcode ? nameOf(atlas.districts.get(hit.adcode)) : "";
  const city = hit.city && hit.kind !== "city" ? nameOf(atlas.cities.get(hit.city)) : "";
  return [city, district].filter(Boolean).join(" ");
}

function keys(event, input) {
  if (event.key === "Escape") { hide(); return; }
  if (event.key === "Enter" && hits.length) { event.preventDefault(); choose(active < 0 ? 0 : active); return; }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  event.preventDefault();
  if (!hits.length) return;
  show();
  active = (active + (event.key === "ArrowDown" ? 1 : -1) + hits.length) % hits.length;
  for (const [i, item] of [...byId("hits").children].entries()) item.setAttribute("aria-selected", String(i === active));
  input.setAttribute("aria-activedescendant", `hit-${active}`);
  byId(`hit-${active}`).scrollIntoView({ block: "nearest" });
}

function choose(i) {
  const hit = hits[i];
  hide();
  byId("q").value = titleOf(hit);
  if (hit.kind === "enterprise") {
    if (hit.lon !== null) goTo(hit.lon, hit.lat);
    openDetail(`firm:${hit.id}`);
  } else if (hit.kind === "park") {
    if (hit.lon !== null) goTo(hit.lon, hit.lat, 11);
    openDetail(`park:${hit.id}`);
  } else if (hit.kind === "district") {
    showDistricts([hit.id]);
    openDetail(`district:${hit.id}`);
  } else if (hit.kind === "city") {
    const own = atlas.start.districts.filter((d) => d.city === hit.name).map((d) => d.adcode);
    showDistricts(own);
    change({ city: hit.name, adcode: "", tab: "districts" }, { push: true });
  } else change({ sectors: [hit.id], tab: "filters" }, { push: true });
}

function show() {
  byId("hits").hidden = false;
  byId("q").setAttribute("aria-expanded", "true");
}

function hide() {
  const list = byId("hits");
  if (!list) return;
  list.hidden = true;
  byId("q").setAttribute("aria-expanded", "false");
  byId("q").removeAttribute("aria-activedescendant");
}
