// Districts, parks and names, drawn on canvases of their own.
import { CanvasLayer, slices } from "./canvas_layer.js";
import { atlas, toWorld } from "./data.js";

const CENTRE = toWorld(123, 41.2);
const UNIT = 2 ** 20; // paths are kept in 1/UNIT of the world around CENTRE, for single precision

/** Return rings (differences of whole numbers) as a path around CENTRE, with its box in the world. */
export function pathOf(rings, scale) {
  const path = new Path2D();
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    let lon = 0;
    let lat = 0;
    for (let k = 0; k < ring.length; k += 2) {
      lon += ring[k];
      lat += ring[k + 1];
      const [x, y] = toWorld(lon / scale, lat / scale);
      const px = (x - CENTRE[0]) * UNIT;
      const py = (y - CENTRE[1]) * UNIT;
      if (k) path.lineTo(px, py);
      else path.moveTo(px, py);
      box[0] = Math.min(box[0], x); box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x); box[3] = Math.max(box[3], y);
    }
    path.closePath();
  }
  return { path, box };
}

/** Return the layer of the districts; `colourOf(adcode)` gives a fill, "hatch" or nothing. */
export function areasLayer(options, { colourOf, chosen }) {
  let shapes = null;
  const layer = new CanvasLayer({ ...options, paint });

  layer.setShapes = async (districts) => {
    const pause = slices();
    const made = new Map();
    for (const d of districts) {
      made.set(d.adcode, pathOf(d.rings, atlas.start.scale));
      await pause();
    }
    shapes = made;
    layer.redraw();
  };

  layer.boxOf = (adcode) => shapes?.get(adcode)?.box;

  const probe = document.createElement("canvas").getContext("2d");
  /** Return the adcode of the district at a place of the world; "" outside of all. */
  layer.at = (x, y) => {
    if (!shapes) return "";
    const px = (x - CENTRE[0]) * UNIT;
    const py = (y - CENTRE[1]) * UNIT;
    for (const [adcode, { path, box }] of shapes) {
      if (x < box[0] || x > box[2] || y < box[1] || y > box[3]) continue;
      if (probe.isPointInPath(path, px, py, "evenodd")) return adcode;
    }
    return "";
  };

  async function paint(c, frame) {
    if (!shapes) return;
    const pause = slices();
    const { scale, left, top, width, height } = frame;
    const k = scale / UNIT;
    const inside = [...shapes].filter(([, { box }]) => box[2] * scale > left && box[0] * scale < left + width
      && box[3] * scale > top && box[1] * scale < top + height);
    c.save();
    c.translate(CENTRE[0] * scale - left, CENTRE[1] * scale - top);
    c.scale(k, k);
    c.lineJoin = "round";
    for (const [adcode, { path }] of inside) {
      const colour = colourOf(adcode);
      c.fillStyle = colour === "hatch" ? hatch(c, k, frame.ratio) : colour || "#F8F6F1";
      c.fill(path, "evenodd");
      await pause();
      if (frame.stale()) return;
    }
    c.lineWidth = 0.9 / k;
    c.strokeStyle = "#A9A392";
    for (const [, { path }] of inside) {
      c.stroke(path);
      await pause();
      if (frame.stale()) return;
    }
    const marked = chosen();
    for (const [adcode, { path }] of inside) {
      const kind = marked.get(adcode);
      if (!kind) continue;
      c.lineWidth = 4.5 / k;
      c.strokeStyle = "rgba(255,255,255,.9)";
      c.stroke(path);
      c.lineWidth = 2.2 / k;
      c.strokeStyle = kind === "second" ? "#B3123F" : "#22305F";
      c.stroke(path);
    }
    c.restore();
  }

  return layer;
}

function hatch(c, k, ratio) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8 * ratio;
  const d = tile.getContext("2d");
  d.fillStyle = "#F1F0EC";
  d.fillRect(0, 0, tile.width, tile.height);
  d.strokeStyle = "#BDBDBD";
  d.lineWidth = ratio;
  for (const shift of [-8, 0, 8]) {
    d.beginPath();
    d.moveTo(shift * ratio, 8 * ratio);
    d.lineTo((shift + 8) * ratio, 0);
    d.stroke();
  }
  const pattern = c.createPattern(tile, "repeat");
  pattern.setTransform(new DOMMatrix().scale(1 / (k * ratio)));
  return pattern;
}

/** Return the layer of parks: areas where they are known, else a dashed circle that holds the place. */
export function parksLayer(options, { shown, chosen }) {
  let shapes = null;
  const layer = new CanvasLayer({ ...options, paint });

  const spots = () => {
    shapes ||= [...atlas.parks.values()].filter((p) => p.lon !== null).map((park) => {
      const [x, y] = toWorld(park.lon, park.lat);
      // A metre on the ground in parts of the world's width, at this latitude.
      const metre = 1 / (40_075_016.686 * Math.cos((park.lat * Math.PI) / 180));
      return { park, x, y, radius: (park.radius_m || 0) * metre, area: park.rings.length ? pathOf(park.rings, atlas.start.scale) : null };
    });
    return shapes;
  };

  function paint(c, { scale, left, top, zoom }) {
    if (!shown()) return;
    for (const { park, x, y, radius, area } of spots()) {
      const px = x * scale - left;
      const py = y * scale - top;
      const own = chosen() === park.park_id;
      c.strokeStyle = own ? "#B3123F" : "#5D7A1F";
      c.fillStyle = own ? "rgba(179,18,63,.10)" : "rgba(93,122,31,.10)";
      if (area) {
        c.save();
        c.translate(CENTRE[0] * scale - left, CENTRE[1] * scale - top);
        c.scale(scale / UNIT, scale / UNIT);
        c.lineWidth = (1.4 * UNIT) / scale;
        c.fill(area.path);
        c.stroke(area.path);
        c.restore();
      } else if (zoom >= 8 && radius * scale > 6) {
        c.beginPath();
        c.arc(px, py, radius * scale, 0, 2 * Math.PI);
        c.setLineDash([5, 4]);
        c.lineWidth = own ? 2 : 1.2;
        c.fill();
        c.stroke();
        c.setLineDash([]);
      }
      const s = zoom < 9 ? 4 : 5.5;
      c.beginPath();
      c.moveTo(px - s, py + s); c.lineTo(px - s, py - s * 0.2); c.lineTo(px, py - s * 1.2);
      c.lineTo(px + s, py - s * 0.2); c.lineTo(px + s, py + s); c.closePath();
      c.fillStyle = "#fff";
      c.lineWidth = 1.6;
      c.fill();
      c.stroke();
    }
  }

  /** Return the park whose mark lies at a place of the screen, or null. */
  layer.hit = (map, point) => {
    if (!shown()) return null;
    const at = map.containerPointToLayerPoint(point).add(map.getPixelOrigin());
    const scale = 256 * 2 ** map.getZoom();
    const near = spots().find(({ x, y }) => Math.hypot(x * scale - at.x, y * scale - at.y) < 9);
    return near ? near.park : null;
  };
  return layer;
}

/** Return the layer of names: `labels(zoom)` gives [{x, y, text, size, weight, colour, dy}], foremost first. */
export function namesLayer(options, { labels }) {
  return new CanvasLayer({ ...options, paint });

  function paint(c, { scale, left, top, width, height, zoom }) {
    const taken = [];
    c.textAlign = "center";
    c.textBaseline = "middle";
    c.lineJoin = "round";
    for (const label of labels(zoom)) {
      const px = label.x * scale - left;
      const py = label.y * scale - top + (label.dy || 0);
      if (px < 0 || py < 0 || px > width || py > height) continue;
      c.font = `${label.weight || 400} ${label.size}px "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif`;
      const w = c.measureText(label.text).width / 2 + 3;
      const h = label.size / 2 + 2;
      if (taken.some((o) => Math.abs(o[0] - px) < o[2] + w && Math.abs(o[1] - py) < o[3] + h)) continue;
      taken.push([px, py, w, h]);
      c.strokeStyle = "rgba(255,255,255,.9)";
      c.lineWidth = 3;
      c.strokeText(label.text, px, py);
      c.fillStyle = label.colour;
      c.fillText(label.text, px, py);
    }
  }
}
