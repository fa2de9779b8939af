// SPDX-License-Identifier: Apache-2.0

/** One media type that a resource can be served as; `also` are names for the same bytes. */
export interface Offer {
  readonly type: string;
  readonly also: readonly string[];
}

interface Range {
  readonly type: string;
  readonly quality: number;
}

/**
 * Picks the offer that an `Accept` header likes best; of equals, the first offered. Null when it accepts none of them.
 * No header means everything.
 *
 * @spec rfc9110#12.5.1
 */
export function chooseOffer(accept: string | null, offers: readonly Offer[]): Offer | null {
  if (accept === null || accept.trim() === "") return offers[0] ?? null;
  const ranges = accept.split(",").map(parseRange);
  let best: Offer | null = null;
  let bestQuality = 0;
  for (const offer of offers) {
    const quality = Math.max(...[offer.type, ...offer.also].map((type) => qualityOf(type, ranges)));
    if (quality > bestQuality) {
      best = offer;
      bestQuality = quality;
    }
  }
  return best;
}

function parseRange(text: string): Range {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  if (q === undefined) return { type, quality: 1 };
  return { type, quality: /^(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)$/.test(q) ? Number(q) : 0 };
}

/** The quality of the most specific range that covers `type`; 0 when none does. */
function qualityOf(type: string, ranges: readonly Range[]): number {
  const exact = ranges.find((range) => range.type === type);
  if (exact !== undefined) return exact.quality;
  const group = ranges.find((range) => range.type === `${type.split("/")[0]}/*`);
  if (group !== undefined) return group.quality;
  return ranges.find((range) => range.type === "*/*")?.quality ?? 0;
}
