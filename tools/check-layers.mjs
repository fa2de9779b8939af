// SPDX-License-Identifier: Apache-2.0
// Packages import only what they may (the table is ARCHITECTURE.md's), and only what their package.json names.

import { builtinModules } from "node:module";
import { dirname, join } from "node:path/posix";
import { conclude, filesLike, lineOf, read, withoutComments } from "./source.mjs";

/** Package -> the packages it may import, whether it runs where there is no Node, and if so the only dependencies it may have. */
const LAYERS = {
  formats: { may: [], pure: true },
  verify: { may: ["formats"], pure: true },
  log: { may: ["formats", "verify"], pure: false },
  authority: { may: ["formats", "verify", "log"], pure: false },
  index: { may: ["formats", "verify", "log"], pure: false },
  client: { may: ["formats", "verify", "log"], pure: false },
  web: { may: ["formats", "verify"], pure: true, dependencies: ["@noble/curves", "@noble/post-quantum"] },
  testkit: { may: ["formats", "verify", "log", "authority", "index", "client", "web"], pure: false },
};
const IMPORT = /(?<!["'.\w])(?:(?:import|export)\s[^;"']*?\bfrom\s*|import\s*\(?\s*)["']([^"'\n]+)["']/g;

const problems = [];
let imports = 0;
for (const path of filesLike("packages/*/src/**/*.ts")) {
  const name = path.split("/")[1];
  const layer = LAYERS[name];
  if (layer === undefined) {
    problems.push(`${path}: the package ${name} has no row in tools/check-layers.mjs`);
    continue;
  }
  const source = withoutComments(read(path), true);
  for (const match of source.matchAll(IMPORT)) {
    imports++;
    const problem = whyNot(path, name, layer, match[1]);
    if (problem !== null) problems.push(`${path}:${lineOf(source, match.index)}: ${problem}`);
  }
}
conclude(problems, `layers: ${imports} imports stay inside their layers`);

function whyNot(path, name, layer, target) {
  if (target.startsWith(".")) {
    const inside = join(dirname(path), target).startsWith(`packages/${name}/src/`);
    return inside ? null : `${target} leaves the package; import its public surface instead`;
  }
  if (target.startsWith("@countermark/")) {
    const [, other, deeper] = target.split("/");
    if (deeper !== undefined) return `${target} goes past the public surface of ${other}`;
    return layer.may.includes(other) ? null : `${name} may not import ${other}`;
  }
  if (target.startsWith("node:") || builtinModules.includes(target)) {
    return layer.pure ? `${name} runs without Node: it may not import ${target}` : null;
  }
  const dependencies = JSON.parse(read(`packages/${name}/package.json`)).dependencies ?? {};
  const module = target
    .split("/")
    .slice(0, target.startsWith("@") ? 2 : 1)
    .join("/");
  if (layer.pure && !layer.dependencies?.includes(module)) {
    return `${name} has no runtime dependencies but those of its row: it may not import ${module}`;
  }
  return Object.hasOwn(dependencies, module) ? null : `${module} is not in packages/${name}/package.json`;
}
