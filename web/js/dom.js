// Build the document from values. Everything that comes from data goes through text nodes and
// attributes, never through markup: a firm called "<img onerror>" is shown as it is written.

/** Return an element. `props`: class, text, on {event: handler}, data {}, style {}, and attributes. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "text") node.textContent = value;
    else if (name === "on") for (const [event, run] of Object.entries(value)) node.addEventListener(event, run);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "style") for (const [key, text] of Object.entries(value)) node.style.setProperty(key, text);
    else if (name === "value" || name === "checked" || name === "disabled" || name === "selected") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  put(node, children);
  return node;
}

/** Append children; texts become text nodes, lists are flattened, nothing is left out but null and false. */
export function put(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

/** Replace the content of a node. */
export function fill(node, ...children) {
  node.replaceChildren();
  return put(node, children);
}

export const byId = (id) => document.getElementById(id);

/** Say something to readers of the screen who do not see it change. */
export function say(text) {
  byId("say").textContent = text;
}

let toastTimer = 0;
/** Show a short message for some seconds. */
export function toast(text) {
  const box = byId("toast");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { box.hidden = true; }, 5000);
}

/** Return a function that runs `run` once, `ms` after the last call. */
export function later(run, ms) {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => run(...given), ms);
  };
}

/** Offer a blob as a file. */
export function save(name, blob) {
  const link = el("a", { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Put a text into the clipboard; where the browser forbids it, select it for the reader. */
export async function copy(text, fallback) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (fallback) getSelection().selectAllChildren(fallback);
    return false;
  }
}
