/* Put the page together: panes, layers, panel, clicks. Called once by the folium map. */
(function () {
  "use strict";
  var atlas = (window.ClusterAtlas = window.ClusterAtlas || {});
  var PANES = { atlasAreas: 350, atlasSurface: 370, atlasBorders: 380, atlasHulls: 383, atlasLinks: 385, atlasParks: 390, atlasFirms: 440, atlasAnchors: 445, atlasLabels: 460 };
  var MOST_ZOOM = 18;

  function Page(map, data) {
    this.map = map;
    this.data = data;
    this.search = new atlas.Search(data);
    this._makePanes();
    // The view first: outlines are projected once, where they will stand.
    this.fit();
    this._makeLayers();
    this._makeControls();
    this._listen();
    this._showTheme();
    this.panel = new atlas.Panel(this);
    this._showClasses();
  }

  Page.prototype._makePanes = function () {
    var map = this.map;
    Object.keys(PANES).forEach(function (name) {
      map.createPane(name).style.zIndex = PANES[name];
    });
    ["atlasSurface", "atlasFirms", "atlasAnchors", "atlasLabels", "atlasBorders"].forEach(function (name) {
      map.getPane(name).style.pointerEvents = "none";
    });
  };

  Page.prototype._makeLayers = function () {
    var data = this.data;
    var firms = data.firms;
    var theme = data.config.theme || {};
    var on = data.config.layers;
    data.areas = new atlas.Areas(this.map, data);
    var layers = (this.layers = {});
    if (theme.surface) layers.surface = new atlas.SurfaceLayer(firms, theme.surface, data.config.style.ramp);
    if (theme.links && theme.links.length) layers.links = atlas.linkLayer(data);
    if (data.clusters.length) layers.hulls = new atlas.HullLayer(data);
    if (data.parks.length) layers.parks = atlas.parkLayer(data);
    /* Anchors come first: the layer below leaves out numbers that an anchor would cover. */
    if (firms.anchorCount) layers.anchors = new atlas.PointLayer(firms, 0, firms.anchorCount, { pane: "atlasAnchors", anchors: true });
    if (firms.count > firms.anchorCount) {
      layers.registry = new atlas.PointLayer(firms, firms.anchorCount, firms.count, { pane: "atlasFirms", above: layers.anchors });
    }
    this.marks = [layers.anchors, layers.registry].filter(Boolean);
    layers.names = new atlas.LabelLayer(this._labels(), layers.anchors, layers.registry);
    if (theme.rings) atlas.drawSurroundings(this.map, data);
    this.initial = Object.keys(layers).filter(function (name) {
      return on.indexOf(name) >= 0;
    });
  };

  Page.prototype._labels = function () {
    var labels = [];
    var data = this.data;
    function add(item, options) {
      var world = atlas.worldOf(item.lon, item.lat);
      labels.push(L.extend({ x: world[0], y: world[1], minZoom: 0, maxZoom: 24, weight: 400, text: function () {
        return atlas.pick(item.label || item.name);
      } }, options));
    }
    /* Within one city its name stands in the title already. */
    (data.cities.length > 1 ? data.cities : []).forEach(function (city) {
      add(city, { rank: 0, size: 15, weight: 700, colour: "#4B4636", maxZoom: 9.2, always: true });
    });
    data.districts.forEach(function (district, index) {
      add(district, { rank: district.inside ? 10 + index / 1000 : 60, size: 12.5, weight: 500,
        colour: district.inside ? "#3A3730" : "#9A958A", minZoom: district.inside ? 8.2 : 9 });
    });
    data.parks.forEach(function (park) {
      if (park.lon !== null) add(park, { rank: 30, size: 12, weight: 500, colour: data.config.style.park, minZoom: 10, beside: 9 });
    });
    for (var i = 0; i < data.firms.anchorCount; i++) {
      labels.push({ x: data.firms.x[i], y: data.firms.y[i], rank: 40, size: 11.5, weight: 400, colour: "#22272E", minZoom: 12.4,
        maxZoom: 24, beside: 11, text: constant(data.firms.names[i]), firm: i });
    }
    return labels;
  };

  function constant(text) {
    return function () {
      return text;
    };
  }

  Page.prototype._makeControls = function () {
    var self = this;
    var map = this.map;
    if (!this.controls) {
      map.attributionControl.setPrefix(false);
      L.control.scale({ imperial: false, maxWidth: 140, position: "bottomright" }).addTo(map);
    }
    var North = L.Control.extend({ options: { position: "topright" }, onAdd: function () {
      var box = atlas.element("div", "ca-north");
      box.appendChild(atlas.svg("svg", { width: 26, height: 38, viewBox: "0 0 26 38", role: "img", "aria-label": atlas.word("north") }, [
        atlas.svg("path", { d: "M13 12 L21 36 L13 30 Z", fill: "#22272E" }),
        atlas.svg("path", { d: "M13 12 L5 36 L13 30 Z", fill: "#FFFFFF", stroke: "#22272E", "stroke-width": 1 }),
        letter(),
      ]));
      return box;
    } });
    function letter() {
      var text = atlas.svg("text", { x: 13, y: 9, "text-anchor": "middle", "font-size": 11, "font-weight": 700, fill: "#22272E" });
      text.textContent = atlas.word("north");
      return text;
    }
    var Zoom = L.Control.extend({ options: { position: "topright" }, onAdd: function () {
      var box = atlas.element("div", "leaflet-bar ca-zoom");
      box.appendChild(atlas.button("", "+", atlas.word("zoomIn"), function () {
        map.zoomIn(1);
      }));
      box.appendChild(atlas.button("", "−", atlas.word("zoomOut"), function () {
        map.zoomOut(1);
      }));
      box.appendChild(atlas.button("", "⤢", atlas.word("fit"), function () {
        self.fit();
      }));
      L.DomEvent.disableClickPropagation(box);
      return box;
    } });
    (this.controls || []).forEach(function (control) {
      control.remove();
    });
    this.controls = [new North(), new Zoom()];
    this.controls.forEach(function (control) {
      control.addTo(map);
    });
  };

  Page.prototype._listen = function () {
    var self = this;
    var map = this.map;
    var waiting = false;
    this.tip = L.tooltip({ className: "ca-tip", direction: "top", offset: [0, -6] });
    map.on("click", function (event) {
      self.openAt(event.containerPoint);
    });
    map.on("mousemove", function (event) {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(function () {
        waiting = false;
        self._hover(event.containerPoint, event.latlng);
      });
    });
    map.on("popupclose", function () {
      if (self.halo) self.halo.remove();
      self.halo = null;
    });
    atlas.clickMap = function (event, otherwise) {
      L.DomEvent.stop(event);
      if (!self.openAt(event.containerPoint || map.latLngToContainerPoint(event.latlng))) otherwise();
    };
    atlas.openDistrict = function (index, latlng) {
      self._popup(latlng, atlas.districtCard(self.data, index));
    };
    atlas.openCluster = function (index, latlng) {
      self._popup(latlng, atlas.hullCard(self.data, self.data.clusters[index]));
    };
    atlas.openPark = function (index) {
      self.openPark(index);
    };
    window.addEventListener("beforeprint", function () {
      self._fitPaper();
    });
    window.addEventListener("afterprint", function () {
      self._leavePaper();
    });
  };

  Page.prototype._markAt = function (point) {
    for (var i = 0; i < this.marks.length; i++) {
      var mark = this.map.hasLayer(this.marks[i]) && this.marks[i].markAt(point);
      if (mark) return { layer: this.marks[i], mark: mark };
    }
    return null;
  };

  Page.prototype._hover = function (point, latlng) {
    var hit = this._markAt(point);
    this.map.getContainer().classList.toggle("ca-over", Boolean(hit));
    if (hit && hit.mark.count === 1) {
      this.tip.setLatLng(this.data.firms.latLng(hit.mark.first)).setContent(atlas.element("span", "", this.data.firms.names[hit.mark.first]));
      this.tip.addTo(this.map);
    } else this.tip.remove();
  };

  /* Open what is drawn at a point of the container; false if nothing is. */
  Page.prototype.openAt = function (point) {
    var hit = this._markAt(point);
    if (!hit) return false;
    var members = hit.layer.membersOf(hit.mark);
    if (members.length === 1) this.openFirm(members[0]);
    else this._openCluster(members);
    return true;
  };

  Page.prototype._openCluster = function (members) {
    var self = this;
    var bounds = L.latLngBounds(members.map(function (index) {
      return self.data.firms.latLng(index);
    }));
    // A hundred metres do not come apart by zooming: list the firms instead.
    var wide = bounds.getSouthWest().distanceTo(bounds.getNorthEast());
    if (wide > 100 && this.map.getZoom() < MOST_ZOOM - 2) {
      this.map.fitBounds(bounds, this._room({ maxZoom: Math.max(16, this.map.getZoom() + 1) }));
      return;
    }
    this._popup(bounds.getCenter(), atlas.clusterCard(this.data, members, function (index) {
      self.openFirm(index);
    }));
  };

  Page.prototype.openFirm = function (index) {
    var latlng = this.data.firms.latLng(index);
    this._popup(latlng, atlas.firmCard(this.data, index));
    var radius = this.data.firms.radius[index];
    if (radius) {
      this.halo = L.circle(latlng, { radius: radius, pane: "atlasBorders", interactive: false, color: this.data.firms.styleShown(index).colour,
        weight: 1.6, dashArray: "5 4", fillOpacity: 0.1, className: "ca-halo" }).addTo(this.map);
    }
  };

  Page.prototype.openPark = function (index) {
    var park = this.data.parks[index];
    this._popup([park.lat, park.lon], atlas.parkCard(this.data, park));
  };

  Page.prototype._popup = function (latlng, card) {
    this.tip.remove();
    var room = this._room({});
    L.popup({ maxWidth: 340, minWidth: 220, maxHeight: Math.max(180, this.map.getSize().y - 160), autoPanPaddingTopLeft: room.paddingTopLeft,
      autoPanPaddingBottomRight: [60, 30] }).setLatLng(latlng).setContent(card).openOn(this.map);
  };

  /* Free room beside the panel on a wide window; the panel folds above the map on a narrow one. */
  Page.prototype._room = function (options) {
    var wide = this.map.getSize().x > 720;
    return L.extend({ paddingTopLeft: wide ? [330, 20] : [10, 70], paddingBottomRight: [40, this.data.config.theme && this.data.config.theme.years ? 84 : 24], animate: false }, options);
  };

  Page.prototype.fit = function () {
    var theme = this.data.config.theme;
    var bounds = this.data.config.bounds;
    if (theme && theme.rings) bounds = atlas.boundsAround(this.data);
    this.map.fitBounds(bounds, this._room({}));
  };

  /* Shrink the picture that is on the screen to an A4 page, landscape (8 mm margins, 96 dots per inch).
   * It is not drawn anew: what is drawn on a canvas while printing hides the layers below it. */
  Page.prototype._fitPaper = function () {
    var size = this.map.getSize();
    var scale = Math.min(1060 / size.x, 730 / size.y);
    var box = this.map.getContainer().style;
    box.width = size.x + "px";
    box.height = size.y + "px";
    box.transformOrigin = "0 0";
    box.transform = "scale(" + scale + ")";
    document.documentElement.style.setProperty("--ca-paper", Math.round(318 * scale) + "px");
  };

  Page.prototype._leavePaper = function () {
    var box = this.map.getContainer().style;
    box.width = box.height = box.transform = box.transformOrigin = "";
    this.map.invalidateSize({ animate: false });
  };

  Page.prototype.pick = function (hit) {
    var firms = this.data.firms;
    if (hit.kind === "anchor" || hit.kind === "firm") {
      var name = hit.kind === "anchor" ? "anchors" : "registry";
      if (!this.isOn(name)) this.toggle(name, true);
      this.map.setView(firms.latLng(hit.index), Math.max(this.map.getZoom(), 14), { animate: false });
      this.openFirm(hit.index);
    } else if (hit.kind === "park") {
      var park = this.data.parks[hit.index];
      // The circle that holds it, or the surroundings: a spot alone would say more than is known.
      var reach = L.latLng(park.lat, park.lon).toBounds(2.2 * (park.radius_m || 8000));
      this.map.fitBounds(reach, this._room({ maxZoom: 14 }));
      this.openPark(hit.index);
    } else if (hit.kind === "district") {
      var layer = this.data.areas.layers[hit.index];
      this.map.fitBounds(layer.getBounds(), this._room({}));
      atlas.openDistrict(hit.index, layer.getBounds().getCenter());
    } else if (hit.kind === "unplaced") this.panel.showUnplaced(hit.index);
    else if (hit.kind === "sector") this.setMask(1 << this.data.sectors[hit.index].bit);
  };

  Page.prototype.hasLayer = function (name) {
    return Boolean(this.layers[name]);
  };

  Page.prototype.isOn = function (name) {
    return Boolean(this.layers[name]) && this.map.hasLayer(this.layers[name]);
  };

  Page.prototype.toggle = function (name, on) {
    if (on) this.map.addLayer(this.layers[name]);
    else this.map.removeLayer(this.layers[name]);
    if (this.layers.registry) this.layers.registry.redraw();
    this.layers.names.redraw();
    this._rebuildPanel();
  };

  Page.prototype.switchMask = function (bits, on) {
    var mask = this.data.firms.activeMask;
    this.setMask(on ? mask | bits : mask & ~bits);
  };

  Page.prototype.setMask = function (mask) {
    this.data.firms.activeMask = mask >>> 0;
    this.data.byYear = null;
    this.redraw();
    this._rebuildPanel();
  };

  Page.prototype.redraw = function () {
    var self = this;
    ["surface", "hulls", "anchors", "registry", "names"].forEach(function (name) {
      if (self.layers[name]) self.layers[name].redraw();
    });
    var theme = this.data.config.theme;
    if (theme && theme.areas && theme.areas.byYear) this.data.areas.restyle();
  };

  /* Build the panel anew and give the focus back to the control that had it. */
  Page.prototype._rebuildPanel = function () {
    if (!this.panel) return;
    var focused = document.activeElement && document.activeElement.id;
    var scrolled = this.panel.body.scrollTop;
    this.panel.build();
    this.panel.body.scrollTop = scrolled;
    var again = focused && document.getElementById(focused);
    if (again) again.focus({ preventScroll: true });
    this._showClasses();
  };

  Page.prototype.setLanguage = function (lang) {
    atlas.lang = lang;
    document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
    document.title = atlas.pick(this.data.config.title);
    this.map.closePopup();
    this._makeControls();
    this._rebuildPanel();
    this._placeSlider();
    this.redraw();
  };

  Page.prototype._showTheme = function () {
    var self = this;
    var theme = this.data.config.theme || {};
    if (theme.years) this.data.firms.lastYear = theme.years[1] - 1900;
    if (theme.surface) {
      this.layers.surface.on("classes", function (event) {
        self.classes = { kind: theme.surface, breaks: event.breaks, colours: self.layers.surface.colours };
        self._showClasses();
      });
    }
    this.initial.forEach(function (name) {
      self.map.addLayer(self.layers[name]);
    });
    this._placeSlider();
    if (theme.years) this.redraw();
  };

  /* The legend of a density surface follows the zoom. */
  Page.prototype._showClasses = function () {
    if (this.panel && this.classes) this.panel.showClasses(this.classes.kind, this.classes.breaks, this.classes.colours);
  };

  Page.prototype._placeSlider = function () {
    var theme = this.data.config.theme || {};
    if (!theme.years) return;
    var self = this;
    if (this.slider) this.slider.remove();
    this.slider = atlas.timeSlider(theme.years, function (year) {
      self.data.firms.lastYear = year - 1900;
      self.redraw();
    });
    document.body.appendChild(this.slider);
  };

  /* What is on the map: for tests and for people who script the page. */
  Page.prototype.counts = function () {
    var data = this.data;
    return {
      anchors: data.firms.anchorCount,
      registry: data.firms.count - data.firms.anchorCount,
      parks: data.parks.length,
      districts: document.querySelectorAll("path.ca-district").length,
      clusters: data.clusters.length,
      unplaced: data.unplaced.length,
      drawn: this.marks.map(function (layer) {
        return layer.marks.reduce(function (sum, mark) {
          return sum + mark.count;
        }, 0);
      }),
    };
  };

  atlas.start = async function (map, elementId) {
    try {
      var payload = await atlas.readPayload(elementId);
      var data = new atlas.Data(payload);
      atlas.lang = data.config.lang;
      window.atlasPage = new Page(map, data);
      document.body.setAttribute("data-ready", "true");
    } catch (error) {
      document.body.appendChild(atlas.element("p", "ca-failed", atlas.word("failed")));
      throw error;
    }
  };
})();
