/* Find a firm, park, district or sector by name, alias, pinyin or initials; all in the page. */
(function () {
  "use strict";
  var atlas = (window.ClusterAtlas = window.ClusterAtlas || {});
  var MOST = 12;
  var LETTER = /^[a-z]/;
  var HAS_LETTER = /[a-z]/;
  var ASCII = /^[\x00-\x7f]*$/;

  /* readings: {character: "shen chen"}; first letters as bits make most starts fail at once. */
  function Pinyin(readings) {
    this.readings = {};
    this.initials = new Uint32Array(65536);
    var self = this;
    Object.keys(readings).forEach(function (character) {
      var syllables = readings[character].split(" ");
      self.readings[character] = syllables;
      syllables.forEach(function (syllable) {
        self.initials[character.charCodeAt(0)] |= 1 << (syllable.charCodeAt(0) - 97);
      });
    });
    for (var code = 97; code < 123; code++) this.initials[code] = this.initials[code - 32] = 1 << (code - 97);
  }

  /* True if the query reads on from a character: full syllables, initials, or the start of one. */
  Pinyin.prototype.reads = function (name, at, query, from) {
    if (from === query.length) return true;
    if (at >= name.length) return false;
    var character = name[at];
    var syllables = this.readings[character] || [character.toLowerCase()];
    for (var i = 0; i < syllables.length; i++) {
      var syllable = syllables[i];
      var rest = query.length - from;
      if (rest <= syllable.length && syllable.substr(0, rest) === query.substr(from)) return true;
      if (query.substr(from, syllable.length) === syllable && this.reads(name, at + 1, query, from + syllable.length)) return true;
      if (query[from] === syllable[0] && this.reads(name, at + 1, query, from + 1)) return true;
    }
    return false;
  };

  Pinyin.prototype.find = function (name, query) {
    var code = query.charCodeAt(0);
    var bit = code >= 97 && code < 123 ? 1 << (code - 97) : 0;
    for (var at = 0; at < name.length; at++) {
      if ((this.initials[name.charCodeAt(at)] & bit) !== 0 && this.reads(name, at, query, 0)) return at;
    }
    return -1;
  };

  atlas.Search = function (data) {
    this.data = data;
    this.pinyin = new Pinyin(data.payload.json("pinyin"));
  };

  /* Place of the match in the name, -1 if there is none. */
  atlas.Search.prototype._match = function (name, query, plain) {
    /* Letters inside a name are read by the pinyin search too, so that one pass does. */
    if (plain && LETTER.test(query)) return this.pinyin.find(name, query);
    return HAS_LETTER.test(query) ? name.toLowerCase().indexOf(query) : name.indexOf(query);
  };

  atlas.Search.prototype.find = function (text) {
    var query = text.trim().toLowerCase().replace(/[\s']+/g, "");
    if (!query || query.length > 60) return [];
    var plain = ASCII.test(query);
    var hits = [];
    var self = this;
    function take(kind, index, names, rank) {
      for (var i = 0; i < names.length; i++) {
        if (!names[i]) continue;
        var at = self._match(names[i], query, plain);
        if (at >= 0) {
          hits.push({ kind: kind, index: index, name: names[0], by: i ? names[i] : "", order: rank + Math.min(at, 9) + (i ? 2 : 0) });
          return;
        }
      }
    }
    this.data.districts.forEach(function (district, index) {
      take("district", index, [district.name, district.city].concat(district.aliases.split(";")).filter(function (name, at) {
        return at !== 1;
      }), 20);
    });
    this.data.parks.forEach(function (park, index) {
      take("park", index, [park.name].concat(park.aliases.split(";")), 10);
    });
    this.data.sectors.forEach(function (sector, index) {
      take("sector", index, [atlas.pick(sector.name), sector.name.zh, sector.name.en], 15);
    });
    this.data.unplaced.forEach(function (entry, index) {
      take("unplaced", index, [entry.name].concat(entry.aliases.split(";")), 12);
    });
    this._findFirms(query, plain, take, hits);
    hits.sort(function (a, b) {
      return a.order - b.order || a.name.length - b.name.length;
    });
    return hits.slice(0, MOST);
  };

  atlas.Search.prototype._findFirms = function (query, plain, take, hits) {
    var firms = this.data.firms;
    for (var i = 0; i < firms.anchorCount; i++) {
      var detail = this.data.details[i] || {};
      take("anchor", i, [firms.names[i], detail.legal_name].concat((detail.aliases || "").split(/[;；、]/)), 0);
    }
    var found = 0;
    for (var j = firms.anchorCount; j < firms.count && found < MOST * 3; j++) {
      var at = this._match(firms.names[j], query, plain);
      if (at < 0) continue;
      found++;
      hits.push({ kind: "firm", index: j, name: firms.names[j], by: "", order: 30 + Math.min(at, 9) });
    }
  };

  /* The box with its list; onPick gets the hit. Arrow keys move, Enter takes, Escape leaves. */
  atlas.searchBox = function (search, onPick) {
    var box = atlas.element("div", "ca-search");
    var input = atlas.element("input");
    input.type = "search";
    input.placeholder = atlas.word("search");
    input.setAttribute("aria-label", atlas.word("search"));
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-controls", "ca-hits");
    input.setAttribute("aria-expanded", "false");
    input.autocomplete = "off";
    input.maxLength = 60;
    var list = atlas.element("ul", "ca-hits");
    list.id = "ca-hits";
    list.setAttribute("role", "listbox");
    list.hidden = true;
    var state = { hits: [], at: -1 };
    var timer = 0;

    function mark(at) {
      state.at = at;
      Array.prototype.forEach.call(list.children, function (item, index) {
        item.setAttribute("aria-selected", index === at ? "true" : "false");
        if (index === at) {
          input.setAttribute("aria-activedescendant", item.id);
          item.scrollIntoView({ block: "nearest" });
        }
      });
    }

    function take(at) {
      if (!state.hits[at]) return;
      input.value = state.hits[at].name;
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      onPick(state.hits[at]);
    }

    function show() {
      state.hits = search.find(input.value);
      list.textContent = "";
      state.hits.forEach(function (hit, index) {
        var item = atlas.element("li");
        item.id = "ca-hit-" + index;
        item.setAttribute("role", "option");
        item.appendChild(atlas.element("span", "ca-hit-kind", atlas.word(hit.kind + "_")));
        item.appendChild(atlas.element("span", "ca-hit-name", hit.name));
        if (hit.by && hit.by !== hit.name) item.appendChild(atlas.element("span", "ca-hit-by", hit.by));
        item.addEventListener("mousedown", function (event) {
          event.preventDefault();
          take(index);
        });
        list.appendChild(item);
      });
      var empty = !state.hits.length && input.value.trim() !== "";
      if (empty) list.appendChild(atlas.element("li", "ca-quiet", atlas.word("searchNone")));
      list.hidden = !state.hits.length && !empty;
      input.setAttribute("aria-expanded", String(!list.hidden));
      mark(state.hits.length ? 0 : -1);
    }

    input.addEventListener("input", function () {
      clearTimeout(timer);
      timer = setTimeout(show, 120);
    });
    input.addEventListener("keydown", function (event) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        var step = event.key === "ArrowDown" ? 1 : -1;
        if (state.hits.length) mark((state.at + step + state.hits.length) % state.hits.length);
      } else if (event.key === "Enter") {
        clearTimeout(timer);
        if (list.hidden) show();
        take(state.at);
      } else if (event.key === "Escape") list.hidden = true;
    });
    input.addEventListener("blur", function () {
      list.hidden = true;
    });
    box.appendChild(input);
    box.appendChild(list);
    return box;
  };
})();
