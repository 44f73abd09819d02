// Firms by district and field as a table of numbers, to read or take away.
import { atlas } from "./data.js";
import { el, fill, save } from "./dom.js";
import { now } from "./main.js";
import { action, opens, table } from "./parts.js";
import { districtRows } from "./side.js";
import { nameOf, t, whole } from "./text.js";

let redraw = null;
addEventListener("counted", () => redraw?.());

/** Fill `body` with the table of the current filter. */
export async function tablePanel(_, body) {
  redraw = () => {
    const rows = districtRows(now);
    const heads = [t("filter.district"), [t("list.total"), "num"], [t("list.anchors"), "num"], ...atlas.fields.map((f) => [nameOf(f), "num"])];
    fill(body, el("h2", { text: t("table.title") }), el("p", { class: "hint", text: t("list.hint") }),
      el("div", { class: "actions" }, action(t("download.table"), () => download(heads, rows))),
      table(t("table.title"), heads, rows.map(({ d, entry }) => [
        opens(`district:${d.adcode}`, nameOf(d)), whole(entry?.total || 0), whole(entry?.anchors || 0),
        ...atlas.fields.map((_f, i) => (entry?.fields[i] ? whole(entry.fields[i]) : "·")),
      ])));
  };
  redraw();
  return () => { redraw = null; };
}

/** Write a cell of CSV; a text that a spreadsheet would run gets an apostrophe. */
export function cell(value) {
  let text = String(value ?? "");
  if (/^[=+\-@\t\r\n＝＋－＠]/.test(text) && Number.isNaN(Number(text))) text = `'${text}`;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Save rows of values as CSV in UTF-8 with a byte order mark. */
export function saveCsv(name, heads, rows) {
  const lines = [heads, ...rows].map((row) => row.map(cell).join(","));
  save(name, new Blob([`\uFEFF${lines.join("\r\n")}\r\n`], { type: "text/csv;charset=utf-8" }));
}

function download(heads, rows) {
  saveCsv("clusteratlas-districts.csv", ["adcode", ...heads.map((h) => (Array.isArray(h) ? h[0] : h))],
    rows.map(({ d, entry }) => [d.adcode, nameOf(d), entry?.total || 0, entry?.anchors || 0, ...atlas.fields.map((_, i) => entry?.fields[i] || 0)]));
}
