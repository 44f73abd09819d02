// The map as a picture: the canvases in their order, with legend, scale and source below.
import { atlas } from "./data.js";
import { stage } from "./map.js";
import { nameOf, t } from "./text.js";
import { mark } from "./symbols.js";
import { byId } from "./dom.js";

const FONT = '"Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif';

/** Return a PNG blob of what the map shows. */
export async function mapPicture() {
  const size = stage.map.getSize();
  const ratio = 2;
  const foot = 92;
  const canvas = document.createElement("canvas");
  canvas.width = size.x * ratio;
  canvas.height = (size.y + foot) * ratio;
  const c = canvas.getContext("2d");
  c.scale(ratio, ratio);
  c.fillStyle = "#DDE6EA";
  c.fillRect(0, 0, size.x, size.y + foot);
  const frame = byId("map").getBoundingClientRect();
  for (const layer of [stage.areas, stage.parks, stage.points, stage.names]) {
    const drawn = layer.getContainer ? layer.getContainer() : layer._container;
    const at = drawn.getBoundingClientRect();
    c.drawImage(drawn, at.left - frame.left, at.top - frame.top, at.width, at.height);
  }
  footer(c, size, foot);
  return new Promise((done, fail) => {
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error(t("error.server")))), "image/png");
  });
}

function footer(c, size, foot) {
  c.fillStyle = "#fff";
  c.fillRect(0, size.y, size.x, foot);
  c.strokeStyle = "#B9B4A8";
  c.beginPath();
  c.moveTo(0, size.y + 0.5);
  c.lineTo(size.x, size.y + 0.5);
  c.stroke();
  c.textBaseline = "middle";
  let x = 14;
  let y = size.y + 20;
  c.font = `12px ${FONT}`;
  for (const field of atlas.fields) {
    const text = nameOf(field);
    const width = c.measureText(text).width + 34;
    if (x + width > size.x - 10) { x = 14; y += 20; }
    const drawn = mark(field.shape, field.colour, 6, { strong: true });
    c.drawImage(drawn, x, y - drawn.half, drawn.half * 2, drawn.half * 2);
    c.fillStyle = "#22272E";
    c.fillText(text, x + 20, y);
    x += width;
  }
  scaleBar(c, size, foot);
  c.fillStyle = "#55524A";
  c.font = `11px ${FONT}`;
  const approval = atlas.start.approval_number ? ` · ${t("map.approval")} ${atlas.start.approval_number}` : "";
  c.fillText(`${t("title")} · ${byId("map-status").textContent} · ${t("map.credit")}${approval}`, 14, size.y + foot - 14, size.x - 190);
}

function scaleBar(c, size, foot) {
  const { map } = stage;
  const middle = size.y / 2;
  const metres = map.distance(map.containerPointToLatLng([0, middle]), map.containerPointToLatLng([120, middle]));
  const step = 10 ** Math.floor(Math.log10(metres));
  const nice = [5, 2, 1].map((k) => k * step).find((m) => m <= metres);
  const width = (120 * nice) / metres;
  const y = size.y + foot - 16;
  const x = size.x - width - 16;
  c.strokeStyle = "#22272E";
  c.lineWidth = 1.5;
  c.beginPath();
  c.moveTo(x, y - 4); c.lineTo(x, y); c.lineTo(x + width, y); c.lineTo(x + width, y - 4);
  c.stroke();
  c.fillStyle = "#22272E";
  c.textAlign = "center";
  c.fillText(nice >= 1000 ? `${nice / 1000} km` : `${nice} m`, x + width / 2, y - 9);
  c.textAlign = "left";
}
