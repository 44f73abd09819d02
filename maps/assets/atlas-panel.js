/* The side panel: title, search, legend that is also the layer control, theme classes, sources. */
(function () {
  "use strict";
  var atlas = (window.ClusterAtlas = window.ClusterAtlas || {});
  var element = atlas.element;
  var ids = 0;

  function checkbox(label, checked, onChange, picture, count) {
    var line = element("label", checked ? "ca-check" : "ca-check ca-off");
    var input = element("input");
    input.type = "checkbox";
    input.checked = checked;
    input.id = "ca-check-" + ids++;
    input.addEventListener("change", function () {
      onChange(input.checked);
    });
    line.appendChild(input);
    if (picture) {
      var frame = element("span", "ca-symbol");
      frame.appendChild(picture);
      line.appendChild(frame);
    }
    line.appendChild(element("span", "ca-label", label));
    if (count !== undefined && count !== null) line.appendChild(element("span", "ca-count", atlas.number(count)));
    return { line: line, input: input };
  }

  atlas.Panel = function (page) {
    this.page = page;
    this.data = page.data;
    this.root = element("aside", "ca-panel");
    this.root.setAttribute("aria-label", atlas.word("panel"));
    document.body.appendChild(this.root);
    L.DomEvent.disableClickPropagation(this.root);
    L.DomEvent.disableScrollPropagation(this.root);
    /* On a narrow screen the map comes first. */
    this.open = window.innerWidth > 720;
    this.expanded = {};
    this.build();
  };

  atlas.Panel.prototype.build = function () {
    this.root.textContent = "";
    this.root.appendChild(this._head());
    var body = element("div", "ca-body");
    body.hidden = !this.open;
    this.body = body;
    body.appendChild(atlas.searchBox(this.page.search, this.page.pick.bind(this.page)));
    if (this.data.config.theme) body.appendChild(this._theme());
    body.appendChild(this._layers());
    body.appendChild(this._fields());
    if (["anchors", "registry", "parks"].some(this.page.isOn, this.page)) body.appendChild(this._reading());
    if (this.data.unplaced.length) body.appendChild(this._unplaced());
    body.appendChild(this._sources());
    this.root.appendChild(body);
  };

  atlas.Panel.prototype._head = function () {
    var self = this;
    var head = element("header", "ca-head");
    head.appendChild(element("h1", "", atlas.pick(this.data.config.title)));
    var subtitle = atlas.pick(this.data.config.subtitle);
    if (subtitle) head.appendChild(element("p", "", subtitle));
    var tools = element("div", "ca-tools");
    tools.appendChild(atlas.button("ca-tool", atlas.word("language"), atlas.word("languageTitle"), function () {
      self.page.setLanguage(atlas.lang === "zh" ? "en" : "zh");
    }));
    tools.appendChild(atlas.button("ca-tool", atlas.word("print"), "", function () {
      window.print();
    }));
    var fold = atlas.button("ca-tool ca-fold", atlas.word(this.open ? "hide" : "show"), "", function () {
      self.open = !self.open;
      self.body.hidden = !self.open;
      fold.textContent = atlas.word(self.open ? "hide" : "show");
      fold.setAttribute("aria-expanded", String(self.open));
    });
    fold.setAttribute("aria-expanded", String(this.open));
    tools.appendChild(fold);
    head.appendChild(tools);
    return head;
  };

  atlas.Panel.prototype._layers = function () {
    var page = this.page;
    var box = element("section", "ca-section");
    box.appendChild(element("h2", "", atlas.word("layers")));
    var placed = this.data.placed();
    var style = this.data.config.style;
    var entries = [
      ["anchors", placed.anchors, atlas.symbolSvg({ shape: "square", colour: "#4A5969" }, 17)],
      ["registry", placed.registry, bubbleSvg(this.data.config.fields)],
      ["parks", this.data.parks.length, atlas.parkSvg(14, style.park, false)],
      ["hulls", this.data.clusters.length, hullSvg()],
      ["surface", null, null], ["links", null, null], ["names", null, null],
    ];
    entries.forEach(function (entry) {
      if (!page.hasLayer(entry[0])) return;
      box.appendChild(checkbox(atlas.word(entry[0]), page.isOn(entry[0]), function (on) {
        page.toggle(entry[0], on);
      }, entry[2], entry[1]).line);
    });
    return box;
  };

  function hullSvg() {
    return atlas.svg("svg", { width: 20, height: 16, viewBox: "0 0 20 16", "aria-hidden": "true" }, [
      atlas.svg("path", { d: "M2 9 6 2.5 14 2 18 8 13 14 5 13.5Z", fill: "rgba(74,89,105,0.15)", stroke: "#4A5969",
        "stroke-width": 2 }),
    ]);
  }

  /* Thin rim: registered firms; thick ring: anchors. */
  function bubbleSvg(fields) {
    return roundSvg(fields, 1.8);
  }

  atlas.Panel.prototype._fields = function () {
    var self = this;
    var box = element("section", "ca-section ca-fields");
    var bar = element("div", "ca-bar");
    bar.appendChild(element("h2", "", atlas.word("sectors")));
    bar.appendChild(atlas.button("ca-small", atlas.word("all"), "", function () {
      self.page.setMask(0xffffffff);
    }));
    bar.appendChild(atlas.button("ca-small", atlas.word("none"), "", function () {
      self.page.setMask(0);
    }));
    box.appendChild(bar);
    this.data.config.fields.forEach(function (field, index) {
      var rows = self.data.sectors.filter(function (sector) {
        return sector.field === field.id;
      });
      if (self._countOf(rows)) box.appendChild(self._field(field, index, rows));
    });
    var loose = this.data.countBySector[this.data.sectors.length];
    if (loose) {
      box.appendChild(checkbox(atlas.word("noSector"), (this.data.firms.activeMask & this.data.firms.looseBit) !== 0, function (on) {
        self.page.switchMask(self.data.firms.looseBit, on);
      }, atlas.symbolSvg(this.data.config.style.noSector, 17), loose).line);
    }
    return box;
  };

  atlas.Panel.prototype._countOf = function (rows) {
    var counts = this.data.countBySector;
    return rows.reduce(function (sum, sector) {
      return sum + counts[sector.bit];
    }, 0);
  };

  atlas.Panel.prototype._field = function (field, index, rows) {
    var self = this;
    var mask = rows.reduce(function (bits, sector) {
      return bits | (1 << sector.bit);
    }, 0);
    var active = this.data.firms.activeMask;
    var group = element("div", "ca-field");
    var head = checkbox(atlas.pick(field.name), (active & mask) !== 0, function (on) {
      self.page.switchMask(mask, on);
    }, atlas.symbolSvg(field, 18), this.data.countByField[index]);
    head.input.indeterminate = (active & mask) !== 0 && (active & mask) !== mask;
    var line = element("div", "ca-field-head");
    line.appendChild(head.line);
    group.appendChild(line);
    if (rows.length < 2) return group;
    var list = element("div", "ca-sectors");
    list.hidden = !this.expanded[field.id];
    var more = atlas.button("ca-more", list.hidden ? "▸" : "▾", atlas.pick(field.name), function () {
      list.hidden = !list.hidden;
      self.expanded[field.id] = !list.hidden;
      more.textContent = list.hidden ? "▸" : "▾";
      more.setAttribute("aria-expanded", String(!list.hidden));
    });
    more.setAttribute("aria-expanded", String(!list.hidden));
    line.appendChild(more);
    rows.forEach(function (sector) {
      list.appendChild(checkbox(atlas.pick(sector.name), (active & (1 << sector.bit)) !== 0, function (on) {
        self.page.switchMask(1 << sector.bit, on);
      }, atlas.symbolSvg(sector, 17, { numeral: sector.numeral }), self.data.countBySector[sector.bit]).line);
    });
    group.appendChild(list);
    return group;
  };

  /* How to read the marks: sure, unsure, clusters, parks. */
  atlas.Panel.prototype._reading = function () {
    var style = this.data.config.style;
    var grey = { shape: "square", colour: "#4A5969" };
    var box = element("section", "ca-section ca-reading");
    function line(picture, text) {
      var row = element("p", "ca-row");
      var frame = element("span", "ca-symbol");
      frame.appendChild(picture);
      row.appendChild(frame);
      row.appendChild(element("span", "", text));
      box.appendChild(row);
    }
    line(atlas.symbolSvg(grey, 17), atlas.word("sure"));
    line(atlas.symbolSvg(grey, 17, { hollow: true }), atlas.word("unsure"));
    line(atlas.symbolSvg(grey, 17, { numeral: "2" }), atlas.word("numeral"));
    line(ringSvg(this.data.config.fields), atlas.word("cluster"));
    if (this.data.placed().registry) line(bubbleSvg(this.data.config.fields), atlas.word("firmCluster"));
    if (this.page.isOn("hulls")) {
      line(hullSvg(), atlas.word("hullSureShort"));
    }
    if (this.data.parks.length) {
      line(atlas.parkSvg(14, style.park, false), atlas.word("parkPoint"));
      line(atlas.parkSvg(14, style.park, true), atlas.word("parkArea"));
    }
    return box;
  };

  function ringSvg(fields) {
    return roundSvg(fields, 3.6);
  }

  function roundSvg(fields, width) {
    var ring = [0, 1, 4].map(function (field, index) {
      return atlas.svg("circle", { cx: 9, cy: 9, r: 6.2, fill: "none", stroke: fields[field] ? fields[field].colour : "#777",
        "stroke-width": width, "stroke-dasharray": "13 39", "stroke-dashoffset": String(-13 * index) });
    });
    return atlas.svg("svg", { width: 18, height: 18, viewBox: "0 0 18 18", "aria-hidden": "true" }, ring);
  }

  atlas.Panel.prototype._unplaced = function () {
    var box = element("details", "ca-section ca-unplaced");
    box.appendChild(element("summary", "", atlas.word("unplaced") + " " + this.data.unplaced.length + " · " + atlas.word("unplacedWhy")));
    var list = element("ul");
    this.unplacedBox = box;
    this.data.unplaced.forEach(function (entry) {
      var text = entry.city ? entry.name + "（" + entry.city + "）" : entry.name;
      list.appendChild(element("li", "", text));
    });
    box.appendChild(list);
    return box;
  };

  /* Something without a position was asked for: show it in the list of what the map leaves out. */
  atlas.Panel.prototype.showUnplaced = function (index) {
    this.unplacedBox.open = true;
    var items = this.unplacedBox.querySelectorAll("li");
    Array.prototype.forEach.call(items, function (item, at) {
      item.classList.toggle("ca-found", at === index);
    });
    items[index].scrollIntoView({ block: "center" });
  };

  atlas.Panel.prototype._sources = function () {
    var config = this.data.config;
    var box = element("footer", "ca-section ca-sources");
    function line(label, text) {
      if (text) box.appendChild(element("p", "", label + (atlas.lang === "zh" ? "：" : ": ") + text));
    }
    line(atlas.word("note"), atlas.pick(config.note));
    line(atlas.word("source"), atlas.pick(config.source));
    line(atlas.word("date"), config.date);
    line(atlas.word("approval"), config.approval);
    return box;
  };

  /* Classed legend of the theme; a surface's classes follow the zoom. */
  atlas.Panel.prototype._theme = function () {
    var theme = this.data.config.theme;
    var box = element("section", "ca-section ca-theme");
    this.themeBox = box;
    if (theme.areas) this._themeAreas(box, theme.areas);
    if (theme.surface) this.classes = box.appendChild(element("div"));
    if (theme.links && theme.links.length) this._themeLinks(box, theme);
    if (theme.rings) this._supporters(box, theme);
    return box;
  };

  atlas.Panel.prototype._supporters = function (box, theme) {
    var self = this;
    var data = this.data;
    var found = atlas.supportersOf(data);
    box.appendChild(element("h2", "", atlas.word("supporters", { n: found.length })));
    var list = element("ul", "ca-members");
    found.forEach(function (index) {
      var item = element("li");
      var button = atlas.button("ca-member", "", "", function () {
        self.page.map.setView(data.firms.latLng(index), Math.max(self.page.map.getZoom(), 13), { animate: false });
        self.page.openFirm(index);
      });
      button.appendChild(atlas.symbolSvg(data.firms.styleShown(index), 15, { hollow: data.firms.isUnsure(index) }));
      var words = element("span");
      words.appendChild(element("span", "", data.firms.names[index]));
      words.appendChild(element("small", "", atlas.apart(data.details[index].distance_m, data.firms.radius[index]) + " · " + atlas.pick(data.details[index].role)));
      button.appendChild(words);
      item.appendChild(button);
      list.appendChild(item);
    });
    box.appendChild(list);
    box.appendChild(element("p", "ca-quiet", atlas.word("rings") + ": " + theme.rings.map(atlas.metres).join(" · ")));
  };

  function swatch(box, colour, text, hatched) {
    var row = element("p", "ca-row");
    var patch = element("span", hatched ? "ca-swatch ca-hatched" : "ca-swatch");
    if (!hatched) patch.style.backgroundColor = colour;
    row.appendChild(patch);
    row.appendChild(element("span", "", text));
    box.appendChild(row);
  }

  atlas.Panel.prototype._themeAreas = function (box, areas) {
    var unit = atlas.pick(areas.unit);
    box.appendChild(element("h2", "", atlas.pick(areas.label) + (unit ? (atlas.lang === "zh" ? "（" + unit + "）" : " (" + unit + ")") : "")));
    if (areas.kind === "category") {
      areas.order.forEach(function (key) {
        swatch(box, areas.colours[key], atlas.pick(areas.names[key]));
      });
    } else {
      areas.breaks.forEach(function (bound, index) {
        var lower = index ? areas.breaks[index - 1] : areas.least;
        /* A class of zeros alone comes first in some legends; the next one begins above it. */
        var over = index === 1 && areas.breaks[0] === 0 && !areas.whole ? "> " : "";
        swatch(box, areas.colours[index], over + atlas.rangeText(lower, bound, areas.whole && index));
      });
    }
    if (areas.missing) swatch(box, "", atlas.word("noDataOf", { n: areas.missing }), true);
    if (areas.method) box.appendChild(element("p", "ca-quiet", atlas.pick(areas.method)));
  };

  /* Whole numbers read "1-4, 5-9"; others "0.5-1.2, 1.2-3.0". */
  atlas.rangeText = function (lower, upper, stepUp) {
    var from = stepUp ? lower + 1 : lower;
    if (from === upper) return atlas.number(upper);
    return atlas.number(from) + "–" + atlas.number(upper);
  };

  atlas.Panel.prototype._themeLinks = function (box, theme) {
    box.appendChild(element("h2", "", atlas.pick(theme.linksLabel)));
    theme.linkClasses.forEach(function (entry) {
      var row = element("p", "ca-row");
      var frame = element("span", "ca-symbol");
      frame.appendChild(atlas.svg("svg", { width: 26, height: 12, "aria-hidden": "true" }, [
        atlas.svg("line", { x1: 1, y1: 6, x2: 25, y2: 6, stroke: "#B3123F", "stroke-width": entry.width }),
      ]));
      row.appendChild(frame);
      row.appendChild(element("span", "", atlas.pick(entry.text)));
      box.appendChild(row);
    });
  };

  atlas.Panel.prototype.showClasses = function (kind, breaks, colours) {
    if (!this.classes) return;
    var box = this.classes;
    box.textContent = "";
    box.appendChild(element("h2", "", atlas.word(kind === "hex" ? "perCell" : "surface")));
    if (kind === "hex") {
      breaks.forEach(function (bound, index) {
        swatch(box, colours[index], atlas.rangeText(index ? breaks[index - 1] : 1, bound, index > 0));
      });
      return;
    }
    var bar = element("div", "ca-gradient");
    bar.style.background = "linear-gradient(to right," + colours.join(",") + ")";
    box.appendChild(bar);
    var ends = element("div", "ca-ends");
    ends.appendChild(element("span", "", atlas.word("low")));
    ends.appendChild(element("span", "", atlas.word("high")));
    box.appendChild(ends);
  };
})();
