// SPDX-License-Identifier: Apache-2.0
import { tmpdir } from "node:os";

/** Of what is longer, the beginning and the end, which has the code. */
const WORDS_CHARS_MAX = 360;
const END_CHARS = 130;

/** What differs from run to run, and what is written in its place. In this order: a longer thing before what may be a part of it. */
const UNSTEADY: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?Z?/g, "<time>"],
  [new RegExp(`(?:file://)?${escaped(tmpdir())}/(?:[^\\s/"',;:)\\]]+/)*`, "g"), "<dir>/"],
  [/\b(127\.0\.0\.1|localhost|\[::1\]):\d+/g, "$1:<port>"],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<id>"],
  [/\b[0-9a-f]{32,}\b/g, "<digest>"],
  // A note's verifier key: name, key id, key.
  [/\+[0-9a-f]{8}\+[A-Za-z0-9+/]{40,}={0,2}/g, "+<key>"],
  // Base64 of 30 bytes and more: digests, keys, the secret path of a proxy.
  [/(?<![\w+/.-])(?=[^\s"]*\d)(?=[^\s"]*[A-Z])[A-Za-z0-9+_-]{40,}={0,2}/g, "<digest>"],
  [/(?<![\w+/.-])(?=[^\s"]*\d)(?=[^\s"]*[A-Z])[A-Za-z0-9+/]{40,}={1,2}/g, "<digest>"],
  [/(?<=:<port>\/)[\w-]{16,}/g, "<secret>"],
  [/\b1[5-9]\d{8}\b/g, "<time>"],
  [/\b\d+\.\d+ s\b/g, "<n> s"],
];

/** One line of words as a program printed them, with what differs from run to run in a form that does not, and its middle cut out when it is long. */
export function steady(text: string): string {
  let words = text.replaceAll(/\s+/g, " ").trim();
  for (const [found, instead] of UNSTEADY) words = words.replaceAll(found, instead);
  if (words.length <= WORDS_CHARS_MAX) return words;
  const begin = words.slice(0, WORDS_CHARS_MAX - END_CHARS).replace(/\s\S*$/, "");
  return `${begin} … ${words.slice(-END_CHARS).replace(/^\S*\s/, "")}`;
}

function escaped(path: string): string {
  return path.replaceAll(/[^\w/]/g, "\\$&");
}
