/* What a click opens: the card of a firm, a cluster, a park or a district. */
(function () {
  "use strict";
  var atlas = (window.ClusterAtlas = window.ClusterAtlas || {});
  var element = atlas.element;
  var LISTED = 60;
  var CLAUSES = 8;

  function row(list, label, value) {
    if (value === "" || value === null || value === undefined) return;
    list.appendChild(element("dt", "", label));
    list.appendChild(element("dd", "", value));
  }

  function precisionText(precision, radius) {
    var text = atlas.word("precision_" + precision);
    if (radius) text += atlas.lang === "zh" ? "，" : ", ";
    return radius ? text + atlas.word("radius", { r: atlas.metres(radius) }) : text;
  }

  function sectorChips(data, ids) {
    var line = element("div", "ca-chips");
    ids.forEach(function (id) {
      var sector = data.sectorById[id];
      if (!sector) return;
      var chip = element("span", "ca-chip");
      chip.appendChild(atlas.symbolSvg(sector, 15, { numeral: sector.numeral }));
      chip.appendChild(element("span", "", atlas.pick(sector.name)));
      line.appendChild(chip);
    });
    if (!line.childNodes.length) line.appendChild(element("span", "ca-chip", atlas.word("noSector")));
    return line;
  }

  function clauseList(clauses) {
    var box = element("div", "ca-clauses");
    box.appendChild(element("h4", "", atlas.word("clauses")));
    clauses.slice(0, CLAUSES).forEach(function (clause) {
      var quote = element("blockquote", "", clause.text);
      var place = [clause.document, clause.section, clause.line ? atlas.word("line", { n: clause.line }) : ""];
      quote.appendChild(element("cite", "", place.filter(Boolean).join(" · ")));
      box.appendChild(quote);
    });
    return box;
  }

  atlas.firmCard = function (data, index) {
    var firms = data.firms;
    var detail = data.details[index] || {};
    var card = element("article", "ca-card");
    card.appendChild(element("h3", "", firms.names[index]));
    card.appendChild(sectorChips(data, firms.sectorIds(index)));
    var list = element("dl");
    if (detail.kind) row(list, atlas.word("kindLabel"), atlas.word("kind_" + detail.kind));
    if (detail.legal_name !== firms.names[index]) row(list, atlas.word("legalName"), detail.legal_name);
    row(list, atlas.word("aliases"), detail.aliases);
    row(list, atlas.word("products"), detail.products);
    row(list, atlas.word("district"), firms.districts[index]);
    row(list, atlas.word("zone"), detail.zone);
    row(list, atlas.word("address"), firms.addresses[index]);
    row(list, atlas.word("precision"), precisionText(firms.precisions[index], firms.radius[index]));
    if (firms.year[index] > 0) row(list, atlas.word("registered"), String(firms.year[index] + 1900));
    if (firms.capital[index] > 0) row(list, atlas.word("capital"), atlas.number(firms.capital[index]) + " " + atlas.word("capitalUnit"));
    if (detail.role) row(list, atlas.word("role"), atlas.pick(detail.role));
    if (detail.distance_m !== undefined) row(list, atlas.word("distance"), atlas.apart(detail.distance_m, firms.radius[index]));
    row(list, atlas.word("coordSource"), atlas.pick(detail.coord_source));
    if (detail.status) row(list, atlas.word("status"), atlas.word("status_" + detail.status));
    row(list, atlas.word("remark"), detail.note);
    card.appendChild(list);
    if (detail.clauses && detail.clauses.length) card.appendChild(clauseList(detail.clauses));
    return card;
  };

  atlas.clusterCard = function (data, members, onPick) {
    var card = element("article", "ca-card");
    card.appendChild(element("h3", "", atlas.word("members", { n: members.length })));
    var list = element("ul", "ca-members");
    members.slice(0, LISTED).forEach(function (index) {
      var item = element("li");
      var button = atlas.button("ca-member", "", "", function () {
        onPick(index);
      });
      button.appendChild(atlas.symbolSvg(data.firms.styleShown(index), 15, { hollow: data.firms.isUnsure(index) }));
      button.appendChild(element("span", "", data.firms.names[index]));
      item.appendChild(button);
      list.appendChild(item);
    });
    card.appendChild(list);
    if (members.length > LISTED) card.appendChild(element("p", "ca-quiet", atlas.word("more", { n: members.length - LISTED })));
    return card;
  };

  atlas.parkCard = function (data, park) {
    var card = element("article", "ca-card");
    card.appendChild(element("h3", "", park.name));
    if (park.sectors.length) card.appendChild(sectorChips(data, park.sectors));
    var list = element("dl");
    row(list, atlas.word("aliases"), park.aliases);
    row(list, atlas.word("district"), park.city + park.district);
    row(list, atlas.word("boundary"), atlas.word("boundary_" + park.boundary_status));
    if (park.radius_m) row(list, atlas.word("extent"), atlas.metres(park.radius_m));
    row(list, atlas.word("source"), atlas.pick(park.source));
    row(list, atlas.word("remark"), park.note);
    card.appendChild(list);
    if (park.clauses.length) card.appendChild(clauseList(park.clauses));
    return card;
  };

  atlas.hullCard = function (data, cluster) {
    var card = element("article", "ca-card");
    card.appendChild(element("h3", "", atlas.word("hull")));
    card.appendChild(sectorChips(data, [cluster.sector]));
    var list = element("dl");
    row(list, atlas.word("hullFirms"), String(cluster.n));
    if (cluster.possible) row(list, atlas.word("hullPossible"), String(cluster.possible));
    if (cluster.strength !== null) row(list, atlas.word("hullStrength"), atlas.number(cluster.strength) + " ×");
    if (cluster.p !== null) row(list, "p", String(cluster.p));
    row(list, atlas.word("hullVerdict"), atlas.word("hullSure"));
    card.appendChild(list);
    return card;
  };

  atlas.districtCard = function (data, index) {
    var district = data.districts[index];
    var theme = data.config.theme;
    var card = element("article", "ca-card");
    card.appendChild(element("h3", "", district.city === district.name ? district.name : district.city + " " + district.name));
    var list = element("dl");
    if (theme && theme.areas) {
      var value = data.areas.valueOf(index);
      var shown = value === null || value === undefined ? atlas.word("noData")
        : theme.areas.kind === "category" ? atlas.pick(theme.areas.names[value]) : atlas.number(value);
      row(list, atlas.pick(theme.areas.label), shown + (theme.areas.unit && value !== null ? " " + atlas.pick(theme.areas.unit) : ""));
    }
    var notes = theme && theme.areas && theme.areas.notes && theme.areas.notes[district.adcode];
    if (notes) row(list, atlas.word("remark"), atlas.pick(notes));
    var counted = data.countIn(index);
    row(list, atlas.word("anchorsHere"), counted.anchors + " " + atlas.word("firms"));
    if (data.firms.count > data.firms.anchorCount) {
      row(list, atlas.word("registryHere"), atlas.number(counted.registry) + " " + atlas.word("firms"));
    }
    card.appendChild(list);
    return card;
  };
})();
