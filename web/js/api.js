// Ask our own server; what it refuses becomes an error with words for people.
import { t } from "./text.js";

export class Refused extends Error {
  constructor(message, status, suggestions = []) {
    super(message);
    this.status = status;
    this.suggestions = suggestions;
  }
}

/** Return the address of a call with its parameters; empty ones are left out. */
export function address(path, params = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== "" && value !== null && value !== undefined) query.set(name, String(value));
  }
  const text = query.toString().replaceAll("%2C", ",");
  return text ? `${path}?${text}` : path;
}

async function answer(path, options, tries) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(t("error.network"), 0);
  }
  if (response.ok) return response;
  if (response.status === 503 && tries > 0) {
    await new Promise((done) => setTimeout(done, 700));
    return answer(path, options, tries - 1);
  }
  let detail = "";
  let suggestions = [];
  try {
    const problem = await response.json();
    detail = problem.detail || "";
    suggestions = problem.suggestions || [];
  } catch { /* not a problem document: the status alone has to do */ }
  const known = { 404: "error.missing", 429: "error.busy", 503: "error.loading" }[response.status];
  const words = t(known || (response.status >= 500 ? "error.server" : "error.refused"));
  throw new Refused(detail ? `${words} ${detail}` : words, response.status, suggestions);
}

/** GET a JSON answer. */
export async function getJson(path, params, signal) {
  const response = await answer(address(path, params), { signal, headers: { accept: "application/json" } }, 40);
  return response.json();
}

/** GET bytes. */
export async function getBytes(path) {
  return (await answer(path, {}, 40)).arrayBuffer();
}

/** POST a value as JSON; returns the response. */
export async function post(path, value, signal) {
  const headers = { "content-type": "application/json", accept: "*/*" };
  return answer(path, { method: "POST", body: JSON.stringify(value), headers, signal }, 5);
}
