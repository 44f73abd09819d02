// The card of one firm, and the list of firms that share a point.
/* global L */
import { getJson } from "./api.js";
import { atlas, rowOfFid, rowsOf } from "./data.js";
import { el, fill } from "./dom.js";
import { now } from "./main.js";
import { goTo, stage } from "./map.js";
import { openDetail } from "./detail.js";
import { action, districtName, facts, opens, placeName, section, sectorTag } from "./parts.js";
import { HOLLOW } from "./symbols.js";
import { lang, t, whole } from "./text.js";

/** Fill `body` with the card of a firm, given by id or number. */
export async function firmCard(id, body, signal) {
  const firm = await getJson(`/v1/enterprises/${encodeURIComponent(id)}`, { lang: lang() }, signal);
  const placed = firm.lon !== null;
  const undo = placed ? markPlace(firm) : null;
  fill(body,
    el("p", { class: "kicker" }, `${t(`kind.${firm.kind || "enterprise"}`)} · ${t(`origin.${firm.origin}`)}`),
    el("h2", { text: firm.name }),
    el("p", { class: "where", text: [placeName(firm.city, firm.adcode), firm.zone].filter(Boolean).join(" · ") }),
    el("div", { class: "actions" },
      placed ? action(t("firm.zoom"), () => goTo(firm.lon, firm.lat, 14)) : null,
      placed ? action(t("firm.suppliers"), () => openDetail(`nearby:firm=${firm.enterprise_id}&role=supplier`), { id: "suppliers" }) : null,
      placed ? action(t("firm.customers"), () => openDetail(`nearby:firm=${firm.enterprise_id}&role=customer`), { id: "customers" }) : null,
      placed ? action(t("firm.peers"), () => openDetail(`nearby:firm=${firm.enterprise_id}&role=peer`)) : null),
    section(t("firm.sectors"), firm.sectors.length ? el("div", { class: "tags" }, firm.sectors.map(sectorTag)) : el("p", { class: "hint", text: t("firm.nosector") })),
    firm.products.length ? section(t("firm.products"), el("ul", { class: "products" }, firm.products.map((p) => el("li", { text: p })))) : null,
    section(t("firm.mentions"), mentions(firm.mentions)),
    section(t("firm.place"), place(firm)),
    more(firm),
    el("p", { class: "foot" }, el("a", { href: `/v1/enterprises/${encodeURIComponent(firm.enterprise_id)}`, target: "_blank", rel: "noopener", text: t("firm.raw") })));
  return undo;
}

function mentions(found) {
  if (!found.length) return el("p", { class: "hint", text: t("firm.nomentions") });
  return el("ul", { class: "quotes" }, found.map((m) => el("li", {},
    el("blockquote", { text: m.clause || m.text }),
    el("cite", { text: [documentName(m.document), m.section, m.line ? t("firm.line", { line: m.line }) : ""].filter(Boolean).join(" · ") }),
    m.sector ? [" ", sectorTag(m.sector)] : null)));
}

/** Return the title of a document as people cite it. */
export function documentName(id) {
  const known = t(`document.${id}`);
  return known.startsWith("document.") ? id : known;
}

function radius(metres) {
  return metres >= 1000 ? `${(metres / 1000).toFixed(metres < 10_000 ? 1 : 0)} km` : `${Math.round(metres)} m`;
}

function place(firm) {
  if (firm.lon === null) return el("p", { class: "uncertain", text: t("firm.unplaced") });
  const precise = t("firm.precise", { precision: t(`precision.${firm.precision}`).toLowerCase(), radius: radius(firm.radius_m || 0) });
  const uncertain = HOLLOW.has(firm.precision);
  return [
    facts([t("firm.address"), firm.address], [t("firm.place"), `${firm.lon.toFixed(5)}, ${firm.lat.toFixed(5)}`], [t("firm.evidence"), firm.evidence]),
    el("p", { class: uncertain ? "uncertain" : "hint", text: uncertain ? `${precise}。${t("firm.uncertain")}` : precise }),
  ];
}

function more(firm) {
  const capital = firm.capital ? t("firm.capital.unit", { n: whole(firm.capital) }) : null;
  const parks = firm.parks.map((p) => opens(`park:${p.park_id}`, p.name));
  return section(t("detail"), facts(
    [t("firm.legal"), firm.legal_name && firm.legal_name !== firm.name ? firm.legal_name : null],
    [t("firm.aliases"), firm.aliases.filter((a) => a !== firm.legal_name).join("；")],
    [t("firm.parks"), parks],
    [t("firm.uscc"), firm.uscc], [t("firm.registered"), firm.registered], [t("firm.capital"), capital],
    [t("firm.status"), firm.status ? t(`status.${firm.status}`) : null],
    [t("firm.scope"), firm.scope], [t("firm.note"), firm.note],
    [t("filter.district"), firm.adcode ? opens(`district:${firm.adcode}`, districtName(firm.adcode)) : null],
  ));
}

function markPlace(firm) {
  const group = L.layerGroup().addTo(stage.map);
  L.circle([firm.lat, firm.lon], { radius: firm.radius_m || 100, color: "#B3123F", weight: 1.5, dashArray: "5 4", fillOpacity: 0.06, interactive: false }).addTo(group);
  L.circleMarker([firm.lat, firm.lon], { radius: 11, color: "#B3123F", weight: 2.5, fill: false, interactive: false }).addTo(group);
  const seen = stage.map.getBounds().contains([firm.lat, firm.lon]);
  if (!seen) goTo(firm.lon, firm.lat, (firm.radius_m || 0) > 8_000 ? 10 : 12);
  return () => group.remove();
}

/** Fill `body` with the firms that share the point of one of them. */
export async function stackCard(fid, body, signal) {
  const row = atlas.firms ? rowOfFid(Number(fid)) : -1;
  if (row < 0) { await firmCard(fid, body, signal); return null; }
  const f = atlas.firms;
  const rows = stage.points.members(f.stack[row], row);
  const group = L.circleMarker([f.lat[row] / 1e6, f.lon[row] / 1e6], { radius: 20, color: "#B3123F", weight: 2, fill: false, interactive: false }).addTo(stage.map);
  const list = await paged(rows, signal);
  fill(body, el("h2", { text: t("stack.title", { n: whole(rows.length) }) }),
    el("p", { class: "uncertain", text: t("stack.note", { precision: t(`precision.${atlas.start.precisions[f.precision[row]]}`) }) }), list);
  return () => group.remove();
}

/** Return a list of firms given by row, anchors first, fifty at a time. */
async function paged(rows, signal) {
  const f = atlas.firms;
  rows.sort((a, b) => f.origin[b] - f.origin[a] || Number(f.sectors[b] > 0) - Number(f.sectors[a] > 0) || a - b);
  const list = el("ul", { class: "firms" });
  const button = action("", () => add());
  let done = 0;
  async function add() {
    const part = rows.slice(done, done + 50).map((i) => f.fid[i]);
    const cards = await rowsOf(part, signal);
    done += part.length;
    list.append(...cards.map(firmItem));
    button.hidden = done >= rows.length;
    button.textContent = t("stack.more", { n: Math.min(50, rows.length - done) });
  }
  await add();
  return [list, button];
}

/** Fill `body` with the firms that the filters show: the map's content for who does not use the map. */
export async function listPanel(_, body, signal) {
  const draw = async () => {
    const rows = [];
    for (let i = 0; i < atlas.firms.n; i += 1) if (now.shown[i]) rows.push(i);
    const content = rows.length ? await paged(rows, signal) : el("p", { class: "empty", text: t("map.status.none") });
    fill(body, el("h2", { text: t("list.title", { n: whole(rows.length) }) }), content);
  };
  const again = () => draw().catch(() => {});
  await draw();
  addEventListener("counted", again);
  return () => removeEventListener("counted", again);
}

/** Return a line of a list of firms. */
export function firmItem(card) {
  return el("li", {}, opens(`firm:${card.enterprise_id}`, card.name),
    el("span", { class: "tags small" }, card.sectors.slice(0, 3).map(sectorTag)),
    el("small", { text: placeName(card.city, card.adcode) }));
}
