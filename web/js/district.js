// The positioning card of a district: what it states, what its firms show, and against whom.
import { getJson } from "./api.js";
import { atlas } from "./data.js";
import { el, fill } from "./dom.js";
import { failure, openDetail } from "./detail.js";
import { outline, printCard } from "./map.js";
import { action, choose, districtName, opens, section, sectorTag, table } from "./parts.js";
import { aside, decimal, nameOf, percent, t, whole } from "./text.js";
import { saveCsv } from "./table.js";

/** Fill `body` with the card of a district. */
export async function districtCard(adcode, body, signal) {
  const district = atlas.districts.get(adcode);
  if (!district) throw new Error(t("error.missing"));
  outline(new Map([[adcode, "first"]]));
  const leave = () => outline(new Map());
  const content = el("div", {}, el("p", { class: "loading", text: t("loading") }));
  fill(body,
    el("p", { class: "kicker", text: `${t("kind.district")} · ${adcode}` }),
    el("h2", { text: nameOf(district) }),
    el("p", { class: "where", text: nameOf(atlas.cities.get(district.city)) }),
    actions(district),
    content);
  const load = async () => {
    try {
      const profile = await getJson(`/v1/districts/${adcode}/positioning`, {}, signal);
      fill(content, card(profile));
    } catch (error) {
      if (error.name !== "AbortError") failure(content, error, load);
    }
  };
  await load();
  return leave;
}

function actions(district) {
  const { adcode, city } = district;
  const others = atlas.start.districts.filter((d) => d.adcode !== adcode);
  others.sort((a, b) => Number(b.city === city) - Number(a.city === city));
  const select = choose(t("compare.with"), [["", t("compare.choose")], ...others.map((d) => [d.adcode, d.city === city ? nameOf(d) : nameOf(d) + aside(nameOf(atlas.cities.get(d.city)))])], "",
    (other) => { if (other) openDetail(`compare:${adcode},${other}`); }, { id: "compare-with" });
  const report = (form, key) => el("a", { class: "button small", id: `report-${form}`, href: `/v1/districts/${adcode}/report.${form}?lang=${document.documentElement.lang.startsWith("en") ? "en" : "zh"}`, download: form === "html" ? null : `${adcode}.${form}`, target: form === "html" ? "_blank" : null, rel: "noopener", text: t(key) });
  return [
    el("div", { class: "actions" },
      report("pdf", "report.pdf"), report("docx", "report.docx"), report("html", "report.html"),
      action(t("report.print"), printCard)),
    el("div", { class: "actions" },
      action(t("nearby"), () => openDetail(`nearby:at=${district.lon.toFixed(4)},${district.lat.toFixed(4)}`)),
      action(t("stagger"), () => openDetail(`stagger:${city}`)),
      action(t("whatif"), () => openDetail(`whatif:${city}`))),
    el("div", { class: "no-print" }, select),
  ];
}

function card(p) {
  return [
    figures(p), caveats(p),
    section(t("district.stated"), el("p", { class: "hint", text: t("district.stated.note") }), statedTable(p)),
    section(t("district.structure"), structure(p), suppliers(p)),
    section(t("district.overlaps"), el("p", { class: "hint", text: t("district.overlaps.note") }), overlaps(p)),
    section(t("district.gaps"), gaps(p)),
    section(t("district.opportunities"), el("p", { class: "hint", text: t("district.opportunities.note") }), opportunities(p)),
    p.growth.length ? section(t("district.growth"), growth(p.growth)) : null,
    el("p", { class: "foot" }, action(t("download.table"), () => download(p))),
  ];
}

const figure = (value, label, note) => el("div", { class: "figure" }, el("b", { text: value }), el("span", { text: label }), note ? el("small", { text: note }) : null);

/** Return a verdict in words. */
export const verdict = (text) => (text ? t(`verdict.${text}`) : "");

function figures(p) {
  const chance = p.stagger_verdict ? verdict(p.stagger_verdict) + (p.stagger_p_value !== null ? aside(`p = ${decimal(p.stagger_p_value, 3)}`) : "") : "";
  return el("div", { class: "figures" },
    figure(whole(p.evidence.firms), t("district.firms"), t("district.insectors", { n: whole(p.evidence.in_sectors) })),
    figure(whole(p.evidence.anchors), t("district.anchors")),
    figure(decimal(p.stagger), t("district.stagger"), chance),
    figure(decimal(p.stagger_stated), t("district.stagger.stated")));
}

function caveats(p) {
  const until = atlas.years[1] ? t("sample.until", { year: atlas.years[1] }) : t("sample.none");
  const size = t("district.sample", { until, n: whole(p.evidence.in_sectors), firms: whole(p.evidence.firms), anchors: whole(p.evidence.anchors) });
  return el("div", { class: "caveats" }, el("p", { text: size }),
    p.caveats.length ? el("ul", {}, p.caveats.map((c) => el("li", { text: t(`caveat.${c}`) }))) : null);
}

const STATE_ORDER = ["named and present", "named without anchor", "present, not named", "too few to say", "neither"];

/** Return a state as a tag with a sign of its own, not by colour alone. */
export function stateTag(state) {
  const sign = { "named and present": "●", "named without anchor": "○", "present, not named": "◆", "too few to say": "?", neither: "–" }[state] || "";
  return el("span", { class: `state state-${STATE_ORDER.indexOf(state)}` }, el("i", { "aria-hidden": "true", text: sign }), t(`state.${state}`));
}

function statedTable(p) {
  const rows = [...p.cells].sort((a, b) => STATE_ORDER.indexOf(a.state) - STATE_ORDER.indexOf(b.state) || b.stated_weight - a.stated_weight || b.n - a.n);
  const telling = rows.filter((c) => c.state !== "neither");
  const frame = el("div");
  const draw = (all) => fill(frame,
    table(t("district.stated"), [t("firm.sectors"), t("stated.state"), [t("stated.n"), "num"], [t("stated.lq"), "num"]],
      (all ? rows : telling).flatMap((c) => {
        const line = [
          [sectorTag(c.sector), c.strength ? el("small", { class: "block", text: t(`strength.${c.strength}`) }) : null],
          stateTag(c.state), whole(c.n),
          c.lq === null ? "—" : el("span", { title: t("stated.interval") }, decimal(c.lq), el("small", { class: "block", text: `${decimal(c.lq_low, 1)}–${decimal(c.lq_high, 1)}` })),
        ];
        const why = [c.anchor_names ? `${t("list.anchors")}：${c.anchor_names.split(";").join("、")}` : "", sources(c.sources)].filter(Boolean);
        return why.length ? [line, { evidence: why }] : [line];
      })),
    rows.length > telling.length ? action(t(all ? "stated.less" : "stated.all", { n: rows.length }), () => draw(!all)) : null);
  draw(false);
  if (!telling.length) frame.prepend(el("p", { class: "empty", text: t("district.nothing") }));
  return frame;
}

/** Return sources as people cite them, from "document@place (grade);...". */
function sources(text) {
  return text.split(";").filter(Boolean).map((part) => {
    const [, document, place, grade] = part.match(/^(.*?)(?:@(.*?))?(?:\s*\(([^()]*)\))?$/) || [];
    const known = t(`document.${document}`);
    const quality = (grade || "").split(", ").map((g) => (t(`grade.${g}`).startsWith("grade.") ? g : t(`grade.${g}`))).join("、");
    return [known.startsWith("document.") ? document : known, place, quality && aside(quality)].filter(Boolean).join(" ");
  }).join("；");
}

function structure(p) {
  const own = p.cells.filter((c) => c.n > 0).sort((a, b) => b.n - a.n).slice(0, 10);
  if (!own.length) return el("p", { class: "empty", text: t("district.nothing") });
  const total = p.cells.reduce((sum, c) => sum + c.n, 0);
  const most = own[0].n;
  const s = p.structure || {};
  return [
    el("ul", { class: "bars" }, own.map((c) => {
      const sector = atlas.sectors[atlas.sectorIndex.get(c.sector)];
      return el("li", {}, el("span", { text: nameOf(sector) }), el("span", { class: "track" }, el("i", { style: { width: `${(100 * c.n) / most}%`, "background-color": sector?.colour || "#777" } })), el("span", { class: "num", text: whole(c.n) + aside(percent(c.n / total)) }));
    })),
    el("p", { class: "hint", text: t("district.structure.note", { krugman: decimal(s.krugman), herfindahl: decimal(s.herfindahl), entropy: decimal(s.entropy) }) }),
  ];
}

/** Return buttons that look for supporting firms of the leading sectors around the district's centre. */
function suppliers(p) {
  const district = atlas.districts.get(p.adcode);
  const leading = p.cells.filter((c) => c.n > 0 && c.state !== "neither").sort((a, b) => b.n - a.n).slice(0, 3);
  if (!leading.length) return null;
  return el("div", { class: "actions" }, leading.map((c) => action(t("district.suppliers", { sector: nameOf(atlas.sectors[atlas.sectorIndex.get(c.sector)]) }),
    () => openDetail(`nearby:at=${district.lon.toFixed(4)},${district.lat.toFixed(4)}&role=supplier&sectors=${c.sector}&radius=50`))));
}

/** Return the sectors that make two districts alike, from "sector:0.304;...". */
export function drivers(text) {
  return (text || "").split(";").filter(Boolean).map((part) => {
    const [sector, share] = part.split(":");
    return el("span", { class: "driver" }, sectorTag(sector), ` ${percent(Number(share))}`);
  });
}

function overlaps(p) {
  if (!p.overlaps.length) return el("p", { class: "empty", text: t("caveat.no_neighbours") });
  return table(t("district.overlaps"), [t("kind.district"), [t("overlap.firms"), "num"], t("overlap.drivers"), [t("overlap.stated"), "num"]],
    p.overlaps.map((o) => [opens(`compare:${p.adcode},${o.neighbour}`, districtName(o.neighbour)), percent(o.overlap), drivers(o.drivers), percent(o.stated_overlap)]));
}

function gaps(p) {
  const named = p.cells.filter((c) => c.state === "named without anchor");
  const unnamed = p.cells.filter((c) => c.state === "present, not named");
  return [
    el("h4", { text: t("gaps.named") }), named.length ? el("div", { class: "tags" }, named.map((c) => sectorTag(c.sector))) : el("p", { class: "hint", text: t("gaps.nothing") }),
    el("h4", { text: t("gaps.unnamed") }), unnamed.length ? el("div", { class: "tags" }, unnamed.map((c) => sectorTag(c.sector))) : el("p", { class: "hint", text: t("gaps.nothing") }),
  ];
}

function opportunities(p) {
  if (!p.opportunities.length) return el("p", { class: "empty", text: t("opportunity.none") });
  return table(t("district.opportunities"), [t("firm.sectors"), [t("opportunity.fit"), "num"], [t("opportunity.crowding"), "num"], [t("stated.n"), "num"]],
    p.opportunities.map((o) => [
      [sectorTag(o.sector), o.related ? el("small", { class: "block" }, t("opportunity.related"), o.related.split(";").map((s) => nameOf(atlas.sectors[atlas.sectorIndex.get(s)])).join("、")) : null],
      decimal(o.fit), [percent(o.crowding), o.crowded ? el("small", { class: "block", text: t("opportunity.crowded") }) : null], whole(o.n)]));
}

function growth(rows) {
  const years = new Map();
  for (const { year, n } of rows) years.set(year, (years.get(year) || 0) + n);
  const first = Math.min(...years.keys());
  const last = Math.max(...years.keys());
  const most = Math.max(...years.values());
  const canvas = el("canvas", { width: "760", height: "150", class: "growth", role: "img", "aria-label": [...years].sort().map(([y, n]) => `${y}: ${n}`).join(", ") });
  const c = canvas.getContext("2d");
  const step = 740 / (last - first + 1);
  c.fillStyle = "#3E93A8";
  for (const [year, n] of years) c.fillRect(10 + (year - first) * step, 122 - (n / most) * 110, Math.max(2, step - 3), (n / most) * 110);
  c.fillStyle = "#22272E";
  c.font = "18px sans-serif";
  c.fillText(String(first), 8, 144);
  c.fillText(String(last), 708, 144);
  c.fillText(String(most), 10, 18);
  return canvas;
}

function download(p) {
  const heads = ["adcode", "sector", "name", "state", "strength", "n", "expected", "lq", "lq_low", "lq_high", "anchors", "anchor_names", "sources"];
  saveCsv(`clusteratlas-${p.adcode}.csv`, heads, p.cells.map((c) => heads.map((h) => (h === "name" ? nameOf(atlas.sectors[atlas.sectorIndex.get(c.sector)]) : c[h]))));
}
