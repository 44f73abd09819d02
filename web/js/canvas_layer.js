// A canvas over the map that is drawn anew when the map came to rest and moves with it meanwhile.
/* global L */

/** Return a Leaflet layer that calls `paint(context, frame)`; `frame` maps the world to the canvas.
 *
 * `paint` may return a promise (work in slices); the picture before stays until it is done. A frame is
 * {zoom, scale, left, top, width, height, ratio, stale()}: a point of the world (x, y in 0..1) is at
 * (x * scale - left, y * scale - top) in CSS pixels of the canvas.
 */
export const CanvasLayer = L.Renderer.extend({
  options: { padding: 0.25, paint: null },

  initialize(options) {
    L.setOptions(this, options);
    L.Util.stamp(this);
    this._layers = {};
    this._job = 0;
  },

  _initContainer() {
    this._container = document.createElement("canvas");
    this._container.setAttribute("aria-hidden", "true");
  },

  _destroyContainer() {
    this._job += 1;
    this._container.remove();
    delete this._container;
  },

  _updatePaths() {},
  _onZoomEnd() {},

  _reset() { this._update(); },

  /** Draw again, where the map is. */
  redraw() {
    if (this._map) this._update();
  },

  async _update() {
    const map = this._map;
    if (!map || (map._animatingZoom && this._bounds)) return;
    this._job += 1;
    const job = this._job;
    const size = map.getSize();
    const min = map.containerPointToLayerPoint(size.multiplyBy(-this.options.padding)).round();
    const box = size.multiplyBy(1 + 2 * this.options.padding).round();
    const origin = map.getPixelOrigin().add(min);
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const zoom = map.getZoom();
    const center = map.getCenter();
    const frame = {
      zoom, ratio, scale: 256 * 2 ** zoom, left: origin.x, top: origin.y, width: box.x, height: box.y,
      stale: () => job !== this._job || !this._map,
    };
    this._bounds ||= L.bounds(min, min.add(box));
    this._center ||= center;
    this._zoom ??= zoom;
    await breathe();
    if (frame.stale()) return;
    const canvas = document.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");
    canvas.className = this._container.className;
    canvas.width = box.x * ratio;
    canvas.height = box.y * ratio;
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    await this.options.paint(context, frame);
    if (frame.stale()) return;
    this._bounds = L.bounds(min, min.add(box));
    this._center = center;
    this._zoom = zoom;
    canvas.style.setProperty("width", `${box.x}px`);
    canvas.style.setProperty("height", `${box.y}px`);
    L.DomUtil.setPosition(canvas, min);
    this._container.replaceWith(canvas);
    this._container = canvas;
    this.fire("drawn");
  },
});

/** Give the browser a moment between two slices of work. */
export function breathe() {
  return new Promise((done) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = done;
    channel.port2.postMessage(0);
  });
}

/** Return a function to await in a long loop: it breathes once `ms` have gone by since the last time. */
export function slices(ms = 8) {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < ms) return;
    await breathe();
    since = performance.now();
  };
}
