// SPDX-License-Identifier: Apache-2.0
/** Which bytes to serve: `from` (inclusive) to `to` (exclusive). */
export type RangeDecision =
  | { readonly kind: "whole" }
  | { readonly kind: "part"; readonly from: number; readonly to: number }
  | { readonly kind: "beyond" };

/**
 * Decides what a GET of `size` bytes asks for. A form we do not serve (several ranges, another unit) is the whole file,
 * as is a part of an entity that is not this one.
 *
 * @spec rfc9110#14.2
 */
export function decideRange(
  headers: { readonly range: string | null; readonly ifRange: string | null },
  file: { readonly etag: string; readonly size: number },
): RangeDecision {
  const { range, ifRange } = headers;
  if (range === null || (ifRange !== null && ifRange !== file.etag)) return { kind: "whole" };
  const match = /^bytes=([0-9]{0,15})-([0-9]{0,15})$/.exec(range.trim());
  if (match === null) return { kind: "whole" };
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return { kind: "whole" };
  const from = first === "" ? Math.max(0, file.size - Number(last)) : Number(first);
  const to = first === "" || last === "" ? file.size : Math.min(file.size, Number(last) + 1);
  return from < to ? { kind: "part", from, to } : { kind: "beyond" };
}
