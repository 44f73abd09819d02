// What if: priorities, firms or parks are added or dropped, and every measure is seen before and after.
import { post } from "./api.js";
import { atlas } from "./data.js";
import { el, fill, say } from "./dom.js";
import { failure } from "./detail.js";
import { stateTag } from "./district.js";
import { outline, showDistricts, stage } from "./map.js";
import { action, choose, districtName, opens, section, sectorName, table } from "./parts.js";
import { change } from "./state.js";
import { aside, decimal, nameOf, percent, t } from "./text.js";

const STRENGTHS = ["core", "leading", "supporting", "mentioned"];

/** Read "region;drop.priority.210124.aviation;add.firms.210113.nev.20". */
export function readScenario(text) {
  const [region, ...rest] = text.split(";");
  const changes = rest.map((part) => {
    const [act, kind, adcode, sector, more] = part.split(".");
    if (!["add", "drop"].includes(act) || !["priority", "firms", "park"].includes(kind)) return null;
    if (!atlas.districts.has(adcode) || !atlas.sectorIndex.has(sector)) return null;
    const made = { action: act, kind, adcode, sector };
    if (kind === "firms") made.n = Math.max(1, Math.min(100_000, Math.round(Number(more)) || 1));
    if (kind === "priority" && act === "add") made.strength = STRENGTHS.includes(more) ? more : "leading";
    return made;
  }).filter(Boolean);
  return { region: atlas.cities.has(region) ? region : "沈阳市", changes };
}

function writeScenario({ region, changes }) {
  return [region, ...changes.map((c) => [c.action, c.kind, c.adcode, c.sector, c.n ?? c.strength ?? ""].join(".").replace(/\.$/, ""))].join(";");
}

/** Fill `body` with the form, the list of changes and their effect. */
export async function whatifPanel(text, body, signal) {
  const scenario = readScenario(text);
  const own = atlas.start.districts.filter((d) => d.city === scenario.region);
  if (!own.some((d) => stage.map.getBounds().contains([d.lat, d.lon]))) showDistricts(own.map((d) => d.adcode));
  const go = (next) => change({ open: `whatif:${writeScenario(next)}` }, { push: true });
  const effect = el("div", { id: "effect", "aria-live": "polite" });
  fill(body, el("h2", { text: t("whatif") }), el("p", { class: "hint", text: t("whatif.note") }),
    choose(t("stagger.region"), atlas.start.cities.map((c) => [c.zh, nameOf(c)]), scenario.region, (region) => go({ region, changes: [] }), { id: "whatif-region" }),
    form(scenario, own, go), list(scenario, go), effect);
  outline(new Map(scenario.changes.map((c) => [c.adcode, c.action === "add" ? "first" : "second"])));
  if (scenario.changes.length) await run(scenario, effect, signal);
  else fill(effect, el("p", { class: "empty", text: t("whatif.empty") }));
  return () => outline(new Map());
}

function form(scenario, own, go) {
  const pick = { action: "add", kind: "priority", adcode: own[0]?.adcode || "", sector: atlas.sectors[0].id, n: 10, strength: "leading" };
  const number = el("input", { type: "number", min: "1", max: "100000", value: "10", id: "whatif-n", on: { input: (e) => { pick.n = Math.max(1, Math.round(Number(e.target.value)) || 1); } } });
  const amount = el("label", { class: "select", hidden: true }, el("span", { text: t("whatif.n") }), number);
  const strength = choose(t("whatif.strength"), STRENGTHS.map((s) => [s, t(`strength.${s}`)]), "leading", (v) => { pick.strength = v; }, { id: "whatif-strength" });
  const fit = () => {
    amount.hidden = pick.kind !== "firms";
    strength.hidden = pick.kind !== "priority" || pick.action !== "add";
  };
  return el("div", { class: "form" },
    el("div", { class: "grid2" },
      choose(t("whatif.action"), ["add", "drop"].map((a) => [a, t(`whatif.${a}`)]), "add", (v) => { pick.action = v; fit(); }, { id: "whatif-action" }),
      choose(t("whatif.kind"), ["priority", "firms", "park"].map((k) => [k, t(`whatif.${k}`)]), "priority", (v) => { pick.kind = v; fit(); }, { id: "whatif-kind" }),
      choose(t("kind.district"), own.map((d) => [d.adcode, nameOf(d)]), pick.adcode, (v) => { pick.adcode = v; }, { id: "whatif-district" }),
      choose(t("firm.sectors"), atlas.sectors.map((s) => [s.id, nameOf(s)]), pick.sector, (v) => { pick.sector = v; }, { id: "whatif-sector" }),
      strength, amount),
    action(t("whatif.include"), () => {
      const made = { action: pick.action, kind: pick.kind, adcode: pick.adcode, sector: pick.sector };
      if (pick.kind === "firms") made.n = pick.n;
      if (pick.kind === "priority" && pick.action === "add") made.strength = pick.strength;
      go({ ...scenario, changes: [...scenario.changes, made] });
    }, { id: "whatif-include" }));
}

function list(scenario, go) {
  if (!scenario.changes.length) return null;
  return section(t("whatif.changes"), el("ol", { class: "changes" }, scenario.changes.map((c, i) => el("li", {},
    `${t(`whatif.${c.action}`)} · ${districtName(c.adcode)} · ${t(`whatif.${c.kind}`)} · ${sectorName(c.sector)}${c.n ? ` × ${c.n}` : ""}${c.strength ? aside(t(`strength.${c.strength}`)) : ""} `,
    action(t("whatif.remove"), () => go({ ...scenario, changes: scenario.changes.filter((_, k) => k !== i) }))))));
}

const signed = (n) => (n === null || n === undefined ? "—" : `${n > 0 ? "+" : n < 0 ? "−" : "±"}${Math.abs(n).toFixed(3)}`);

async function run(scenario, effect, signal) {
  fill(effect, el("p", { class: "loading", text: t("loading") }));
  let found;
  try {
    found = await (await post("/v1/scenarios", scenario, signal)).json();
  } catch (error) {
    if (error.name !== "AbortError") failure(effect, error, () => run(scenario, effect, signal));
    return;
  }
  const summary = table(t("whatif.effect"), [t("measure"), [t("whatif.before"), "num"], [t("whatif.after"), "num"], [t("whatif.change"), "num"]],
    found.summary.map((s) => [t(`whatif.index.${s.measure}`), decimal(s.before, 3), decimal(s.after, 3), el("b", { class: s.change > 0 ? "better" : s.change < 0 ? "worse" : null, text: signed(s.change) })]));
  fill(effect,
    section(t("whatif.effect"), el("p", { class: "hint", text: t("stagger.index.note") }), summary),
    section(t("whatif.pairs"), found.pairs.length ? table(t("whatif.pairs"), [t("stagger.pair"), t("stagger.basis"), [t("whatif.before"), "num"], [t("whatif.after"), "num"]],
      found.pairs.slice(0, 20).map((p) => [opens(`compare:${p.a},${p.b}`, `${districtName(p.a)} × ${districtName(p.b)}`), t(`basis.${p.basis}`), percent(p.before), percent(p.after)])) : el("p", { class: "empty", text: t("whatif.nopairs") })),
    section(t("whatif.cells"), found.cells.length ? table(t("whatif.cells"), [t("kind.district"), t("firm.sectors"), t("whatif.before"), t("whatif.after")],
      found.cells.slice(0, 30).map((c) => [districtName(c.adcode), sectorName(c.sector), stateTag(c.before), stateTag(c.after)])) : el("p", { class: "empty", text: t("whatif.nocells") })));
  say(found.summary.map((s) => `${t(`whatif.index.${s.measure}`)} ${signed(s.change)}`).join("，"));
}
