// SPDX-License-Identifier: Apache-2.0
import { ClientError } from "../failure.ts";

const UNITS: ReadonlyMap<string, number> = new Map([
  ["s", 1],
  ["m", 60],
  ["h", 3_600],
  ["d", 86_400],
]);

/** Seconds of `90s`, `15m`, `12h` or `7d`. @throws ClientError `usage` */
export function readAge(text: string): number {
  const [, digits = "", unit = ""] = /^([0-9]{1,6})([smhd])$/.exec(text) ?? [];
  const seconds = UNITS.get(unit);
  if (seconds !== undefined) return Number(digits) * seconds;
  throw new ClientError(
    "usage",
    `Cannot read --max-age: wanted a number and s, m, h or d, as in 12h, found ${JSON.stringify(text)}`,
  );
}

/** `3 days`, `2 hours`: in the largest unit that fits. */
export function showAge(seconds: number): string {
  const [size, name] =
    seconds >= 2 * 86_400 ? [86_400, "days"] : seconds >= 7_200 ? [3_600, "hours"] : [60, "minutes"];
  return `${Math.floor(seconds / size)} ${name}`;
}
