// All firms as marks on a canvas: single ones by field and precision, stacks as rings with a number.
import { CanvasLayer, slices } from "./canvas_layer.js";
import { atlas } from "./data.js";
import { HOLLOW, mark } from "./symbols.js";

/** Return a canvas layer of the shown firms with `setShown(shown, mask)` and `hit(map, point)`. */
export function pointsLayer(options) {
  let shown = null;
  let mask = 0;
  let stacks = null; // per stack: how many shown firms, and which one stands for it
  let order = null;

  const layer = new CanvasLayer({ ...options, paint });

  layer.setShown = (next, sectors) => {
    shown = next;
    mask = sectors;
    count();
    layer.redraw();
  };

  function count() {
    const f = atlas.firms;
    const many = new Uint32Array(f.stackFirst.length);
    const one = new Int32Array(f.stackFirst.length).fill(-1);
    for (let i = 0; i < f.n; i += 1) {
      const s = f.stack[i];
      if (!shown[i] || s < 0) continue;
      if (f.origin[i] && !uncertain(i)) continue; // an anchor stands for itself
      many[s] += 1;
      if (one[s] < 0) one[s] = i;
    }
    stacks = { many, one };
    if (!order) {
      const anchors = [];
      for (let i = 0; i < f.n; i += 1) if (f.origin[i] && f.stack[i] >= 0) anchors.push(i);
      order = { anchors };
    }
  }

  const uncertain = (i) => HOLLOW.has(atlas.start.precisions[atlas.firms.precision[i]]);

  function styleOf(i) {
    const f = atlas.firms;
    let sector = f.first[i];
    if (mask && !(mask & (1 << sector))) {
      const common = (f.sectors[i] & mask) >>> 0;
      if (common) sector = 31 - Math.clz32(common & -common);
    }
    return sector === 255 ? atlas.start.none : atlas.sectors[sector];
  }

  async function paint(c, frame) {
    if (!shown || !atlas.firms) return;
    const f = atlas.firms;
    const { scale, left, top, width, height, zoom } = frame;
    const r = zoom < 8 ? 2 : zoom < 10 ? 2.6 : zoom < 12 ? 3.4 : zoom < 14 ? 4.4 : 5.4;
    // Marks that would cover each other within a pixel or two are drawn once.
    const cell = zoom < 12 ? 2 : 1;
    const columns = Math.ceil(width / cell) + 1;
    const used = new Uint8Array(columns * (Math.ceil(height / cell) + 1));
    const rings = [];
    let marks = 0;
    const pause = slices();
    for (let s = 0; s < stacks.many.length; s += 1) {
      if (!stacks.many[s]) continue;
      const i = stacks.one[s];
      const x = f.x[i] * scale - left;
      const y = f.y[i] * scale - top;
      if (x < -30 || y < -30 || x > width + 30 || y > height + 30) continue;
      const hollow = uncertain(i);
      if (stacks.many[s] > 1 && (zoom >= 13 || (hollow && zoom >= 9) || stacks.many[s] >= 100)) {
        rings.push([x, y, s, hollow]);
        continue;
      }
      const place = ((y / cell) | 0) * columns + ((x / cell) | 0);
      if (x >= 0 && y >= 0 && x < width && y < height) {
        if (used[place]) continue;
        used[place] = 1;
      }
      const style = styleOf(i);
      const drawn = mark(style.shape, style.colour, r, { hollow: hollow && zoom >= 9 });
      c.drawImage(drawn, x - drawn.half, y - drawn.half, drawn.half * 2, drawn.half * 2);
      marks += 1;
      if ((marks & 127) === 0) {
        await pause();
        if (frame.stale()) return;
      }
    }
    for (let k = 0; k < rings.length; k += 100) {
      paintRings(c, rings.slice(k, k + 100));
      await pause();
      if (frame.stale()) return;
    }
    paintAnchors(c, frame);
  }

  function paintRings(c, rings) {
    c.textAlign = "center";
    c.textBaseline = "middle";
    for (const [x, y, s, hollow] of rings) {
      const n = stacks.many[s];
      const r = ringRadius(n);
      const style = styleOf(stacks.one[s]);
      c.beginPath();
      c.arc(x, y, r, 0, 2 * Math.PI);
      c.fillStyle = "rgba(255,255,255,.86)";
      c.fill();
      c.setLineDash(hollow ? [3, 2] : []);
      c.lineWidth = 1.3;
      c.strokeStyle = hollow ? "#6B6F76" : style.colour;
      c.stroke();
      c.setLineDash([]);
      c.font = `${n > 999 ? 9 : 10}px "Noto Sans CJK SC", "Microsoft YaHei", sans-serif`;
      c.fillStyle = "#22272E";
      c.fillText(n > 9999 ? `${Math.round(n / 1000)}k` : String(n), x, y + 0.5);
    }
  }

  function paintAnchors(c, { scale, left, top, width, height, zoom }) {
    const f = atlas.firms;
    const r = zoom < 8 ? 4.2 : zoom < 11 ? 5.6 : 7.2;
    for (const i of order.anchors) {
      if (!shown[i]) continue;
      const hollow = uncertain(i);
      if (hollow && stacks.many[f.stack[i]] > 1 && zoom >= 9) continue; // its ring counts it
      const x = f.x[i] * scale - left;
      const y = f.y[i] * scale - top;
      if (x < -20 || y < -20 || x > width + 20 || y > height + 20) continue;
      const style = styleOf(i);
      const drawn = mark(style.shape, style.colour, r, { hollow, strong: true });
      c.drawImage(drawn, x - drawn.half, y - drawn.half, drawn.half * 2, drawn.half * 2);
    }
  }

  const ringRadius = (n) => Math.min(19, 6.5 + Math.log10(n) * 4);

  /** Return the rows of the shown firms at a place of the screen: the nearest mark's, anchors first. */
  layer.hit = (map, point) => {
    if (!shown || !stacks) return [];
    const f = atlas.firms;
    const scale = 256 * 2 ** map.getZoom();
    const origin = map.getPixelOrigin();
    const at = map.containerPointToLayerPoint(point).add(origin);
    let best = -1;
    let nearest = Infinity;
    for (const i of order.anchors) {
      if (!shown[i]) continue;
      const d = Math.hypot(f.x[i] * scale - at.x, f.y[i] * scale - at.y) - 4;
      if (d < 8 && d < nearest) { nearest = d; best = i; }
    }
    if (best >= 0 && !uncertain(best)) return [best];
    for (let s = 0; s < stacks.many.length; s += 1) {
      const i = stacks.one[s];
      if (i < 0) continue;
      const d = Math.hypot(f.x[i] * scale - at.x, f.y[i] * scale - at.y);
      const reach = stacks.many[s] > 1 ? Math.max(7, ringRadius(stacks.many[s])) : 7;
      if (d < reach && d < nearest) { nearest = d; best = i; }
    }
    return best < 0 ? [] : layer.members(f.stack[best], best);
  };

  /** Return the rows of the shown firms of a stack, anchors first. */
  layer.members = (number, first) => {
    const f = atlas.firms;
    if (stacks.many[number] < 2) return [first];
    const rows = [];
    for (let i = 0; i < f.n; i += 1) if (shown[i] && f.stack[i] === number) rows.push(i);
    return rows;
  };

  return layer;
}
