// SPDX-License-Identifier: Apache-2.0
// Where inputs come from at first: vectors/, what the tests of formats and verify are made of, and published test data where it is there.

import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { utf8 } from "@countermark/formats";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CONFORMANCE = process.env["CONFORMANCE_DIR"] ?? join(ROOT, "../shared/conformance");
const SEEDS_MAX = 96;
const SEED_BYTES_MAX = 65_536;

/** Text as inputs. */
export function texts(...lines: readonly string[]): readonly Uint8Array[] {
  return lines.map(utf8);
}

/** The bytes in one file of vectors/ledger: every member of that name below the member `inside`. */
export function vectors(file: string, inside: string, ...names: readonly string[]): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [name, member] of Object.entries(value)) {
      if (names.includes(name) && typeof member === "string") found.push(bytesOf(member));
      else walk(member);
    }
  };
  const whole = JSON.parse(readFileSync(join(ROOT, "vectors/ledger", file), "utf8")) as Record<
    string,
    unknown
  >; // one of ours
  walk(inside === "" ? whole : whole[inside]);
  return limited(found);
}

function bytesOf(text: string): Uint8Array {
  return /^(?:[0-9a-f]{2})*$/.test(text) ? new Uint8Array(Buffer.from(text, "hex")) : utf8(text);
}

/** Published test data; none where it is absent. */
export function conformance(...patterns: readonly string[]): readonly Uint8Array[] {
  if (!existsSync(CONFORMANCE)) return [];
  const paths = patterns.flatMap((pattern) => globSync(pattern, { cwd: CONFORMANCE })).sort();
  return limited(paths.map((path) => new Uint8Array(readFileSync(join(CONFORMANCE, path)))));
}

/** Those base64 strings inside JSON documents whose bytes `parse` accepts. */
export function inside(
  documents: readonly Uint8Array[],
  parse: (bytes: Uint8Array) => unknown,
): readonly Uint8Array[] {
  const found = new Map<string, Uint8Array>();
  for (const document of documents) {
    for (const [, text = ""] of Buffer.from(document)
      .toString("utf8")
      .matchAll(/"([A-Za-z0-9+/]{40,}={0,2})"/g)) {
      const bytes = new Uint8Array(Buffer.from(text, "base64"));
      if (isAccepted(bytes, parse)) found.set(text, bytes);
    }
  }
  return limited([...found.values()]);
}

/** Those that `parse` accepts. */
export function accepted(
  seeds: readonly Uint8Array[],
  parse: (bytes: Uint8Array) => unknown,
): readonly Uint8Array[] {
  return seeds.filter((seed) => isAccepted(seed, parse));
}

function isAccepted(bytes: Uint8Array, parse: (bytes: Uint8Array) => unknown): boolean {
  try {
    parse(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Inputs that once were findings: fuzz/corpus/<target>/. */
export function regressions(target: string): readonly Uint8Array[] {
  const folder = join(ROOT, "fuzz/corpus", target);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => new Uint8Array(readFileSync(join(folder, name))));
}

function limited(seeds: readonly Uint8Array[]): readonly Uint8Array[] {
  return seeds.filter((seed) => seed.length <= SEED_BYTES_MAX).slice(0, SEEDS_MAX);
}

/** One file of vectors/ledger. The caller's type says what it holds; a test compares the files with what writes them. */
export function vectorCases<T>(file: string): T {
  return JSON.parse(readFileSync(join(ROOT, "vectors/ledger", file), "utf8")) as T;
}
