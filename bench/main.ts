// SPDX-License-Identifier: Apache-2.0
// npm run bench [-- --quick]: one run, one table.
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { nodeCrypto } from "@countermark/log";
import { ROOT } from "@countermark/testkit";
import { formatTable, median } from "./measure.ts";
import { startSystem } from "./running.ts";
import { measureSeals, type SealRates } from "./seals.ts";
import { ownCase } from "./verify/cases.ts";
import { coldCrypto, forgetKeys, ourVerifier, overAll, sigstoreVerifier } from "./verify/peers.ts";
import { measureRounds, ratioOf } from "./verify/rounds.ts";

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } }, strict: true });
const scale = values.quick
  ? { bundles: 60, rounds: 4, seals: 30, batches: 2, uploads: 20, installs: 2 }
  : { bundles: 280, rounds: 7, seals: 100, batches: 8, uploads: 100, installs: 7 };

const folder = mkdtempSync(join(tmpdir(), "countermark-bench-"));
try {
  const rows = [...(await benchVerification()), ...(await benchSealing()), ...(await benchSystem())];
  const { node } = process.versions;
  process.stdout.write(
    `Node ${node}, ${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}), ${folder}\n\n`,
  );
  process.stdout.write(`${formatTable([["", "countermark", "compared with", "ratio"], ...rows])}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

type Row = readonly [what: string, ours: string, theirs: string, ratio: string];

async function benchVerification(): Promise<readonly Row[]> {
  say("verifying bundles");
  const own = await ownCase(scale.bundles);
  const verifiers = [
    await ourVerifier(own.trustedRoot, coldCrypto(own)),
    sigstoreVerifier(own.trustedRoot),
  ] as const;
  const works = verifiers.map((verify) => overAll(own.bundles, verify));
  const plan = { rounds: scale.rounds, perRound: 40, warmSeconds: 0.5, before: () => forgetKeys(nodeCrypto) };
  const [ours = [], theirs = []] = await measureRounds(works, plan);
  const perSecond = (microseconds: readonly number[]): string => (1e6 / median(microseconds)).toFixed(0);
  return [
    [
      "Sigstore bundles verified per CPU second",
      perSecond(ours),
      `@sigstore/verify 4.1.3: ${perSecond(theirs)}`,
      ratioOf(theirs, ours).toFixed(1),
    ],
  ];
}

async function benchSealing(): Promise<readonly Row[]> {
  say("sealing");
  const rounds: SealRates[] = [];
  for (let round = 0; round < scale.rounds; round++) {
    rounds.push(await measureSeals(folder, scale.seals, scale.batches));
  }
  const seals = median(rounds.map((rates) => rates.seals));
  const entries = median(rounds.map((rates) => rates.entries));
  return [
    ["seals per second, one entry each, every write durable", seals.toFixed(0), "", ""],
    ["entries sealed per second, in batches of 256", entries.toFixed(0), "", ""],
  ];
}

async function benchSystem(): Promise<readonly Row[]> {
  say("starting the whole system");
  const system = await startSystem(folder, join(ROOT, ".demo", "cache"));
  try {
    await system.measureUploads(5, 1);
    say("uploading");
    const alone = await system.measureUploads(scale.uploads, 1);
    const together = await system.measureUploads(scale.uploads, 8);
    say("installing");
    const { plain, verified } = await system.measureInstalls(scale.installs);
    const what = `${system.packages.projects[0]?.name ?? ""} and what it needs (${system.packages.projects.length} files)`;
    return [
      ["upload to receipt, one at a time, p50 / p95 in ms", times(alone), "", ""],
      ["upload to receipt, eight at a time, p50 / p95 in ms", times(together), "", ""],
      [
        `bytes to install ${what}`,
        verified.bytes.toLocaleString("en"),
        `plain pip: ${plain.bytes.toLocaleString("en")}`,
        (verified.bytes / plain.bytes).toFixed(2),
      ],
      [
        `seconds to install ${what}`,
        verified.seconds.toFixed(2),
        `plain pip: ${plain.seconds.toFixed(2)}`,
        (verified.seconds / plain.seconds).toFixed(2),
      ],
    ];
  } finally {
    await system.stop();
  }
}

function times({ p50, p95 }: { readonly p50: number; readonly p95: number }): string {
  return `${p50.toFixed(0)} / ${p95.toFixed(0)}`;
}

function say(what: string): void {
  process.stderr.write(`bench: ${what} ...\n`);
}
