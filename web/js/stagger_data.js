// The stagger analysis of a region, asked once.
import { getJson } from "./api.js";

const kept = new Map();

/** Return the answer of /v1/stagger for a region. */
export function staggerOf(region, basis = "firms", signal) {
  const key = `${region}|${basis}`;
  if (!kept.has(key)) {
    const asked = getJson("/v1/stagger", { region, basis }, signal);
    kept.set(key, asked);
    asked.catch(() => kept.delete(key));
  }
  return kept.get(key);
}

/** Return the index by district code; null where it is undefined or rests on too few firms. */
export async function staggerIndex(region) {
  const answer = await staggerOf(region);
  return new Map(answer.districts.map((d) => [d.adcode, d.verdict === "too few to say" ? null : d.index]));
}
