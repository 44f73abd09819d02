/* A canvas layer for any number of firms: grid clusters when far out, markers when near, hit test.
 *
 * Positions are kept as web-Mercator fractions of the world (0..1), so that a redraw is one pass of
 * multiplications over typed arrays: 100,000 firms take some 10 ms. Marks that would overlap are
 * counted into one; nothing is moved to make room, a firm stays where its position says. */
(function () {
  "use strict";
  var atlas = (window.ClusterAtlas = window.ClusterAtlas || {});
  var PADDING = 0.12;
  var FIELDS_MAX = 9;

  atlas.worldOf = function (lon, lat) {
    var sine = Math.sin((lat * Math.PI) / 180);
    return [lon / 360 + 0.5, 0.5 - (0.25 * Math.log((1 + sine) / (1 - sine))) / Math.PI];
  };

  atlas.latLngOfWorld = function (x, y) {
    var lat = (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
    return L.latLng(lat, (x - 0.5) * 360);
  };

  /* A canvas that covers the view and a rim around it, and is drawn anew after each move. */
  atlas.CanvasLayer = L.Layer.extend({
    onAdd: function (map) {
      this._canvas = L.DomUtil.create("canvas", "ca-canvas leaflet-zoom-hide");
      this._canvas.setAttribute("aria-hidden", "true");
      map.getPane(this.options.pane).appendChild(this._canvas);
      map.on("moveend resize", this.redraw, this);
      this.redraw();
    },

    onRemove: function (map) {
      map.off("moveend resize", this.redraw, this);
      L.DomUtil.remove(this._canvas);
      this._canvas = null;
    },

    redraw: function () {
      if (!this._map || !this._canvas) return;
      var frame = this._frame();
      this._canvas.width = Math.round(frame.width * frame.ratio);
      this._canvas.height = Math.round(frame.height * frame.ratio);
      this._canvas.style.width = frame.width + "px";
      this._canvas.style.height = frame.height + "px";
      L.DomUtil.setPosition(this._canvas, frame.topLeft);
      var context = this._canvas.getContext("2d");
      context.setTransform(frame.ratio, 0, 0, frame.ratio, 0, 0);
      this.draw(context, frame);
    },

    _frame: function () {
      var size = this._map.getSize();
      var rim = L.point(Math.round(size.x * PADDING), Math.round(size.y * PADDING));
      var topLeft = this._map.containerPointToLayerPoint(L.point(0, 0)).subtract(rim).round();
      var origin = this._map.getPixelOrigin();
      return {
        topLeft: topLeft,
        width: size.x + 2 * rim.x,
        height: size.y + 2 * rim.y,
        left: origin.x + topLeft.x,
        top: origin.y + topLeft.y,
        scale: 256 * Math.pow(2, this._map.getZoom()),
        zoom: this._map.getZoom(),
        ratio: Math.min(window.devicePixelRatio || 1, 2),
      };
    },
  });

  atlas.PointLayer = atlas.CanvasLayer.extend({
    options: { pane: "atlasFirms", anchors: false },

    initialize: function (firms, from, to, options) {
      L.setOptions(this, options);
      this.firms = firms;
      this.from = from;
      this.to = to;
      this.marks = [];
      this._cellOf = new Int32Array(to - from);
    },

    _gridSize: function (zoom) {
      if (this.options.anchors) return zoom >= 15 ? 12 : 24;
      return zoom >= 15 ? 16 : 64;
    },

    draw: function (context, frame) {
      var cells = this._count(frame, this._gridSize(frame.zoom));
      this._merge(cells);
      this.marks = this._place(cells);
      var near = frame.zoom >= 11;
      // Small marks last, so that a large cluster never hides a single firm.
      var order = this.marks.slice().sort(function (a, b) {
        return b.r - a.r;
      });
      for (var i = 0; i < order.length; i++) {
        if (order[i].count === 1) this._drawFirm(context, order[i], near);
        else if (this.options.anchors) this._drawRing(context, order[i]);
        else this._drawBubble(context, order[i]);
      }
      this.fire("drawn");
    },

    /* One pass: which cell of the grid holds each firm; sums and counts by field per cell. */
    _count: function (frame, grid) {
      var firms = this.firms;
      var firstColumn = Math.floor(frame.left / grid);
      var firstRow = Math.floor(frame.top / grid);
      var columns = Math.ceil((frame.left + frame.width) / grid) - firstColumn;
      var rows = Math.ceil((frame.top + frame.height) / grid) - firstRow;
      var total = Math.max(columns * rows, 1);
      var cells = {
        columns: columns,
        rows: rows,
        grid: grid,
        count: new Uint32Array(total),
        x: new Float64Array(total),
        y: new Float64Array(total),
        first: new Int32Array(total),
        fields: new Uint32Array(total * FIELDS_MAX),
        root: new Int32Array(total),
      };
      var active = firms.activeMask;
      var before = firms.lastYear;
      for (var i = this.from; i < this.to; i++) {
        var at = i - this.from;
        this._cellOf[at] = -1;
        if ((firms.mask[i] & active) === 0 || firms.year[i] > before) continue;
        var x = firms.x[i] * frame.scale;
        var y = firms.y[i] * frame.scale;
        var column = Math.floor(x / grid) - firstColumn;
        var row = Math.floor(y / grid) - firstRow;
        if (column < 0 || row < 0 || column >= columns || row >= rows) continue;
        var cell = row * columns + column;
        this._cellOf[at] = cell;
        if (cells.count[cell]++ === 0) cells.first[cell] = i;
        cells.x[cell] += x - frame.left;
        cells.y[cell] += y - frame.top;
        cells.fields[cell * FIELDS_MAX + firms.fieldShown(i)]++;
      }
      for (var c = 0; c < total; c++) cells.root[c] = c;
      return cells;
    },

    /* Cells next to each other whose marks would touch become one mark, the larger takes the smaller. */
    _merge: function (cells) {
      var filled = [];
      for (var c = 0; c < cells.count.length; c++) if (cells.count[c]) filled.push(c);
      filled.sort(function (a, b) {
        return cells.count[b] - cells.count[a];
      });
      for (var i = 0; i < filled.length; i++) {
        var cell = filled[i];
        if (cells.root[cell] !== cell) continue;
        this._absorb(cells, cell);
      }
    },

    _absorb: function (cells, cell) {
      var column = cell % cells.columns;
      var row = Math.floor(cell / cells.columns);
      for (var dy = -1; dy <= 1; dy++) {
        for (var dx = -1; dx <= 1; dx++) {
          var other = (row + dy) * cells.columns + column + dx;
          if (other === cell || column + dx < 0 || column + dx >= cells.columns) continue;
          if (row + dy < 0 || row + dy >= cells.rows || !cells.count[other]) continue;
          if (cells.root[other] !== other || cells.count[other] > cells.count[cell]) continue;
          var gapX = cells.x[cell] / cells.count[cell] - cells.x[other] / cells.count[other];
          var gapY = cells.y[cell] / cells.count[cell] - cells.y[other] / cells.count[other];
          var reach = (this._radius(cells.count[cell]) + this._radius(cells.count[other])) * 0.86;
          if (gapX * gapX + gapY * gapY < reach * reach) this._join(cells, cell, other);
        }
      }
    },

    _join: function (cells, cell, other) {
      // What the other had swallowed before comes along.
      for (var c = 0; c < cells.root.length; c++) if (cells.root[c] === other) cells.root[c] = cell;
      cells.count[cell] += cells.count[other];
      cells.x[cell] += cells.x[other];
      cells.y[cell] += cells.y[other];
      for (var f = 0; f < FIELDS_MAX; f++) {
        cells.fields[cell * FIELDS_MAX + f] += cells.fields[other * FIELDS_MAX + f];
      }
      cells.count[other] = 0;
    },

    _radius: function (count) {
      if (count === 1) return this.options.anchors ? 8 : 4.5;
      if (this.options.anchors) return Math.min(10.5 + 2.1 * Math.sqrt(count), 24);
      return Math.min(7 + 2.4 * Math.log(count), 30);
    },

    _place: function (cells) {
      var marks = [];
      for (var cell = 0; cell < cells.count.length; cell++) {
        var count = cells.count[cell];
        if (!count) continue;
        marks.push({
          x: cells.x[cell] / count,
          y: cells.y[cell] / count,
          r: this._radius(count),
          count: count,
          cell: cell,
          first: cells.first[cell],
          fields: cells.fields.subarray(cell * FIELDS_MAX, (cell + 1) * FIELDS_MAX),
        });
      }
      this._root = cells.root;
      return marks;
    },

    _drawFirm: function (context, mark, near) {
      var firms = this.firms;
      var style = firms.styleShown(mark.first);
      var hollow = firms.isUnsure(mark.first);
      var radius = this.options.anchors ? (near ? 8.5 : 7) : near ? 4.6 : 3.6;
      mark.r = radius * 1.2;
      atlas.drawMarker(context, style, mark.x, mark.y, radius, hollow);
      if (this.options.anchors && style.numeral) {
        atlas.drawNumeral(context, String(style.numeral), mark.x, mark.y, radius, hollow, style);
      }
    },

    /* Anchors: how many there are, in a ring that shows the shares of the fields. */
    _drawRing: function (context, mark) {
      var firms = this.firms;
      context.beginPath();
      context.arc(mark.x, mark.y, mark.r + 1.5, 0, 2 * Math.PI);
      context.fillStyle = "#FFFFFF";
      context.fill();
      var angle = -Math.PI / 2;
      for (var f = 0; f < FIELDS_MAX; f++) {
        if (!mark.fields[f]) continue;
        var end = angle + (2 * Math.PI * mark.fields[f]) / mark.count;
        context.beginPath();
        context.moveTo(mark.x, mark.y);
        context.arc(mark.x, mark.y, mark.r, angle, end);
        context.closePath();
        context.fillStyle = firms.fieldStyles[f].colour;
        context.fill();
        context.lineWidth = 1;
        context.strokeStyle = "#FFFFFF";
        context.stroke();
        angle = end;
      }
      context.beginPath();
      context.arc(mark.x, mark.y, mark.r * 0.66, 0, 2 * Math.PI);
      context.fillStyle = "#FFFFFF";
      context.fill();
      this._drawCount(context, mark, "#1B2026");
    },

    /* Registered firms: a pale disc with a thin rim in the shares of the fields. */
    _drawBubble: function (context, mark) {
      var firms = this.firms;
      context.beginPath();
      context.arc(mark.x, mark.y, mark.r, 0, 2 * Math.PI);
      context.fillStyle = "rgba(255, 255, 255, 0.62)";
      context.fill();
      var angle = -Math.PI / 2;
      context.lineWidth = 2.6;
      for (var f = 0; f < FIELDS_MAX; f++) {
        if (!mark.fields[f]) continue;
        var end = angle + (2 * Math.PI * mark.fields[f]) / mark.count;
        context.beginPath();
        context.arc(mark.x, mark.y, mark.r - 1.3, angle, end);
        context.strokeStyle = firms.fieldStyles[f].colour;
        context.globalAlpha = 0.75;
        context.stroke();
        angle = end;
      }
      context.globalAlpha = 1;
      if (!this._covered(mark)) this._drawCount(context, mark, "#4A5563");
    },

    /* True if a mark of the layer above hides the middle, where the number would stand. */
    _covered: function (mark) {
      var above = this.options.above;
      if (!above || !above._map) return false;
      return above.marks.some(function (other) {
        return Math.hypot(other.x - mark.x, other.y - mark.y) < other.r + 9;
      });
    },

    _drawCount: function (context, mark, colour) {
      var text = mark.count < 10000 ? String(mark.count) : Math.round(mark.count / 1000) + "k";
      var size = this.options.anchors ? Math.max(11, mark.r * 0.62) : 11;
      context.font = "600 " + size + "px " + atlas.FONT;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.fillStyle = colour;
      context.fillText(text, mark.x, mark.y + 0.5);
    },

    /* The mark under a point of the map's container, null if there is none. */
    markAt: function (containerPoint) {
      if (!this._map) return null;
      var layerPoint = this._map.containerPointToLayerPoint(containerPoint);
      var at = layerPoint.subtract(L.DomUtil.getPosition(this._canvas));
      var best = null;
      var bestGap = Infinity;
      for (var i = 0; i < this.marks.length; i++) {
        var mark = this.marks[i];
        var gap = Math.hypot(mark.x - at.x, mark.y - at.y);
        // A slip of 3 px beside a small mark still means it.
        if (gap <= mark.r + 3 && gap < bestGap) {
          best = mark;
          bestGap = gap;
        }
      }
      return best;
    },

    membersOf: function (mark) {
      if (mark.count === 1) return [mark.first];
      var members = [];
      for (var at = 0; at < this._cellOf.length; at++) {
        var cell = this._cellOf[at];
        if (cell >= 0 && this._root[cell] === mark.cell) members.push(at + this.from);
      }
      return members;
    },

    /* Whether the switches of sectors and the year let a firm be drawn. */
    shows: function (firm) {
      return (this.firms.mask[firm] & this.firms.activeMask) !== 0 && this.firms.year[firm] <= this.firms.lastYear;
    },

    /* Boxes that labels keep away from, in pixels of this canvas. */
    obstacles: function () {
      return this.marks.map(function (mark) {
        return [mark.x - mark.r, mark.y - mark.r, mark.x + mark.r, mark.y + mark.r];
      });
    },
  });
})();
