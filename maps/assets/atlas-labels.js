/* Names on the map: placed by rank, a name that finds no free place is left out at this zoom. */
(function () {
  "use strict";
  var atlas = (window.ClusterAtlas = window.ClusterAtlas || {});

  function overlaps(box, boxes) {
    for (var i = 0; i < boxes.length; i++) {
      var other = boxes[i];
      if (box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]) return true;
    }
    return false;
  }

  atlas.LabelLayer = atlas.CanvasLayer.extend({
    options: { pane: "atlasLabels" },

    /* labels: {text, x, y (world), rank, minZoom, maxZoom, size, weight, colour, beside, firm}. */
    initialize: function (labels, above, below, options) {
      L.setOptions(this, options);
      this.labels = labels.slice().sort(function (a, b) {
        return a.rank - b.rank;
      });
      this.above = above;
      this.below = below;
      this.placed = [];
    },

    draw: function (context, frame) {
      var strict = this.above && this.above._map ? this.above.obstacles() : [];
      var all = this.below && this.below._map ? strict.concat(this.below.obstacles()) : strict;
      var marks = [all, strict];
      var taken = [];
      this.placed = [];
      for (var i = 0; i < this.labels.length; i++) {
        this._placeOne(context, frame, this.labels[i], taken, marks);
      }
    },

    _placeOne: function (context, frame, label, taken, marks) {
      if (frame.zoom < label.minZoom || frame.zoom > label.maxZoom) return;
      if (label.firm !== undefined && !(this.above && this.above._map && this.above.shows(label.firm))) return;
      var x = label.x * frame.scale - frame.left;
      var y = label.y * frame.scale - frame.top;
      if (x < -40 || y < -20 || x > frame.width + 40 || y > frame.height + 20) return;
      var text = label.text();
      context.font = label.weight + " " + label.size + "px " + atlas.FONT;
      var half = context.measureText(text).width / 2;
      var place = this._freePlace(label, x, y, half, taken, marks);
      if (!place) return;
      taken.push(place.box);
      this.placed.push({ text: text, box: place.box });
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.lineJoin = "round";
      context.lineWidth = 3.2;
      context.strokeStyle = "rgba(255, 255, 255, 0.92)";
      context.strokeText(text, place.x, place.y);
      context.fillStyle = label.colour;
      context.fillText(text, place.x, place.y);
    },

    _freePlace: function (label, x, y, half, taken, marks) {
      var tall = label.size / 2 + 1;
      var step = label.size * 1.25;
      var places = label.beside
        ? [[half + label.beside, 0], [-half - label.beside, 0], [0, tall + label.beside], [0, -tall - label.beside]]
        : [[0, 0], [0, -step], [0, step], [half * 0.8, 0], [-half * 0.8, 0], [half, -step], [-half, -step],
           [half, step], [-half, step], [0, -2 * step], [0, 2 * step]];
      /* First clear of every mark, then of the anchors alone. */
      for (var m = 0; m < marks.length; m++) {
        for (var i = 0; i < places.length; i++) {
          var px = x + places[i][0];
          var py = y + places[i][1];
          var box = [px - half - 2, py - tall, px + half + 2, py + tall];
          if (!overlaps(box, taken) && !overlaps(box, marks[m])) return { x: px, y: py, box: box };
        }
      }
      if (!label.always) return null;
      var centre = [x - half - 2, y - tall, x + half + 2, y + tall];
      return overlaps(centre, taken) ? null : { x: x, y: y, box: centre };
    },
  });
})();
