// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { VERSION_CHARS_MAX } from "../limits.ts";
import { quote } from "../text/hex.ts";

/** A version by PEP 440. Numbers are bigint: dates and build numbers exceed 2^53. */
export interface Version {
  readonly epoch: bigint;
  readonly release: readonly bigint[];
  readonly pre: { readonly phase: "a" | "b" | "rc"; readonly number: bigint } | null;
  readonly post: bigint | null;
  readonly dev: bigint | null;
  readonly local: readonly (bigint | string)[];
}

const VERSION =
  /^v?(?:([0-9]+)!)?([0-9]+(?:\.[0-9]+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?([0-9]*))?(?:-([0-9]+)|[-_.]?(post|rev|r)[-_.]?([0-9]*))?(?:[-_.]?(dev)[-_.]?([0-9]*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/;

const PHASES = new Map<string, "a" | "b" | "rc">([
  ["a", "a"],
  ["alpha", "a"],
  ["b", "b"],
  ["beta", "b"],
  ["c", "rc"],
  ["rc", "rc"],
  ["pre", "rc"],
  ["preview", "rc"],
]);

/**
 * Reads a version in any spelling that PEP 440 lets a reader normalize; white space around it is refused here.
 *
 * @throws ParseError `too-large`, `malformed`
 * @spec packaging.python.org version-specifiers (PEP 440, appendix B)
 */
export function parseVersion(text: string): Version {
  if (text.length > VERSION_CHARS_MAX) {
    throw new ParseError("too-large", `Cannot read a version: ${text.length} characters`);
  }
  // Only ASCII can match: `i` is avoided because case folding would admit other letters.
  const match = VERSION.exec(/^[\x21-\x7e]*$/.test(text) ? text.toLowerCase() : "");
  const [, epoch, release, phase, preNumber, dashPost, post, postNumber, dev, devNumber, local] = match ?? [];
  if (release === undefined) {
    throw new ParseError("malformed", `Cannot read a version: ${quote(text)} is not one by PEP 440`);
  }
  const preKind = phase === undefined ? undefined : PHASES.get(phase);
  return {
    epoch: number(epoch),
    release: release.split(".").map(number),
    pre: preKind === undefined ? null : { phase: preKind, number: number(preNumber) },
    post: dashPost !== undefined ? number(dashPost) : post !== undefined ? number(postNumber) : null,
    dev: dev === undefined ? null : number(devNumber),
    local:
      local === undefined ? [] : local.split(/[-_.]/).map((part) => (isDigits(part) ? BigInt(part) : part)),
  };
}

/** The normal form of a version: `1.0rc1.post2.dev3+local.4`. Trailing zeros of the release are kept. @spec PEP 440, normalization */
export function canonicalVersion(version: Version): string {
  const epoch = version.epoch === 0n ? "" : `${version.epoch}!`;
  const pre = version.pre === null ? "" : `${version.pre.phase}${version.pre.number}`;
  const post = version.post === null ? "" : `.post${version.post}`;
  const dev = version.dev === null ? "" : `.dev${version.dev}`;
  const local = version.local.length === 0 ? "" : `+${version.local.join(".")}`;
  return `${epoch}${version.release.join(".")}${pre}${post}${dev}${local}`;
}

/**
 * The version of the release that a file of `version` belongs to: without a local part and without the zeros at the end of
 * its release segment, so that everything an installer takes for `==X` is of one release (`4`, `4.0.0`, `4.0+cpu`).
 *
 * @spec specs/ledger-records.md#ids; PEP 440, version matching
 */
export function releaseVersion(version: Version): string {
  const significant = version.release.findLastIndex((part) => part !== 0n) + 1;
  const release = version.release.slice(0, Math.max(1, significant));
  return canonicalVersion({ ...version, release, local: [] });
}

/** Orders two versions; `1.0` and `1.0.0` are equal here although their canonical forms differ. @spec PEP 440, ordering */
export function compareVersions(a: Version, b: Version): -1 | 0 | 1 {
  return (
    compare(a.epoch, b.epoch) ||
    compareReleases(a.release, b.release) ||
    compareLists(suffixKey(a), suffixKey(b)) ||
    compareLocals(a.local, b.local)
  );
}

/** dev-only < pre < final < post; within each, what has a dev number comes before what has none. */
function suffixKey(version: Version): readonly bigint[] {
  const { pre, post, dev } = version;
  const phase = pre !== null ? { a: 1n, b: 2n, rc: 3n }[pre.phase] : post === null && dev !== null ? 0n : 4n;
  return [phase, pre?.number ?? 0n, post === null ? -1n : post, dev === null ? 1n : 0n, dev ?? 0n];
}

function compareReleases(a: readonly bigint[], b: readonly bigint[]): -1 | 0 | 1 {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const order = compare(a[i] ?? 0n, b[i] ?? 0n);
    if (order !== 0) return order;
  }
  return 0;
}

function compareLists(a: readonly bigint[], b: readonly bigint[]): -1 | 0 | 1 {
  return compareReleases(a, b);
}

/** No local part comes first; then part by part, text before numbers, and a prefix before what it begins. */
function compareLocals(a: readonly (bigint | string)[], b: readonly (bigint | string)[]): -1 | 0 | 1 {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const x = a[i];
    const y = b[i];
    if (x === undefined) return -1;
    if (y === undefined) return 1;
    const order = typeof x === typeof y ? compare(x, y) : typeof x === "string" ? -1 : 1;
    if (order !== 0) return order;
  }
  return 0;
}

function compare<T extends bigint | string>(a: T, b: T): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0;
}

function number(digits: string | undefined): bigint {
  return digits === undefined || digits === "" ? 0n : BigInt(digits);
}

function isDigits(text: string): boolean {
  return /^[0-9]+$/.test(text);
}
