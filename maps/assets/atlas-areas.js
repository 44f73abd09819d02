/* Districts, cities, parks and links: outlines, class colours, hatching where there is no data. */
(function () {
  "use strict";
  var atlas = (window.ClusterAtlas = window.ClusterAtlas || {});

  /* Flat rings -> nested [[[latlng]]] per area, in the order of the areas. */
  atlas.readOutlines = function (payload, name) {
    if (!payload.has(name + ".x")) return [];
    var xs = payload.delta(name + ".x");
    var ys = payload.delta(name + ".y");
    var lengths = payload.unsigned(name + ".ring.length");
    var areas = payload.unsigned(name + ".ring.area");
    var parts = payload.unsigned(name + ".ring.part");
    var out = [];
    var at = 0;
    for (var r = 0; r < lengths.length; r++) {
      var ring = [];
      for (var i = 0; i < lengths[r]; i++, at++) ring.push([ys[at] / 1e5, xs[at] / 1e5]);
      var shape = (out[areas[r]] = out[areas[r]] || []);
      (shape[parts[r]] = shape[parts[r]] || []).push(ring);
    }
    return out;
  };

  function addHatch(map, renderer, style) {
    var pattern = atlas.svg("pattern", { id: "ca-hatch", width: 7, height: 7, patternUnits: "userSpaceOnUse",
      patternTransform: "rotate(45)" }, [
      atlas.svg("rect", { width: 7, height: 7, fill: style.noData }),
      atlas.svg("line", { x1: 0, y1: 0, x2: 0, y2: 7, stroke: style.hatch, "stroke-width": 1.6 }),
    ]);
    var container = renderer._container;
    container.insertBefore(atlas.svg("defs", {}, [pattern]), container.firstChild);
  }

  atlas.Areas = function (map, data) {
    this.map = map;
    this.data = data;
    this.layers = {};
    this.renderer = L.svg({ pane: "atlasAreas", padding: 0.3 });
    this._draw();
  };

  atlas.Areas.prototype._draw = function () {
    var self = this;
    var style = this.data.config.style;
    this.group = L.featureGroup();
    this.data.districts.forEach(function (district, index) {
      if (!district.outline) return;
      var layer = L.polygon(district.outline, self._style(index));
      layer.on("click", function (event) {
        atlas.clickMap(event, function () {
          atlas.openDistrict(index, event.latlng);
        });
      });
      self.layers[index] = layer;
      self.group.addLayer(layer);
    });
    this.group.addTo(this.map);
    addHatch(this.map, this.renderer, style);
    this.cities = L.polygon(this.data.cityOutlines, {
      renderer: L.svg({ pane: "atlasBorders", padding: 0.3 }), pane: "atlasBorders",
      interactive: false, fill: false, color: style.cityLine, weight: 1.7, smoothFactor: 0.8,
    }).addTo(this.map);
  };

  atlas.Areas.prototype._style = function (index) {
    var style = this.data.config.style;
    var district = this.data.districts[index];
    var fill = this.fillOf(index);
    return {
      renderer: this.renderer, pane: "atlasAreas", smoothFactor: 0.8, className: "ca-district",
      color: style.districtLine, weight: 0.8, fillColor: fill,
      fillOpacity: this._opacity(district), opacity: district.inside ? 1 : 0.6,
    };
  };

  /* Over tiles the land is clear and a theme lets the streets shine through. */
  atlas.Areas.prototype._opacity = function (district) {
    var themed = this.data.config.theme && this.data.config.theme.areas;
    if (this.data.config.based) return themed && district.inside ? 0.6 : district.inside ? 0.02 : 0.25;
    return district.inside ? 1 : 0.45;
  };

  atlas.Areas.prototype.fillOf = function (index) {
    var theme = this.data.config.theme;
    var style = this.data.config.style;
    var district = this.data.districts[index];
    if (!theme || !theme.areas) return style.land;
    if (!district.inside) return "#FFFFFF";
    var value = this.valueOf(index);
    if (value === null || value === undefined) return "url(#ca-hatch)";
    if (theme.areas.kind === "category") return theme.areas.colours[value] || style.noData;
    return theme.areas.colours[classOf(value, theme.areas.breaks)];
  };

  /* Class of a value: the first whose upper bound is not below it. */
  function classOf(value, breaks) {
    for (var i = 0; i < breaks.length; i++) if (value <= breaks[i]) return i;
    return breaks.length - 1;
  }

  atlas.Areas.prototype.valueOf = function (index) {
    var areas = this.data.config.theme.areas;
    if (areas.byYear) return this.data.cumulative(index);
    return areas.values[this.data.districts[index].adcode];
  };

  atlas.Areas.prototype.restyle = function () {
    var self = this;
    Object.keys(this.layers).forEach(function (index) {
      self.layers[index].setStyle({ fillColor: self.fillOf(Number(index)) });
    });
  };

  /* Lines between districts, bent a little so that two links along one road stay apart. */
  atlas.linkLayer = function (data) {
    var group = L.layerGroup();
    var places = {};
    data.districts.forEach(function (district) {
      places[district.adcode] = [district.lat, district.lon];
    });
    var renderer = L.svg({ pane: "atlasLinks", padding: 0.3 });
    (data.config.theme.links || []).forEach(function (link) {
      var a = places[link.a];
      var b = places[link.b];
      if (!a || !b) return;
      group.addLayer(L.polyline(bend(a, b), { renderer: renderer, pane: "atlasLinks", interactive: false,
        color: "#FFFFFF", weight: link.width + 2, opacity: 0.75, className: "ca-casing" }));
      var line = L.polyline(bend(a, b), {
        renderer: renderer, pane: "atlasLinks", color: data.config.style.link, weight: link.width,
        opacity: 0.85, lineCap: "round", className: "ca-link",
      });
      line.bindTooltip(function () {
        return atlas.element("div", "", atlas.pick(link.text));
      }, { sticky: true, className: "ca-tip" });
      group.addLayer(line);
    });
    return group;
  };

  function bend(a, b) {
    var points = [];
    var bow = 0.12;
    for (var i = 0; i <= 20; i++) {
      var t = i / 20;
      var push = bow * 4 * t * (1 - t);
      points.push([
        a[0] + (b[0] - a[0]) * t + (b[1] - a[1]) * push * 0.6,
        a[1] + (b[1] - a[1]) * t - (b[0] - a[0]) * push * 0.6,
      ]);
    }
    return points;
  }

  atlas.parkLayer = function (data) {
    var colour = data.config.style.park;
    var renderer = L.svg({ pane: "atlasParks", padding: 0.3 });
    var group = L.layerGroup();
    data.parks.forEach(function (park, index) {
      function onClick(event) {
        atlas.clickMap(event, function () {
          atlas.openPark(index);
        });
      }
      var common = { renderer: renderer, pane: "atlasParks", color: colour, weight: 1.5, fillColor: colour, fillOpacity: 0.1 };
      if (park.outline) {
        var dashed = park.boundary_status === "surveyed" ? null : "5 4";
        L.polygon(park.outline, L.extend({ dashArray: dashed, className: "ca-park" }, common)).on("click", onClick).addTo(group);
      } else if (park.radius_m) {
        L.circle([park.lat, park.lon], L.extend({ radius: park.radius_m, dashArray: "2 5", className: "ca-park-extent" }, common,
          { fillOpacity: 0.05, weight: 1.2 })).on("click", onClick).addTo(group);
      }
      L.marker([park.lat, park.lon], {
        pane: "atlasParks", keyboard: true, title: park.name, alt: park.name,
        icon: L.divIcon({ className: "ca-park-mark", iconSize: [14, 14], html: atlas.parkSvg(14, colour, Boolean(park.outline)) }),
      }).on("click", onClick).addTo(group);
    });
    return group;
  };

  /* Hulls of the clusters that chance hardly explains. */
  atlas.HullLayer = L.LayerGroup.extend({
    initialize: function (data) {
      L.LayerGroup.prototype.initialize.call(this);
      this.data = data;
      this.renderer = L.svg({ pane: "atlasHulls", padding: 0.3 });
      this.redraw();
    },

    redraw: function () {
      var self = this;
      this.clearLayers();
      this.data.clusters.forEach(function (cluster, index) {
        var sector = self.data.sectorById[cluster.sector];
        if (!sector || !cluster.outline || !(self.data.firms.activeMask & (1 << sector.bit))) return;
        L.polygon(cluster.outline, { renderer: self.renderer, pane: "atlasHulls", color: sector.colour, fillColor: sector.colour,
          weight: 2.4, fillOpacity: 0.16, className: "ca-hull" }).on("click", function (event) {
          atlas.clickMap(event, function () {
            atlas.openCluster(index, event.latlng);
          });
        }).addTo(self);
      });
    },
  });

  atlas.parkSvg = function (size, colour, filled) {
    return atlas.svg("svg", { width: size, height: size, viewBox: "0 0 14 14", "aria-hidden": "true" }, [
      atlas.svg("rect", { x: 1.5, y: 1.5, width: 11, height: 11, rx: 2.5, fill: "#FFFFFF", stroke: colour, "stroke-width": 2 }),
      atlas.svg("path", { d: "M4 10V6l3-2 3 2v4z", fill: filled ? colour : "none", stroke: colour, "stroke-width": 1.2 }),
    ]);
  };
})();
