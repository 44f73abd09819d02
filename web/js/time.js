// The time slider: firms registered within a span of years, with a small chart of how many a year.
import { atlas } from "./data.js";
import { byId, el, fill, later } from "./dom.js";
import { change, onChange, view } from "./state.js";
import { t } from "./text.js";

let playing = 0;

/** Build the slider; it is there only if firms have dates. */
export function startTime() {
  const box = byId("time");
  const [first, last] = atlas.years;
  box.hidden = !last;
  if (!last) return;
  const [from, to] = view().years.length ? view().years : [first, last];
  const input = (id, key, value) => el("input", {
    type: "range", id, min: String(first), max: String(last), step: "1", value: String(value), "aria-label": t(key),
    on: { input: () => { stop(); moved(); } },
  });
  fill(box,
    el("button", { type: "button", id: "play", class: "icon-button", "aria-label": t("time.play"), title: t("time.play"), text: "▶", on: { click: play } }),
    el("div", { class: "time-track" }, el("canvas", { id: "years", height: "34", "aria-hidden": "true" }), input("year-from", "time.from", from), input("year-to", "time.to", to)),
    el("output", { id: "year-text", for: "year-from year-to" }),
    el("button", { type: "button", class: "link", text: t("time.all"), on: { click: () => { stop(); change({ years: [] }, { push: true }); } } }));
  sync();
}

const moved = () => {
  let a = Number(byId("year-from").value);
  let b = Number(byId("year-to").value);
  if (a > b) [a, b] = [b, a];
  write([a, b]);
  settle([a, b]);
};

const settle = later(([a, b]) => {
  const [first, last] = atlas.years;
  change({ years: a === first && b === last ? [] : [a, b] });
}, 60);

function write([a, b]) {
  byId("year-text").textContent = a === b ? String(a) : `${a}–${b}`;
}

function play() {
  if (playing) { stop(); return; }
  const [first, last] = atlas.years;
  byId("play").textContent = "❚❚";
  byId("play").setAttribute("aria-label", t("time.stop"));
  let year = view().years.length && view().years[1] < last ? view().years[1] : Math.max(first, last - 40);
  const step = () => {
    year += 1;
    change({ years: [first, Math.min(year, last)] });
    if (year >= last) stop();
  };
  playing = setInterval(step, 350);
}

function stop() {
  clearInterval(playing);
  playing = 0;
  const button = byId("play");
  if (button) { button.textContent = "▶"; button.setAttribute("aria-label", t("time.play")); }
}

function sync() {
  if (!byId("year-from")) return;
  const span = view().years.length ? view().years : atlas.years;
  byId("year-from").value = String(span[0]);
  byId("year-to").value = String(span[1]);
  write(span);
}

onChange((next, changed) => { if (changed.has("years")) sync(); });

/** Draw how many of the firms that the other filters show were registered each year. */
export function refreshTime(now) {
  const canvas = byId("years");
  if (!canvas || !atlas.firms) return;
  const [first, last] = atlas.years;
  const counts = new Uint32Array(last - first + 1);
  const f = atlas.firms;
  for (let i = 0; i < f.n; i += 1) if (now.shown[i] && f.year[i]) counts[f.year[i] - first] += 1;
  const ratio = Math.min(devicePixelRatio || 1, 2);
  const width = canvas.clientWidth || 300;
  canvas.width = width * ratio;
  canvas.height = 34 * ratio;
  const c = canvas.getContext("2d");
  c.scale(ratio, ratio);
  const most = Math.max(1, ...counts);
  const step = width / counts.length;
  c.fillStyle = "#9DB4CC";
  counts.forEach((n, k) => { const h = (n / most) * 32; c.fillRect(k * step, 34 - h, Math.max(1, step - 1), h); });
}
