// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { quote } from "../text/hex.ts";

/** A moment of the proleptic Gregorian calendar, UTC. Months and days count from 1. */
export type CivilTime = {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
};

const DAY_SECONDS = 86_400;
/** Days from 0000-03-01 to 1970-01-01. */
const EPOCH_DAYS = 719_468;
/** Days in 400 years, after which the calendar repeats. */
const ERA_DAYS = 146_097;

/** The Unix seconds of `time`. @throws ParseError `out-of-range` for a moment that the calendar does not have, leap seconds included */
export function unixSeconds(time: CivilTime, what: string): number {
  const { year, month, day, hour, minute, second } = time;
  const exists =
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysOfMonth(year, month) &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59;
  if (!exists) {
    throw new ParseError("out-of-range", `Cannot read ${what}: the calendar has no such moment`);
  }
  // Years are counted from March, so that the leap day is the last day of a year.
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  const days = era * ERA_DAYS + dayOfEra - EPOCH_DAYS;
  return days * DAY_SECONDS + hour * 3600 + minute * 60 + second;
}

/** The calendar's name for `seconds` since 1970. */
export function civilTime(seconds: number): CivilTime {
  const days = Math.floor(seconds / DAY_SECONDS);
  const rest = seconds - days * DAY_SECONDS;
  const shifted = days + EPOCH_DAYS;
  const era = Math.floor(shifted / ERA_DAYS);
  const dayOfEra = shifted - era * ERA_DAYS;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
    hour: Math.floor(rest / 3600),
    minute: Math.floor((rest % 3600) / 60),
    second: rest % 60,
  };
}

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?Z$/;

/**
 * Reads `2026-01-31T23:59:59Z`, with or without a fraction.
 *
 * @returns whole Unix seconds, and whether a fraction that is not zero follows them.
 * @throws ParseError `malformed`, `out-of-range`
 * @spec rfc3339#5.6
 */
export function parseRfc3339(
  text: string,
  what: string,
): { readonly seconds: number; readonly fraction: boolean } {
  const found = RFC3339.exec(text);
  if (found === null) {
    throw new ParseError("malformed", `Cannot read ${what}: ${quote(text)} is not an RFC 3339 time in UTC`);
  }
  const at = (group: number): number => Number(found[group]);
  const time = { year: at(1), month: at(2), day: at(3), hour: at(4), minute: at(5), second: at(6) };
  return { seconds: unixSeconds(time, what), fraction: /[1-9]/.test(found[7] ?? "") };
}

/** `seconds` as `2026-01-31T23:59:59Z`. @spec rfc3339#5.6 */
export function encodeRfc3339(seconds: number): string {
  const { year, month, day, hour, minute, second } = civilTime(seconds);
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}T${digits(hour, 2)}:${digits(minute, 2)}:${digits(second, 2)}Z`;
}

/** `value` in at least `width` decimal digits. */
export function digits(value: number, width: number): string {
  return String(value).padStart(width, "0");
}

function daysOfMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
