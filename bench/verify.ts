// SPDX-License-Identifier: Apache-2.0
// npm run bench:verify [-- --quick] [-- --million]: what verifying bundles costs, beside @sigstore/verify and beside the raw
// signature verifications of openssl, on one core, in CPU time.
// --million verifies a million bundles instead and tells the memory at each step.
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { nodeCrypto } from "@countermark/log";
import { type CryptoPort, VerifyError } from "@countermark/verify";
import { formatTable, median } from "./measure.ts";
import { measureTuf } from "./tuf.ts";
import { type Breakdown, measureBreakdown } from "./verify/breakdown.ts";
import { type BenchCase, ownCase, publicGoodCases } from "./verify/cases.ts";
import { measureGrowth } from "./verify/growth.ts";
import { measureMemory } from "./verify/memory.ts";
import { measureOpenssl, type RawCosts, sumOf } from "./verify/openssl.ts";
import {
  coldCrypto,
  forgetKeys,
  loadWebCrypto,
  ourVerifier,
  overAll,
  sigstoreVerifier,
} from "./verify/peers.ts";
import { measureRounds, type RoundPlan, type Rounds, ratioOf } from "./verify/rounds.ts";

const { values } = parseArgs({
  options: { quick: { type: "boolean", default: false }, million: { type: "boolean", default: false } },
  strict: true,
});
const scale = values.quick
  ? { bundles: 64, rounds: 5, perRound: 20, warmSeconds: 0.3 }
  : { bundles: 1_024, rounds: 11, perRound: 70, warmSeconds: 1 };
const MILLION = 1_000_000;

process.stdout.write(`Node ${process.versions.node}, ${cpus()[0]?.model ?? "unknown"}, ${pin()}\n`);
if (values.million) await tellMemory();
else await tellSpeed();

/** Keeps this process, and the openssl that it starts, on one core. @returns what was done */
function pin(): string {
  const core = String(cpus().length - 1);
  const run = spawnSync("taskset", ["-acp", core, String(process.pid)]);
  return run.status === 0 ? `one core (${core})` : "not pinned to a core: taskset is absent";
}

async function tellSpeed(): Promise<void> {
  say("signing bundles");
  const own = await ownCase(scale.bundles);
  const web = await loadWebCrypto();
  const plan = {
    ...scale,
    before: () => {
      for (const crypto of [nodeCrypto, web]) forgetKeys(crypto);
    },
  };
  const speeds: (readonly string[])[] = [];
  const breakdowns: { readonly name: string; readonly breakdown: Breakdown }[] = [];
  for (const benchCase of [own, ...publicGoodCases()]) {
    const refused = await refusalOf(benchCase);
    if (refused !== null) {
      say(`${benchCase.name}: left out, refused: ${refused}`);
      continue;
    }
    say(benchCase.name);
    const measured = await measureCase(benchCase, web, plan);
    const breakdown = await measureBreakdown(benchCase, coldCrypto(benchCase), plan);
    speeds.push(speedRow(benchCase.name, measured, breakdown.primitives));
    breakdowns.push({ name: benchCase.name, breakdown });
  }
  const head = [
    "CPU us per bundle",
    "countermark",
    "per s",
    "@sigstore/verify",
    "ratio",
    "WebCrypto",
    "ratio",
    "openssl",
    "ratio",
  ];
  print("Verified from bytes, the trusted root prepared, the signer's key imported each time by all", [
    head,
    ...speeds,
  ]);
  print("Where the time goes, in CPU us", breakdownRows(breakdowns));
  say("growth");
  const [bundle] = own.bundles;
  if (bundle === undefined) return;
  const growth = await measureGrowth(bundle, plan);
  if (!values.quick) {
    say("TUF");
    print("TUF", await measureTuf());
  }
  print("Reading as the input grows", [
    ["", "bytes", "CPU us", "ns per byte"],
    ...growth.map(({ what, bytes, microseconds }) => [
      what,
      String(bytes),
      microseconds.toFixed(0),
      ((microseconds * 1000) / bytes).toFixed(1),
    ]),
  ]);
}

interface Measured {
  readonly ours: Rounds;
  readonly theirs: Rounds;
  readonly inWeb: Rounds;
  /** Null where there is no openssl. */
  readonly raw: RawCosts | null;
}

async function measureCase(benchCase: BenchCase, web: CryptoPort, plan: RoundPlan): Promise<Measured> {
  const { bundles, trustedRoot } = benchCase;
  const verifiers = [
    await ourVerifier(trustedRoot, coldCrypto(benchCase)),
    sigstoreVerifier(trustedRoot),
    await ourVerifier(trustedRoot, web),
  ];
  const works = verifiers.map((verify) => overAll(bundles, verify));
  const raw = measureOpenssl(1);
  const [ours = [], theirs = [], inWeb = []] = await measureRounds(works, plan);
  return { ours, theirs, inWeb, raw };
}

function speedRow(name: string, measured: Measured, primitives: readonly string[]): readonly string[] {
  const { ours, theirs, inWeb, raw } = measured;
  const floor = raw === null ? null : sumOf(primitives, raw);
  return [
    name,
    median(ours).toFixed(0),
    (1e6 / median(ours)).toFixed(0),
    median(theirs).toFixed(0),
    ratioOf(theirs, ours).toFixed(1),
    median(inWeb).toFixed(0),
    ratioOf(inWeb, ours).toFixed(2),
    floor === null ? "no openssl" : floor.toFixed(0),
    floor === null ? "" : (median(ours) / floor).toFixed(2),
  ];
}

function breakdownRows(
  breakdowns: readonly { readonly name: string; readonly breakdown: Breakdown }[],
): readonly (readonly string[])[] {
  const stages = [...(breakdowns[0]?.breakdown.stages.keys() ?? [])];
  return [
    ["", ...breakdowns.map(({ name }) => name)],
    ...stages.map((stage) => [
      stage,
      ...breakdowns.map(({ breakdown }) => (breakdown.stages.get(stage) ?? 0).toFixed(1)),
    ]),
    ["primitives", ...breakdowns.map(({ breakdown }) => countsOf(breakdown.primitives))],
  ];
}

/** `4 P-256, 1 Ed25519` */
function countsOf(primitives: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const primitive of primitives) counts.set(primitive, (counts.get(primitive) ?? 0) + 1);
  return [...counts].map(([primitive, count]) => `${count} ${primitive}`).join(", ");
}

/** Why our verifier does not accept the case's first bundle; null when it does. */
async function refusalOf(benchCase: BenchCase): Promise<string | null> {
  const [bundle] = benchCase.bundles;
  if (bundle === undefined) return "it has no bundle";
  try {
    const verify = await ourVerifier(benchCase.trustedRoot, coldCrypto(benchCase));
    await verify(bundle);
    return null;
  } catch (error) {
    if (error instanceof VerifyError) return error.code;
    throw error;
  }
}

async function tellMemory(): Promise<void> {
  say("signing bundles");
  const own = await ownCase(scale.bundles);
  const verify = await ourVerifier(own.trustedRoot, coldCrypto(own));
  say("verifying");
  const steps = measureMemory(verify, own.bundles, values.quick ? MILLION / 100 : MILLION, 10);
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1).padStart(7);
  for await (const { verified, resident, living } of steps) {
    process.stdout.write(
      `${String(verified).padStart(7)} verified  ${megabytes(resident)} MB resident  ${megabytes(living)} MB living\n`,
    );
  }
}

function print(title: string, rows: readonly (readonly string[])[]): void {
  process.stdout.write(`\n${title}\n${formatTable(rows)}\n`);
}

function say(what: string): void {
  process.stderr.write(`bench: ${what} ...\n`);
}
