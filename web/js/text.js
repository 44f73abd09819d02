// Every word of the page, Chinese and English.
import { view } from "./state.js";
import { WORDS } from "./words.js";

export const lang = () => (view().lang === "en" ? "en" : "zh");

/** Return the words of a key in the reader's language; `{name}` is replaced from `values`. */
export function t(key, values = {}) {
  const pair = WORDS[key];
  const text = pair ? pair[lang() === "en" ? 1 : 0] : key;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** Return the name of a thing with zh and en. */
export const nameOf = (thing) => (thing ? thing[lang()] || thing.zh || "" : "");

/** Write a whole number; unknown is a dash. */
export const whole = (n) => (n === null || n === undefined || Number.isNaN(n) ? "—" : Math.round(n).toLocaleString(lang() === "en" ? "en" : "zh-CN"));

/** Write a number with decimals; unknown is a dash. */
export const decimal = (n, digits = 2) => (n === null || n === undefined || Number.isNaN(n) ? "—" : Number(n).toFixed(digits));

/** Write a share of 1 as percent. */
export const percent = (n, digits = 0) => (n === null || n === undefined || Number.isNaN(n) ? "—" : `${(n * 100).toFixed(digits)}%`);

/** Write how far a firm is, and how far off its own place may be: 0 m is not the next door. */
export const apart = ({ distance_m, radius_m }) => distance(distance_m) + (radius_m ? ` ± ${distance(radius_m)}` : "");

/** Write metres for people. */
export const distance = (m) => (m < 1000 ? `${Math.round(m)} m` : `${(m / 1000).toFixed(m < 10_000 ? 1 : 0)} km`);

/** Put a text in the brackets of the reader's language. */
export const aside = (text) => (lang() === "en" ? ` (${text})` : `（${text}）`);
