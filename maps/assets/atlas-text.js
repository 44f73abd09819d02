/* Words of the page in Chinese and English, and the language that is on. */
(function () {
  "use strict";
  var atlas = (window.ClusterAtlas = window.ClusterAtlas || {});

  var WORDS = {
    zh: {
      language: "English", languageTitle: "Switch to English",
      search: "搜索企业、园区、区县、产业（名称、别名、拼音）", searchNone: "没有匹配的名称",
      layers: "图层与图例", anchors: "重点企业与院所", registry: "登记企业", parks: "园区与基地",
      hulls: "检出集群", hull: "检出集群", hullFirms: "企业数", hullPossible: "另可能属于", hullStrength: "密度为期望的", hullVerdict: "判断",
      hullSure: "显著，难以用偶然解释", hullSureShort: "检出集群（显著）", names: "行政区名称", links: "重叠关系连线", surface: "密度", all: "全选", none: "全不选",
      sure: "位置到门址或街道", unsure: "位置只到园区、乡镇、区县或城市（空心）",
      numeral: "标记中的数字是产业，展开领域可见",
      cluster: "重叠的标记合并为一，数字为家数", firmCluster: "登记企业（数字为家数）",
      parkPoint: "园区（点位，约九成在圆内）", parkArea: "园区（范围为示意）",
      noSector: "未归类", unplaced: "未落图", unplacedWhy: "位置不明，不上图",
      noData: "无数据", noDataOf: "无数据（{n} 个区县）", classes: "分级", date: "制图日期", source: "数据来源",
      approval: "审图号", note: "图注", north: "北", fit: "全图", zoomIn: "放大", zoomOut: "缩小",
      close: "关闭", firms: "家", precision: "位置精度", radius: "90% 的可能在 {r} 以内",
      precision_site: "厂址", precision_address: "门牌地址", precision_street: "街道", precision_zone: "园区",
      precision_township: "乡镇、街道", precision_district: "区县", precision_city: "城市", precision_none: "不明",
      kind_enterprise: "企业", kind_institute: "院所", kind_platform: "平台",
      kindLabel: "类别", legalName: "登记名称", aliases: "别名", sectors: "产业", products: "产品", address: "地址", zone: "园区",
      district: "区县", registered: "成立年份", capital: "注册资本", capitalUnit: "万元", coordSource: "坐标来源",
      status: "核实情况", status_confirmed: "已核实", status_probable: "较可能", status_unresolved: "未能确认",
      remark: "说明", clauses: "文件条款", line: "第 {n} 行", members: "此处 {n} 家", more: "另有 {n} 家，放大后可见",
      boundary: "边界", boundary_surveyed: "实测", boundary_approximate: "示意", boundary_point: "点位",
      extent: "误差半径", value: "数值", anchorsHere: "重点企业", registryHere: "登记企业", perCell: "每格家数",
      year: "年份", until: "截至 {y} 年成立", play: "播放", pause: "暂停", low: "低", high: "高",
      panel: "图层", hide: "收起", show: "展开", distance: "距离", role: "关系", rings: "距离环", supporters: "配套企业 {n} 家（由近及远）",
      unplaced_: "未落图", district_: "区县", park_: "园区", sector_: "产业", firm_: "登记", anchor_: "重点", print: "打印",
      failed: "本文件无法显示：浏览器版本过旧，请使用 Chrome、Edge、Firefox 或 360 极速模式。",
    },
    en: {
      language: "中文", languageTitle: "切换到中文",
      search: "Search firms, parks, districts, sectors (name, alias, pinyin)", searchNone: "Nothing has that name",
      layers: "Layers and legend", anchors: "Anchor firms and institutes", registry: "Registered firms", parks: "Parks and bases",
      hulls: "Detected clusters", hull: "Detected cluster", hullFirms: "Firms", hullPossible: "Possibly also", hullStrength: "Density against expected", hullVerdict: "Verdict",
      hullSure: "significant: hardly chance", hullSureShort: "Detected cluster (significant)", names: "District names", links: "Links between overlapping pairs", surface: "Density", all: "All", none: "None",
      sure: "Position known to the site or street", unsure: "Position known to a park, township, district or city (hollow)",
      numeral: "The figure in a mark is its sector (open a field)",
      cluster: "Marks that overlap are counted into one", firmCluster: "Registered firms (number of firms)",
      parkPoint: "Park (point; within the circle in 9 of 10 cases)", parkArea: "Park (outline is indicative)",
      noSector: "No sector", unplaced: "Not on the map", unplacedWhy: "position unknown",
      noData: "No data", noDataOf: "No data ({n} districts)", classes: "Classes", date: "Map date", source: "Data source",
      approval: "Map approval no.", note: "Note", north: "N", fit: "Whole map", zoomIn: "Zoom in", zoomOut: "Zoom out",
      close: "Close", firms: "firms", precision: "Precision", radius: "within {r} in 90 % of cases",
      precision_site: "site", precision_address: "address", precision_street: "street", precision_zone: "park or zone",
      precision_township: "township", precision_district: "district", precision_city: "city", precision_none: "unknown",
      kind_enterprise: "Enterprise", kind_institute: "Institute", kind_platform: "Platform",
      kindLabel: "Kind", legalName: "Registered name", aliases: "Aliases", sectors: "Sectors", products: "Products", address: "Address", zone: "Zone",
      district: "District", registered: "Founded", capital: "Registered capital", capitalUnit: "× CNY 10,000", coordSource: "Source of position",
      status: "Checked", status_confirmed: "confirmed", status_probable: "probable", status_unresolved: "unresolved",
      remark: "Remark", clauses: "Document clauses", line: "line {n}", members: "{n} firms here", more: "{n} more; zoom in to see them",
      boundary: "Boundary", boundary_surveyed: "surveyed", boundary_approximate: "indicative", boundary_point: "point",
      extent: "Rough radius", value: "Value", anchorsHere: "Anchor firms", registryHere: "Registered firms", perCell: "Firms per cell",
      year: "Year", until: "Founded up to {y}", play: "Play", pause: "Pause", low: "low", high: "high",
      panel: "Layers", hide: "Hide", show: "Show", distance: "Distance", role: "Relation", rings: "Distance rings", supporters: "{n} supporting firms, nearest first",
      unplaced_: "not on map", district_: "district", park_: "park", sector_: "sector", firm_: "firm", anchor_: "anchor", print: "Print",
      failed: "This file cannot be shown: the browser is too old. Use Chrome, Edge or Firefox.",
    },
  };

  atlas.lang = "zh";

  atlas.word = function (key, values) {
    var text = WORDS[atlas.lang][key];
    if (text === undefined) return key;
    Object.keys(values || {}).forEach(function (name) {
      text = text.replace("{" + name + "}", String(values[name]));
    });
    return text;
  };

  /* The text of {zh, en} in the language that is on. */
  atlas.pick = function (both) {
    if (both === null || both === undefined) return "";
    if (typeof both === "string") return both;
    return both[atlas.lang] || both.zh || "";
  };

  atlas.metres = function (value) {
    if (value >= 10000) return Math.round(value / 1000) + " km";
    if (value >= 1000) return (value / 1000).toFixed(1) + " km";
    return Math.round(value) + " m";
  };

  /* A distance to a firm, and how far off the firm's own place may be: 0 m is not the next door. */
  atlas.apart = function (distance, radius) {
    return atlas.metres(distance) + (radius ? " ± " + atlas.metres(radius) : "");
  };

  atlas.number = function (value) {
    if (Math.abs(value) >= 100 || Number.isInteger(value)) {
      return String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
    }
    return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
  };

  /* Every text reaches the page through textContent: a name that looks like markup stays a name. */
  atlas.element = function (tag, className, text) {
    var node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined && text !== null) node.textContent = String(text);
    return node;
  };

  atlas.button = function (className, text, title, onClick) {
    var node = atlas.element("button", className, text);
    node.type = "button";
    if (title) {
      node.title = title;
      node.setAttribute("aria-label", title);
    }
    node.addEventListener("click", onClick);
    return node;
  };
})();
