/* Density of firms: hexagons counted and classed, or a smooth heat surface; drawn from all visible firms. */
(function () {
  "use strict";
  var atlas = (window.ClusterAtlas = window.ClusterAtlas || {});
  var HEX = 17; /* radius of a hexagon in pixels: readable, and about 400 on a screen */
  var CELL = 5; /* side of a heat cell in pixels before it is smoothed */

  atlas.SurfaceLayer = atlas.CanvasLayer.extend({
    options: { pane: "atlasSurface" },

    initialize: function (firms, kind, colours, options) {
      L.setOptions(this, options);
      this.firms = firms;
      this.kind = kind;
      this.colours = colours;
      this.breaks = [];
    },

    draw: function (context, frame) {
      if (this.kind === "hex") this._drawHexes(context, frame);
      else this._drawHeat(context, frame);
      this.fire("classes", { breaks: this.breaks });
    },

    _each: function (frame, visit) {
      var firms = this.firms;
      for (var i = 0; i < firms.count; i++) {
        if ((firms.mask[i] & firms.activeMask) === 0 || firms.year[i] > firms.lastYear) continue;
        visit(firms.x[i] * frame.scale, firms.y[i] * frame.scale);
      }
    },

    /* Bins are counted over the whole map, not the view, so that classes stay while the map is moved. */
    _countHexes: function (frame) {
      var bins = new Map();
      var wide = HEX * Math.sqrt(3);
      var high = HEX * 1.5;
      this._each(frame, function (x, y) {
        var row = Math.round(y / high);
        var column = Math.round(x / wide - (row & 1) / 2);
        var gapY = y / high - row;
        if (Math.abs(gapY) * 3 > 1) {
          // The point may lie in the corner of the row above or below: the nearer centre wins.
          var gapX = x / wide - column - (row & 1) / 2;
          var otherRow = row + (gapY < 0 ? -1 : 1);
          var otherColumn = Math.round(x / wide - (otherRow & 1) / 2);
          var farX = x / wide - otherColumn - (otherRow & 1) / 2;
          var farY = y / high - otherRow;
          if (farX * farX * 3 + farY * farY * 2.25 < gapX * gapX * 3 + gapY * gapY * 2.25) {
            row = otherRow;
            column = otherColumn;
          }
        }
        var key = row * 8388608 + column;
        bins.set(key, (bins.get(key) || 0) + 1);
      });
      return bins;
    },

    _drawHexes: function (context, frame) {
      var bins = this._countHexes(frame);
      this.breaks = geometricBreaks(Array.from(bins.values()), this.colours.length);
      var self = this;
      bins.forEach(function (count, key) {
        var row = Math.floor(key / 8388608);
        var column = key - row * 8388608;
        var x = (column + (row & 1) / 2) * HEX * Math.sqrt(3) - frame.left;
        var y = row * HEX * 1.5 - frame.top;
        if (x < -HEX || y < -HEX || x > frame.width + HEX || y > frame.height + HEX) return;
        context.beginPath();
        for (var corner = 0; corner < 6; corner++) {
          var angle = Math.PI / 6 + (corner * Math.PI) / 3;
          context.lineTo(x + HEX * Math.cos(angle), y + HEX * Math.sin(angle));
        }
        context.closePath();
        context.globalAlpha = 0.94;
        context.fillStyle = self.colours[classOf(count, self.breaks)];
        context.fill();
        context.lineWidth = 1;
        context.strokeStyle = "#FFFFFF";
        context.stroke();
      });
      context.globalAlpha = 1;
    },

    _drawHeat: function (context, frame) {
      var columns = Math.ceil(frame.width / CELL) + 1;
      var rows = Math.ceil(frame.height / CELL) + 1;
      var grid = new Float32Array(columns * rows);
      this._each(frame, function (x, y) {
        var column = Math.floor((x - frame.left) / CELL);
        var row = Math.floor((y - frame.top) / CELL);
        if (column >= 0 && row >= 0 && column < columns && row < rows) grid[row * columns + column]++;
      });
      for (var pass = 0; pass < 3; pass++) grid = blurred(grid, columns, rows, 3);
      var most = 0;
      for (var i = 0; i < grid.length; i++) most = Math.max(most, grid[i]);
      this.breaks = [];
      if (!most) return;
      paintHeat(context, grid, columns, rows, most, this.colours);
    },
  });

  function classOf(value, breaks) {
    for (var i = 0; i < breaks.length; i++) if (value <= breaks[i]) return i;
    return breaks.length - 1;
  }

  /* Upper bounds of at most k classes, each as many times the one before: counts span four powers of
   * ten, and equal shares would throw all large cells together. */
  function geometricBreaks(values, k) {
    var most = values.reduce(function (best, value) {
      return Math.max(best, value);
    }, 0);
    var breaks = [];
    for (var i = 1; i <= k; i++) {
      var bound = i === k ? most : Math.round(Math.pow(most, i / k));
      if (bound > (breaks.length ? breaks[breaks.length - 1] : 0)) breaks.push(bound);
    }
    return breaks;
  }

  /* One box blur along rows and one along columns; three rounds come near a Gaussian. */
  function blurred(grid, columns, rows, reach) {
    var half = new Float32Array(grid.length);
    var out = new Float32Array(grid.length);
    slide(grid, half, rows, columns, columns, 1, reach);
    slide(half, out, columns, rows, 1, columns, reach);
    return out;
  }

  function slide(from, to, lines, length, lineStep, step, reach) {
    var share = 1 / (2 * reach + 1);
    for (var line = 0; line < lines; line++) {
      var base = line * lineStep;
      var sum = 0;
      for (var i = -reach; i < length; i++) {
        if (i + reach < length) sum += from[base + (i + reach) * step];
        if (i - reach - 1 >= 0) sum -= from[base + (i - reach - 1) * step];
        if (i >= 0) to[base + i * step] = sum * share;
      }
    }
  }

  function paintHeat(context, grid, columns, rows, most, colours) {
    var image = new ImageData(columns, rows);
    var parts = colours.map(function (colour) {
      return [1, 3, 5].map(function (at) {
        return parseInt(colour.substr(at, 2), 16);
      });
    });
    for (var i = 0; i < grid.length; i++) {
      // The square root keeps small clusters visible beside the province's capital.
      var share = Math.sqrt(grid[i] / most);
      if (share < 0.03) continue;
      var at = share * (parts.length - 1);
      var low = Math.min(Math.floor(at), parts.length - 2);
      for (var c = 0; c < 3; c++) {
        image.data[i * 4 + c] = parts[low][c] + (parts[low + 1][c] - parts[low][c]) * (at - low);
      }
      image.data[i * 4 + 3] = 255 * Math.min(0.88, 0.15 + share * 1.6);
    }
    var small = document.createElement("canvas");
    small.width = columns;
    small.height = rows;
    small.getContext("2d").putImageData(image, 0, 0);
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    context.drawImage(small, 0, 0, columns * CELL, rows * CELL);
  }
})();
