/* Marker shapes, drawn alike on canvas (the map) and as SVG (legend, print). */
(function () {
  "use strict";
  var atlas = (window.ClusterAtlas = window.ClusterAtlas || {});
  var SVG = "http://www.w3.org/2000/svg";

  function polygon(corners, turn, inner) {
    var points = [];
    var steps = inner ? corners * 2 : corners;
    for (var i = 0; i < steps; i++) {
      var angle = turn + (2 * Math.PI * i) / steps;
      var radius = inner && i % 2 ? inner : 1;
      points.push([radius * Math.cos(angle), radius * Math.sin(angle)]);
    }
    return points;
  }

  function scaled(points, factor) {
    return points.map(function (point) {
      return [point[0] * factor, point[1] * factor];
    });
  }

  var UP = -Math.PI / 2;
  /* Unit outlines, scaled so that all have about the area of the unit circle. */
  var OUTLINES = {
    square: scaled(polygon(4, Math.PI / 4), 1.22),
    diamond: scaled(polygon(4, UP), 1.26),
    triangle: scaled(polygon(3, UP), 1.38),
    hexagon: scaled(polygon(6, 0), 1.1),
    star: scaled(polygon(5, UP, 0.5), 1.42),
    cross: scaled(
      [[-0.37, -1], [0.37, -1], [0.37, -0.37], [1, -0.37], [1, 0.37], [0.37, 0.37],
       [0.37, 1], [-0.37, 1], [-0.37, 0.37], [-1, 0.37], [-1, -0.37], [-0.37, -0.37]],
      1.1
    ),
  };

  function trace(context, shape, x, y, radius) {
    var outline = OUTLINES[shape];
    context.beginPath();
    if (!outline) {
      context.arc(x, y, radius, 0, 2 * Math.PI);
      return;
    }
    for (var i = 0; i < outline.length; i++) {
      var px = x + outline[i][0] * radius;
      var py = y + outline[i][1] * radius;
      if (i === 0) context.moveTo(px, py);
      else context.lineTo(px, py);
    }
    context.closePath();
  }

  /* A sure position is filled; an unsure one is hollow, so that it survives a black-and-white print. */
  function drawMarker(context, style, x, y, radius, hollow) {
    trace(context, style.shape, x, y, radius);
    context.lineJoin = "round";
    if (hollow) {
      context.lineWidth = Math.max(3.6, radius * 0.62);
      context.strokeStyle = "#FFFFFF";
      context.stroke();
      context.fillStyle = "#FFFFFF";
      context.fill();
      context.lineWidth = Math.max(1.4, radius * 0.3);
      context.strokeStyle = style.colour;
      context.stroke();
      return;
    }
    context.lineWidth = Math.max(1.6, radius * 0.36);
    context.strokeStyle = "#FFFFFF";
    context.stroke();
    context.fillStyle = style.colour;
    context.fill();
  }

  function drawNumeral(context, text, x, y, radius, hollow, style) {
    var shift = style.shape === "triangle" ? radius * 0.18 : 0;
    context.font = "600 " + Math.round(radius * 1.25) + "px " + atlas.FONT;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = hollow || atlas.isLight(style.colour) ? "#1B2026" : "#FFFFFF";
    context.fillText(text, x, y + shift + 0.5);
  }

  atlas.FONT = '"Microsoft YaHei","PingFang SC","Noto Sans SC","Noto Sans CJK SC","Source Han Sans SC",' +
    '"WenQuanYi Micro Hei","Segoe UI",Arial,sans-serif';

  atlas.isLight = function (colour) {
    var red = parseInt(colour.substr(1, 2), 16);
    var green = parseInt(colour.substr(3, 2), 16);
    var blue = parseInt(colour.substr(5, 2), 16);
    return 0.299 * red + 0.587 * green + 0.114 * blue > 150;
  };

  atlas.svg = function (name, attributes, children) {
    var node = document.createElementNS(SVG, name);
    Object.keys(attributes || {}).forEach(function (key) {
      node.setAttribute(key, attributes[key]);
    });
    (children || []).forEach(function (child) {
      node.appendChild(child);
    });
    return node;
  };

  /* The legend's picture of a marker; size in CSS pixels. */
  atlas.symbolSvg = function (style, size, options) {
    var hollow = options && options.hollow;
    var numeral = options && options.numeral;
    var middle = size / 2;
    var radius = size * 0.34;
    var paint = hollow
      ? { fill: "#FFFFFF", stroke: style.colour, "stroke-width": size * 0.1 }
      : { fill: style.colour, stroke: "none" };
    var outline = OUTLINES[style.shape];
    var body;
    if (outline) {
      paint.points = outline
        .map(function (point) {
          return (middle + point[0] * radius).toFixed(2) + "," + (middle + point[1] * radius).toFixed(2);
        })
        .join(" ");
      body = atlas.svg("polygon", paint);
    } else {
      paint.cx = paint.cy = middle;
      paint.r = radius;
      body = atlas.svg("circle", paint);
    }
    var children = [body];
    if (numeral) {
      var text = atlas.svg("text", {
        x: middle,
        y: middle + (style.shape === "triangle" ? radius * 0.2 : 0),
        "text-anchor": "middle",
        "dominant-baseline": "central",
        "font-size": (radius * 1.25).toFixed(1),
        "font-weight": 600,
        fill: hollow || atlas.isLight(style.colour) ? "#1B2026" : "#FFFFFF",
      });
      text.textContent = String(numeral);
      children.push(text);
    }
    return atlas.svg(
      "svg",
      { width: size, height: size, viewBox: "0 0 " + size + " " + size, "aria-hidden": "true" },
      children
    );
  };

  atlas.drawMarker = drawMarker;
  atlas.drawNumeral = drawNumeral;
})();
