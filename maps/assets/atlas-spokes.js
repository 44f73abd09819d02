/* Distance rings around a firm, and a line from it to each firm that supports it. */
(function () {
  "use strict";
  var atlas = (window.ClusterAtlas = window.ClusterAtlas || {});

  /* The supporting firms, nearest first. */
  atlas.supportersOf = function (data) {
    return Object.keys(data.details).filter(function (index) {
      return data.details[index].distance_m !== undefined;
    }).map(Number).sort(function (a, b) {
      return data.details[a].distance_m - data.details[b].distance_m;
    });
  };

  atlas.boundsAround = function (data) {
    var bounds = L.latLng(data.config.theme.centre).toBounds(4000);
    atlas.supportersOf(data).forEach(function (index) {
      bounds.extend(data.firms.latLng(index));
    });
    return bounds;
  };

  atlas.drawSurroundings = function (map, data) {
    var theme = data.config.theme;
    var colour = "#5A6572";
    theme.rings.forEach(function (radius) {
      L.circle(theme.centre, { radius: radius, pane: "atlasBorders", interactive: false, fill: false, color: colour,
        weight: 1.2, dashArray: "4 5", className: "ca-ring" }).addTo(map);
      var top = L.latLng(theme.centre[0] + radius / 111195, theme.centre[1]);
      L.marker(top, { pane: "atlasBorders", interactive: false, keyboard: false,
        icon: L.divIcon({ className: "ca-ring-label", html: atlas.element("span", "", atlas.metres(radius)), iconSize: null }) }).addTo(map);
    });
    atlas.supportersOf(data).forEach(function (index) {
      L.polyline([theme.centre, data.firms.latLng(index)], { pane: "atlasBorders", interactive: false,
        color: colour, weight: 0.9, opacity: 0.55 }).addTo(map);
    });
  };
})();
