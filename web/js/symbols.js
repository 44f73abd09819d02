// Marks: one shape a field, filled where the place is known well, hollow where it is not.

/** Precisions at which only the area that holds a firm is known: its mark is hollow, as on all maps. */
export const HOLLOW = new Set(["zone", "township", "district", "city", "none"]);

const cache = new Map();

function trace(c, shape, r) {
  const star = (points, inner, turn) => {
    for (let k = 0; k < points * 2; k += 1) {
      const at = (Math.PI * k) / points + turn;
      const far = k % 2 ? inner * r : r;
      c.lineTo(Math.cos(at) * far, Math.sin(at) * far);
    }
    c.closePath();
  };
  const polygon = (sides, turn, size = r) => {
    for (let k = 0; k < sides; k += 1) {
      const at = (2 * Math.PI * k) / sides + turn;
      c.lineTo(Math.cos(at) * size, Math.sin(at) * size);
    }
    c.closePath();
  };
  c.beginPath();
  if (shape === "square") c.rect(-r * 0.85, -r * 0.85, r * 1.7, r * 1.7);
  else if (shape === "diamond") polygon(4, 0, r * 1.15);
  else if (shape === "triangle") polygon(3, -Math.PI / 2, r * 1.15);
  else if (shape === "hexagon") polygon(6, 0, r * 1.05);
  else if (shape === "star") star(5, 0.45, -Math.PI / 2);
  else if (shape === "cross") {
    const a = r * 0.38;
    const b = r * 1.05;
    for (const [x, y] of [[-a, -b], [a, -b], [a, -a], [b, -a], [b, a], [a, a], [a, b], [-a, b], [-a, a], [-b, a], [-b, -a], [-a, -a]]) c.lineTo(x, y);
    c.closePath();
  } else c.arc(0, 0, r, 0, 2 * Math.PI);
}

/** Return a small canvas with a mark; `r` is its radius in CSS pixels, `hollow` for uncertain places. */
export function mark(shape, colour, r, { hollow = false, strong = false } = {}) {
  const ratio = Math.min(devicePixelRatio || 1, 2);
  const key = `${shape}|${colour}|${r}|${hollow}|${strong}|${ratio}`;
  let found = cache.get(key);
  if (found) return found;
  const half = Math.ceil(r * 1.2 + 2);
  found = document.createElement("canvas");
  found.width = found.height = half * 2 * ratio;
  found.half = half;
  const c = found.getContext("2d");
  c.scale(ratio, ratio);
  c.translate(half, half);
  trace(c, shape, r);
  if (hollow) {
    c.fillStyle = "rgba(255,255,255,.82)";
    c.fill();
    c.strokeStyle = colour;
    c.lineWidth = r > 4 ? 1.8 : 1.1;
    c.stroke();
  } else {
    c.fillStyle = colour;
    if (strong) { c.strokeStyle = "#fff"; c.lineWidth = 2.4; c.stroke(); }
    c.fill();
    if (strong) { c.strokeStyle = "rgba(34,39,46,.75)"; c.lineWidth = 0.6; c.stroke(); }
  }
  cache.set(key, found);
  return found;
}

/** Return a mark as an element for legends and lists. */
export function markImage(shape, colour, options = {}) {
  const drawn = mark(shape, colour, options.r || 6, options);
  const copy = document.createElement("canvas");
  copy.width = drawn.width;
  copy.height = drawn.height;
  copy.style.setProperty("width", `${drawn.half * 2}px`);
  copy.style.setProperty("height", `${drawn.half * 2}px`);
  copy.className = "mark";
  copy.setAttribute("aria-hidden", "true");
  copy.getContext("2d").drawImage(drawn, 0, 0);
  return copy;
}
