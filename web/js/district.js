// The positioning card of a district.
import { atlas } from "./data.js";
import { el, fill } from "./dom.js";
import { openDetail } from "./detail.js";
import { now } from "./main.js";
import { outline } from "./map.js";
import { action, section, table } from "./parts.js";
import { nameOf, t, whole } from "./text.js";

/** Fill `body` with the card of a district. */
export async function districtCard(adcode, body) {
  const district = atlas.districts.get(adcode);
  if (!district) throw new Error(t("error.missing"));
  outline(new Map([[adcode, "first"]]));
  const entry = now.counts?.get(adcode);
  fill(body,
    el("p", { class: "kicker", text: `${t("kind.district")} · ${adcode}` }),
    el("h2", { text: nameOf(district) }),
    el("p", { class: "where", text: nameOf(atlas.cities.get(district.city)) }),
    el("div", { class: "actions" },
      action(t("nearby"), () => openDetail(`nearby:at=${district.lon.toFixed(4)},${district.lat.toFixed(4)}`))),
    entry ? section(t("district.counts"), table(t("district.counts"), [t("filter.sectors"), [t("list.total"), "num"]],
      [[t("list.total"), whole(entry.total)], ...atlas.fields.map((f, i) => [nameOf(f), whole(entry.fields[i])])])) : null);
  return () => outline(new Map());
}
