// SPDX-License-Identifier: Apache-2.0
// One process that judges mutants: it is told a number, runs the vectors that reach that mutant until the first is red, and answers.
// A mutant that is reached while a module is loaded is judged in modules that are loaded anew with it active.

import { globSync, readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { instrumentAll } from "./plan.mjs";
import { state } from "./runtime.mjs";

const given = JSON.parse(process.argv[2]);
const { code, mutants } = instrumentAll(given.sources);
const GENERATION = "generation";
/** How often modules are loaded anew before this process asks to be replaced: nothing frees them. */
const GENERATIONS_MAX = 60;
const STEPS_SPARE = 2_000;
const STEPS_FACTOR = 20;

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    const generation = context.parentURL && new URL(context.parentURL).searchParams.get(GENERATION);
    return generation && isReloaded(found.url)
      ? { ...found, url: `${found.url}?${GENERATION}=${generation}` }
      : found;
  },
  load(url, context, next) {
    const instrumented = code.get(url.split("?")[0]);
    return instrumented === undefined
      ? next(url, context)
      : { format: "module", source: instrumented, shortCircuit: true };
  },
});

const crypto = (await import(pathToFileURL(given.crypto).href))[given.cryptoName];
const files = globSync("**/*.json", { cwd: given.vectors })
  .map((path) => path.replaceAll("\\", "/"))
  .sort()
  .map((path) => ({ path, content: JSON.parse(readFileSync(join(given.vectors, path), "utf8")) }));
let generations = 0;

state.reached = new Set();
const suite = await loadSuite();
const reachedAtLoad = state.reached;
const vectors = await recordAll();
state.reached = null;
/** Function or file -> vector -> how many of its mutants that vector was the first to turn red for. */
const killersIn = new Map();
const vectorsOf = new Map();

process.on("message", async (id) => process.send(await judge(mutants[id])));
process.on("disconnect", () => process.exit(0));
process.send({
  kind: "ready",
  vectors: vectors.length,
  red: vectors.filter((vector) => !vector.ok).map(({ name, found }) => `${name}: found ${found}`),
});

/** Sources and suite; what they import from elsewhere stays as it is. */
function isReloaded(url) {
  const path = url.startsWith("file:") ? fileURLToPath(url) : "";
  return code.has(url) || path.startsWith(given.suiteFolder);
}

/** Every vector of the suite, with the modules as they are now: `find` by its place in the file. */
async function loadSuite() {
  const { SUITE, runCase } = await import(
    `${pathToFileURL(given.suite).href}?${GENERATION}=${++generations}`
  );
  const cases = [];
  for (const { path, content } of files) {
    const found = SUITE[path];
    if (found === undefined) throw new Error(`vectors/${path} is not in the suite`);
    for (const one of found(content, crypto)) cases.push({ ...one, name: `${path}: ${one.name}` });
  }
  return { cases, runCase };
}

async function recordAll() {
  const recorded = [];
  for (const [i, one] of suite.cases.entries()) {
    state.reached = new Set();
    state.steps = 0;
    const started = performance.now();
    const { ok, found } = await suite.runCase(one);
    const milliseconds = performance.now() - started;
    recorded.push({ i, name: one.name, ok, found, reached: state.reached, steps: state.steps, milliseconds });
  }
  return recorded;
}

async function judge(mutant) {
  const { id } = mutant;
  const isStatic = reachedAtLoad.has(id);
  const reaching = vectors.filter((vector) => isStatic || vector.reached.has(id));
  const order = new Map(reaching.map((vector) => [vector, rankOf(mutant, vector)]));
  reaching.sort((a, b) => order.get(b) - order.get(a) || a.milliseconds - b.milliseconds);
  state.active = id;
  const verdict = await firstRed(reaching, isStatic);
  state.active = -1;
  if (verdict.status === "killed" && verdict.by !== null) remember(mutant, verdict.by);
  const by = verdict.by === null ? null : (vectors[verdict.by]?.name ?? null);
  return {
    kind: "judged",
    id,
    ...verdict,
    by,
    reached: reaching.length,
    isWornOut: generations > GENERATIONS_MAX,
  };
}

/** How likely it is that the vector is the one: what killed the neighbours first, then what looks at the file at all. */
function rankOf({ file, function: place }, vector) {
  const inFunction = killersIn.get(`${file} ${place}`)?.get(vector.i) ?? 0;
  const inFile = killersIn.get(file)?.get(vector.i) ?? 0;
  return inFunction * 1_000_000 + inFile * 2 + (touching(file).has(vector.i) ? 1 : 0);
}

function touching(file) {
  const known = vectorsOf.get(file);
  if (known !== undefined) return known;
  const ids = mutants.filter((mutant) => mutant.file === file).map((mutant) => mutant.id);
  const found = new Set(vectors.filter(({ reached }) => ids.some((id) => reached.has(id))).map(({ i }) => i));
  vectorsOf.set(file, found);
  return found;
}

function remember({ file, function: place }, by) {
  for (const name of [`${file} ${place}`, file]) {
    const killers = killersIn.get(name) ?? new Map();
    killers.set(by, (killers.get(by) ?? 0) + 1);
    killersIn.set(name, killers);
  }
}

async function firstRed(reaching, isStatic) {
  let loaded = suite;
  state.steps = 0;
  state.stepsMax = Number.POSITIVE_INFINITY;
  try {
    if (isStatic) loaded = await loadSuite();
  } catch (error) {
    return { status: "killed", by: null, found: String(error) };
  }
  for (const { i, steps } of reaching) {
    state.steps = 0;
    state.stepsMax = STEPS_SPARE + STEPS_FACTOR * steps;
    const { ok, found } = await loaded.runCase(loaded.cases[i]);
    if (!ok) return { status: "killed", by: i, found: found.slice(0, 200) };
  }
  return { status: "survived", by: null, found: "" };
}
