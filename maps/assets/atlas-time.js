/* The time slider: firms founded up to a year, played forward or set by hand. */
(function () {
  "use strict";
  var atlas = (window.ClusterAtlas = window.ClusterAtlas || {});
  var TICK_MS = 450;

  atlas.timeSlider = function (years, onYear) {
    var box = atlas.element("div", "ca-time");
    var play = atlas.button("ca-play", "▶", atlas.word("play"), toggle);
    var range = atlas.element("input");
    range.type = "range";
    range.min = String(years[0]);
    range.max = String(years[1]);
    range.step = "1";
    range.value = String(years[1]);
    range.setAttribute("aria-label", atlas.word("year"));
    var label = atlas.element("output", "ca-year");
    var timer = 0;

    function show() {
      label.textContent = atlas.word("until", { y: range.value });
      onYear(Number(range.value));
    }

    function stop() {
      clearInterval(timer);
      timer = 0;
      play.textContent = "▶";
      play.setAttribute("aria-label", atlas.word("play"));
    }

    function step() {
      range.value = String(Number(range.value) + 1);
      show();
      if (range.value === range.max) stop();
    }

    function toggle() {
      if (timer) {
        stop();
        return;
      }
      if (range.value === range.max) range.value = range.min;
      play.textContent = "❚❚";
      play.setAttribute("aria-label", atlas.word("pause"));
      show();
      timer = setInterval(step, TICK_MS);
    }

    range.addEventListener("input", show);
    box.appendChild(play);
    box.appendChild(range);
    box.appendChild(label);
    L.DomEvent.disableClickPropagation(box);
    label.textContent = atlas.word("until", { y: range.value });
    return box;
  };
})();
