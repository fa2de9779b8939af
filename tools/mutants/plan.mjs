// SPDX-License-Identifier: Apache-2.0
// What is mutated, by which suite it is judged, and the names by which mutants are listed.

import { globSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { instrument } from "./instrument.mjs";

/** The sources of `folder`, instrumented: their code by URL, and all their mutants in the order of their numbers. */
export function instrumentAll(folder) {
  const code = new Map();
  const mutants = [];
  for (const path of globSync("**/*.ts", { cwd: folder }).sort()) {
    const file = path.replaceAll("\\", "/");
    const source = readFileSync(join(folder, path), "utf8");
    const done = instrument(source, file, mutants.length);
    code.set(pathToFileURL(join(folder, path)).href, done.code);
    mutants.push(...done.mutants);
  }
  return { code, mutants };
}

/** Whether the mutant is below one of the prefixes, which may be given from the root or from the folder of the sources. */
export function isWanted({ file }, prefixes, folder) {
  if (prefixes.length === 0) return true;
  const path = join(relative(process.cwd(), folder), file).replaceAll("\\", "/");
  return prefixes.some((prefix) => file.startsWith(prefix) || path.startsWith(prefix.replace(/^\.\//, "")));
}

/** The name under which a mutant is listed: it survives edits elsewhere in the file. */
export function nameOf({ file, function: place, operator, text, ordinal }) {
  return JSON.stringify([file, place, operator, text, ordinal]);
}

/** The listed equivalents by name. Throws where an entry is incomplete or there twice. */
export function readEquivalents(path) {
  const listed = new Map();
  for (const item of JSON.parse(readFileSync(path, "utf8"))) {
    const name = nameOf(item);
    if (typeof item.reason !== "string" || item.reason.length < 20)
      throw new Error(`${path}: ${name} has no reason`);
    if (listed.has(name)) throw new Error(`${path}: ${name} is there twice`);
    listed.set(name, item);
  }
  return listed;
}
