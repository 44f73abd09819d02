/* The page's data model: firms as typed arrays, districts, parks and sectors as small objects. */
(function () {
  "use strict";
  var atlas = (window.ClusterAtlas = window.ClusterAtlas || {});
  var NONE = 255;
  /* Precision classes at which the place itself is not known, only the area that holds it. */
  var UNSURE = { zone: true, township: true, district: true, city: true, none: true };

  function Firms(payload, data) {
    var lon = payload.delta("firm.lon");
    var lat = payload.delta("firm.lat");
    this.count = lon.length;
    this.anchorCount = payload.json("firm.anchors");
    this.names = payload.strings("firm.name");
    this.addresses = payload.strings("firm.address");
    this.districts = payload.strings("firm.district");
    this.precisions = payload.strings("firm.precision");
    this.mask = payload.unsigned("firm.mask");
    this.lead = payload.unsigned("firm.lead");
    this.radius = payload.unsigned("firm.radius");
    this.year = payload.unsigned("firm.year");
    this.capital = payload.unsigned("firm.capital");
    this.area = payload.unsigned("firm.area");
    this.lastYear = 254;
    this.looseBit = 1 << data.sectors.length;
    /* An anchor of no sector is shown with the anchors, not with thousands of unsorted firms. */
    this.looseAnchorBit = 1 << (data.sectors.length + 1);
    for (var a = 0; a < this.anchorCount; a++) {
      if (this.lead[a] === NONE) this.mask[a] = this.looseAnchorBit;
    }
    this.activeMask = (data.config.loose ? 0xffffffff : ~this.looseBit) >>> 0;
    this.sectors = data.sectors;
    this.fieldStyles = data.config.fields.concat([data.config.style.noSector]);
    this.fieldOfBit = data.sectors.map(function (sector) {
      return sector.fieldIndex;
    });
    this.x = new Float64Array(this.count);
    this.y = new Float64Array(this.count);
    for (var i = 0; i < this.count; i++) {
      var sine = Math.sin((lat[i] * Math.PI) / 1.8e7);
      this.x[i] = lon[i] / 3.6e7 + 0.5;
      this.y[i] = 0.5 - (0.25 * Math.log((1 + sine) / (1 - sine))) / Math.PI;
    }
  }

  /* The sector in whose sign a firm is drawn: its first one, or the first that is switched on. */
  Firms.prototype.bitShown = function (index) {
    var lead = this.lead[index];
    if (lead === NONE) return NONE;
    if (this.activeMask & (1 << lead)) return lead;
    var shown = this.mask[index] & this.activeMask;
    return shown ? 31 - Math.clz32(shown & -shown) : lead;
  };

  Firms.prototype.fieldShown = function (index) {
    var bit = this.bitShown(index);
    return bit === NONE ? this.fieldStyles.length - 1 : this.fieldOfBit[bit];
  };

  Firms.prototype.styleShown = function (index) {
    var bit = this.bitShown(index);
    return bit === NONE ? this.fieldStyles[this.fieldStyles.length - 1] : this.sectors[bit];
  };

  Firms.prototype.isUnsure = function (index) {
    return UNSURE[this.precisions[index]] === true;
  };

  Firms.prototype.sectorIds = function (index) {
    var ids = [];
    var lead = this.lead[index];
    if (lead !== NONE) ids.push(this.sectors[lead].id);
    for (var bit = 0; bit < this.sectors.length; bit++) {
      if (bit !== lead && this.mask[index] & (1 << bit)) ids.push(this.sectors[bit].id);
    }
    return ids;
  };

  Firms.prototype.latLng = function (index) {
    return atlas.latLngOfWorld(this.x[index], this.y[index]);
  };

  atlas.Data = function (payload) {
    var self = this;
    this.payload = payload;
    this.config = payload.json("config");
    this.sectors = [];
    this.sectorById = {};
    this.config.fields.forEach(function (field, index) {
      field.sectors.forEach(function (sector) {
        sector.field = field.id;
        sector.fieldIndex = index;
        sector.shape = field.shape;
        sector.bit = self.sectors.length;
        self.sectors.push(sector);
        self.sectorById[sector.id] = sector;
      });
    });
    this.districts = withOutlines(payload, "districts");
    this.parks = withOutlines(payload, "parks");
    this.clusters = withOutlines(payload, "clusters");
    this.cityOutlines = atlas.readOutlines(payload, "cities");
    this.cities = payload.json("cities");
    this.unplaced = payload.json("unplaced");
    this.details = payload.json("details");
    this.firms = new Firms(payload, this);
    this._count();
  };

  function withOutlines(payload, name) {
    var items = payload.json(name);
    var outlines = atlas.readOutlines(payload, name);
    items.forEach(function (item, index) {
      item.outline = outlines[index] || null;
    });
    return items;
  }

  atlas.Data.prototype._count = function () {
    var firms = this.firms;
    this.countBySector = new Uint32Array(this.sectors.length + 1);
    this.countByField = new Uint32Array(this.config.fields.length);
    for (var i = 0; i < firms.count; i++) {
      var fields = 0;
      for (var bit = 0; bit < this.sectors.length; bit++) {
        if ((firms.mask[i] & (1 << bit)) === 0) continue;
        this.countBySector[bit]++;
        fields |= 1 << firms.fieldOfBit[bit];
      }
      if (firms.lead[i] === NONE) this.countBySector[this.sectors.length]++;
      for (var f = 0; f < this.countByField.length; f++) if (fields & (1 << f)) this.countByField[f]++;
    }
  };

  atlas.Data.prototype.placed = function () {
    return { anchors: this.firms.anchorCount, registry: this.firms.count - this.firms.anchorCount };
  };

  /* Firms of a district that are switched on. */
  atlas.Data.prototype.countIn = function (index) {
    var firms = this.firms;
    var out = { anchors: 0, registry: 0 };
    for (var i = 0; i < firms.count; i++) {
      if (firms.area[i] !== index || (firms.mask[i] & firms.activeMask) === 0 || firms.year[i] > firms.lastYear) continue;
      if (i < firms.anchorCount) out.anchors++;
      else out.registry++;
    }
    return out;
  };

  /* Registered firms by district and year, counted anew when the sectors change. */
  atlas.Data.prototype.countYears = function () {
    var firms = this.firms;
    this.byYear = new Uint32Array(this.districts.length * 256);
    for (var i = firms.anchorCount; i < firms.count; i++) {
      if ((firms.mask[i] & firms.activeMask) === 0 || firms.area[i] >= this.districts.length) continue;
      this.byYear[firms.area[i] * 256 + firms.year[i]]++;
    }
    for (var d = 0; d < this.districts.length; d++) {
      for (var y = 1; y < 255; y++) this.byYear[d * 256 + y] += this.byYear[d * 256 + y - 1];
    }
  };

  atlas.Data.prototype.cumulative = function (index) {
    if (!this.byYear) this.countYears();
    return this.byYear[index * 256 + Math.min(this.firms.lastYear, 254)];
  };
})();
