// The right panel: one thing at a time, named in the address as kind:id.
import { byId, el, fill } from "./dom.js";
import { stage } from "./map.js";
import { change, onChange, view } from "./state.js";
import { t } from "./text.js";

// Panels are fetched when they are first opened; what is open first does not wait for the rest.
const KINDS = {
  firm: () => import("./firm.js").then((m) => m.firmCard),
  stack: () => import("./firm.js").then((m) => m.stackCard),
  list: () => import("./firm.js").then((m) => m.listPanel),
  park: () => import("./park.js").then((m) => m.parkCard),
  district: () => import("./district.js").then((m) => m.districtCard),
  compare: () => import("./compare.js").then((m) => m.comparePanel),
  nearby: () => import("./nearby.js").then((m) => m.nearbyPanel),
  stagger: () => import("./stagger.js").then((m) => m.staggerPanel),
  whatif: () => import("./whatif.js").then((m) => m.whatifPanel),
  table: () => import("./table.js").then((m) => m.tablePanel),
};

let aborter = null;
let leave = null; // undoes what the open panel drew on the map
let opener = null; // where the focus goes back to

/** Open a panel: "firm:siasun", "district:210112", ... */
export function openDetail(what) {
  opener = document.activeElement;
  if (view().open === what) show(what, true);
  else change({ open: what }, { push: true });
}

/** Close the right panel. */
export function closeDetail() {
  change({ open: "" }, { push: true });
  if (opener?.isConnected) opener.focus();
}

/** The panel grows and shrinks with what it shows; the map takes what is left, whenever that changes. */
function keepMapFitted() {
  let width = 0;
  new ResizeObserver(([entry]) => {
    const now = Math.round(entry.contentRect.width);
    if (now === width) return;
    width = now;
    stage.map?.invalidateSize({ animate: false });
    dispatchEvent(new Event("resized"));
  }).observe(byId("map"));
}

export function startDetail() {
  keepMapFitted();
  onChange((next, changed, stepped) => {
    if (changed.has("open") || changed.has("lang")) show(next.open, !stepped && changed.has("open"));
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && view().open && !event.defaultPrevented && event.target.id !== "q") closeDetail();
  });
  if (view().open) show(view().open, false);
}

async function show(what, focus) {
  aborter?.abort();
  leave?.();
  leave = null;
  const panel = byId("detail");
  panel.hidden = !what;
  document.body.classList.toggle("detail-open", Boolean(what));
  if (!what) { panel.replaceChildren(); return; }
  const cut = what.indexOf(":");
  const kind = cut < 0 ? what : what.slice(0, cut);
  const argument = cut < 0 ? "" : what.slice(cut + 1);
  aborter = new AbortController();
  const { signal } = aborter;
  const body = el("div", { class: "detail-body", "aria-busy": "true" }, el("p", { class: "loading", text: t("loading") }));
  const close = el("button", { type: "button", class: "icon-button detail-close", "aria-label": t("close"), title: t("close"), text: "×", on: { click: closeDetail } });
  fill(panel, close, body);
  panel.dataset.kind = kind;
  panel.scrollTop = 0;
  if (focus) panel.focus({ preventScroll: true });
  try {
    if (!KINDS[kind]) throw new Error(t("error.missing"));
    const render = await KINDS[kind]();
    if (signal.aborted) return;
    const undo = await render(argument, body, signal);
    if (signal.aborted) { undo?.(); return; }
    leave = undo || null;
  } catch (error) {
    if (error.name === "AbortError" || signal.aborted) return;
    failure(body, error, () => show(what, true));
  } finally {
    body.setAttribute("aria-busy", "false");
  }
}

/** Write an error for people, with a way to try again. */
export function failure(body, error, again) {
  // What is not an answer of the server is a fault of the page: say so, and leave a trace of it.
  const fault = error instanceof SyntaxError || error instanceof TypeError || error instanceof ReferenceError;
  if (fault) console.error(error);
  const hints = (error.suggestions || []).slice(0, 5).map((s) => el("li", { text: typeof s === "string" ? s : JSON.stringify(s) }));
  fill(body, el("div", { class: "problem", role: "alert" },
    el("p", { text: fault ? t("error.page") : error.message }),
    hints.length ? el("ul", {}, hints) : null,
    el("button", { type: "button", text: t("retry"), on: { click: again } })));
}
