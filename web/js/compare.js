// Two districts side by side.
import { getJson } from "./api.js";
import { atlas } from "./data.js";
import { el, fill } from "./dom.js";
import { openDetail } from "./detail.js";
import { stateTag } from "./district.js";
import { outline, printCard, showDistricts, stage } from "./map.js";
import { action, choose, section, table } from "./parts.js";
import { change } from "./state.js";
import { saveCsv } from "./table.js";
import { aside, decimal, nameOf, percent, t, whole } from "./text.js";

/** Fill `body` with the comparison of "adcode,adcode". */
export async function comparePanel(pair, body, signal) {
  const [a, b] = pair.split(",");
  const [left, right] = [a, b].map((code) => atlas.districts.get(code));
  if (!left || !right) throw new Error(t("error.missing"));
  outline(new Map([[a, "first"], [b, "second"]]));
  const seen = [left, right].every((d) => stage.map.getBounds().contains([d.lat, d.lon]));
  if (!seen) showDistricts([a, b]);
  const undo = () => outline(new Map());
  try {
    const [found, one, two] = await Promise.all([
      getJson("/v1/compare", { a, b }, signal),
      ...[a, b].map((code) => getJson(`/v1/districts/${code}/positioning`, {}, signal)),
    ]);
    draw(body, { left, right, found, one, two });
  } catch (error) {
    undo();
    throw error;
  }
  return undo;
}

function draw(body, { left, right, found, one, two }) {
  const options = atlas.start.districts.map((d) => [d.adcode, nameOf(d) + aside(nameOf(atlas.cities.get(d.city)))]);
  const go = (a, b) => { if (a !== b) change({ open: `compare:${a},${b}` }, { push: true }); };
  const heads = [t("measure"), [nameOf(left), "num"], [nameOf(right), "num"]];
  const rows = [
    [t("district.firms"), whole(one.evidence.firms), whole(two.evidence.firms)],
    [t("compare.insectors"), whole(one.evidence.in_sectors), whole(two.evidence.in_sectors)],
    [t("district.anchors"), whole(one.evidence.anchors), whole(two.evidence.anchors)],
    [t("district.leading"), leading(one), leading(two)],
    [t("district.stagger"), decimal(one.stagger), decimal(two.stagger)],
    [t("district.stagger.stated"), decimal(one.stagger_stated), decimal(two.stagger_stated)],
  ];
  fill(body,
    el("p", { class: "kicker", text: t("compare") }),
    el("h2", { id: "compare-title" }, el("span", { class: "one", text: nameOf(left) }), " × ", el("span", { class: "two", text: nameOf(right) })),
    el("div", { class: "grid2 no-print" }, choose(t("compare.first"), options, left.adcode, (code) => go(code, right.adcode)), choose(t("compare.second"), options, right.adcode, (code) => go(left.adcode, code))),
    el("div", { class: "figures" },
      figure(percent(found.overlap), t("overlap.firms"), t("overlap.firms.note")),
      figure(percent(found.stated_weighted), t("overlap.stated"), t("overlap.stated.note")),
      figure(decimal(found.similarity), t("compare.similarity")), figure(decimal(found.krugman), t("compare.krugman"))),
    found.verdict ? el("div", { class: "caveats" }, el("p", { text: t(`verdict.${found.verdict}`) })) : null,
    section(t("compare.side"), table(t("compare.side"), heads, rows)),
    section(t("compare.sectors"), el("p", { class: "hint", text: t("compare.sectors.note") }), sectorTable(found, left, right)),
    el("div", { class: "actions" }, action(nameOf(left), () => openDetail(`district:${left.adcode}`)), action(nameOf(right), () => openDetail(`district:${right.adcode}`)),
      action(t("download.table"), () => saveCsv(`clusteratlas-compare-${left.adcode}-${right.adcode}.csv`, Object.keys(found.sectors[0] || {}), found.sectors.map((s) => Object.values(s)))),
      action(t("report.print"), printCard)));
}

const figure = (value, label, note) => el("div", { class: "figure" }, el("b", { text: value }), el("span", { text: label }), note ? el("small", { text: note }) : null);

function leading(p) {
  return nameOf(atlas.sectors[atlas.sectorIndex.get(p.structure?.leading_sector)]) || "—";
}

function sectorTable(found, left, right) {
  const telling = found.sectors.filter((s) => s.n_a || s.n_b || s.state_a !== "neither" || s.state_b !== "neither");
  if (!telling.length) return el("p", { class: "empty", text: t("district.nothing") });
  const most = Math.max(0.01, ...telling.flatMap((s) => [s.share_a || 0, s.share_b || 0]));
  const bar = (share, side) => el("span", { class: `half ${side}` }, el("i", { style: { width: `${(100 * (share || 0)) / most}%` } }));
  return el("div", { class: "table-frame", tabindex: "0", role: "region", "aria-label": t("compare.sectors") }, el("table", { class: "versus" },
    el("caption", { class: "visually-hidden", text: t("compare.sectors") }),
    el("thead", {}, el("tr", {}, el("th", { scope: "col", class: "num", text: nameOf(left) }), el("th", { scope: "col", text: t("firm.sectors") }), el("th", { scope: "col", text: nameOf(right) }))),
    el("tbody", {}, telling.map((s) => {
      const sector = atlas.sectors[atlas.sectorIndex.get(s.sector)];
      const shared = s.overlap > 0 ? t("compare.shared", { p: percent(s.overlap, 1) }) : "";
      return el("tr", {},
        el("td", { class: "num" }, bar(s.share_a, "one"), `${whole(s.n_a)} · ${percent(s.share_a)}`, el("div", {}, stateTag(s.state_a))),
        el("th", { scope: "row" }, nameOf(sector), shared ? el("small", { class: "block", text: shared }) : null),
        el("td", {}, bar(s.share_b, "two"), `${whole(s.n_b)} · ${percent(s.share_b)}`, el("div", {}, stateTag(s.state_b))));
    }))));
}
