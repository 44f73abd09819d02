// The card of one park.
import { atlas } from "./data.js";
import { el, fill } from "./dom.js";
import { openDetail } from "./detail.js";
import { documentName } from "./firm.js";
import { goTo, stage } from "./map.js";
import { action, facts, opens, placeName, section, sectorTag, districtName } from "./parts.js";
import { distance, lang, t } from "./text.js";

/** Fill `body` with the card of a park. */
export async function parkCard(id, body) {
  const park = atlas.parks.get(id);
  if (!park) throw new Error(t("error.missing"));
  const placed = park.lon !== null;
  if (placed && !stage.map.getBounds().contains([park.lat, park.lon])) goTo(park.lon, park.lat, 11);
  stage.parks.redraw();
  fill(body,
    el("p", { class: "kicker", text: t("kind.park") }),
    el("h2", { text: park.name }),
    el("p", { class: "where", text: placeName(park.city, park.adcode) }),
    el("div", { class: "actions" },
      placed ? action(t("firm.zoom"), () => goTo(park.lon, park.lat, 12)) : null,
      placed ? action(t("park.near"), () => openDetail(`nearby:park=${park.park_id}`)) : null,
      placed && park.sectors ? action(t("firm.suppliers"), () => openDetail(`nearby:park=${park.park_id}&role=supplier`)) : null),
    park.sectors ? section(t("firm.sectors"), el("div", { class: "tags" }, park.sectors.split(";").map(sectorTag))) : null,
    section(t("detail"), facts(
      [t("firm.aliases"), park.aliases.split(";").filter((a) => a && a !== park.name).join("；")],
      [t("park.kind"), parkKind(park.kind)],
      [t("filter.district"), park.adcode ? opens(`district:${park.adcode}`, districtName(park.adcode)) : null],
      [t("park.radius"), [park.radius_m ? `${distance(park.radius_m)} · ` : "", t(`park.boundary.${park.boundary_status || "point"}`)]],
      [t("park.documents"), park.documents.split(";").filter(Boolean).map(documentName).join("；")],
      [t("park.source"), park.source[lang()]], [t("firm.note"), park.note])));
  return () => stage.parks.redraw();
}

function parkKind(kind) {
  const known = t(`parkkind.${kind}`);
  return known.startsWith("parkkind.") ? kind : known;
}
