// Small pieces that several panels share.
import { atlas } from "./data.js";
import { el } from "./dom.js";
import { openDetail } from "./detail.js";
import { markImage } from "./symbols.js";
import { aside, nameOf, t } from "./text.js";

/** Return a definition list of [term, content] pairs; empty content is left out. */
export function facts(...pairs) {
  return el("dl", { class: "facts" }, pairs.filter(([, content]) => content !== null && content !== undefined && content !== "" && content?.length !== 0)
    .map(([term, content]) => [el("dt", { text: term }), el("dd", {}, content)]));
}

export const section = (title, ...content) => el("section", { class: "part" }, el("h3", { text: title }), content);

/** Return a sector with its mark; unknown ids are shown as they are. */
export function sectorTag(id) {
  const sector = atlas.sectors[atlas.sectorIndex.get(id)] || atlas.fields[atlas.fieldIndex.get(id)];
  if (!sector) return el("span", { class: "tag", text: id });
  return el("span", { class: "tag" }, markImage(sector.shape, sector.colour, { r: 5 }), nameOf(sector));
}

export const sectorName = (id) => nameOf(atlas.sectors[atlas.sectorIndex.get(id)] || atlas.fields[atlas.fieldIndex.get(id)]) || id;

export const districtName = (adcode) => nameOf(atlas.districts.get(adcode)) || adcode;

/** Return a button that looks like a link and opens a panel. */
export function opens(what, text, more = {}) {
  return el("button", { type: "button", class: "link", text, on: { click: () => openDetail(what) }, ...more });
}

/** Return a button of a panel's row of actions. */
export function action(text, run, more = {}) {
  return el("button", { type: "button", class: "small", text, on: { click: run }, ...more });
}

/** Return a table: heads are texts or [text, "num"]; rows are lists of texts or nodes, the first names the row.
 *
 * A row {evidence: [texts]} is written in small print below the one before it, over the whole width.
 */
export function table(caption, heads, rows) {
  const kinds = heads.map((h) => (Array.isArray(h) ? h[1] : ""));
  return el("div", { class: "table-frame", tabindex: "0", role: "region", "aria-label": caption }, el("table", {},
    el("caption", { class: "visually-hidden", text: caption }),
    el("thead", {}, el("tr", {}, heads.map((h, i) => el("th", { scope: "col", class: kinds[i] || null, text: Array.isArray(h) ? h[0] : h })))),
    el("tbody", {}, rows.map((row, r) => (row.evidence
      ? el("tr", { class: "evidence" }, el("td", { colspan: String(heads.length) }, row.evidence.map((line) => el("small", { class: "block", text: line }))))
      : el("tr", { class: rows[r + 1]?.evidence ? "led" : null }, row.map((cell, i) => el(i === 0 ? "th" : "td", {
        class: kinds[i] || null, scope: i === 0 ? "row" : null,
      }, cell === null || cell === undefined ? "—" : cell))))))));
}

/** Return a select with a label. */
export function choose(label, options, value, run, more = {}) {
  return el("label", { class: "select" }, el("span", { text: label }),
    el("select", { ...more, on: { change: (event) => run(event.target.value) } },
      options.map(([v, text]) => el("option", { value: v, selected: v === value, text }))));
}

/** Return the options of a select of sectors: fields as groups. */
export function sectorOptions(any) {
  const groups = atlas.fields.map((field) => el("optgroup", { label: nameOf(field) },
    el("option", { value: field.id, text: nameOf(field) + aside(t("sector.whole")) }),
    atlas.sectors.filter((s) => s.field === field.id).map((s) => el("option", { value: s.id, text: nameOf(s) }))));
  return any === null ? groups : [el("option", { value: "", text: any }), ...groups];
}

export const placeName = (city, adcode) => [nameOf(atlas.cities.get(city)), adcode ? districtName(adcode) : ""].filter(Boolean).join(" ");
