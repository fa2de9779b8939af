// SPDX-License-Identifier: Apache-2.0
// node --conditions=source bench/tuf.ts: what a TUF client's reading and verifying costs in CPU time, as the repository grows,
// beside @tufjs/models. That one is quadratic in the number of roles: it is measured at small sizes only.
import { createHash } from "node:crypto";
import { pathToFileURL } from "node:url";
import { nodeCrypto } from "@countermark/log";
import { canonicalBytes, createTufSigner, type TufSigner } from "@countermark/testkit";
import { findTufTarget, TUF_LIMITS, type TufSteps, updateTuf } from "@countermark/verify";
import { Metadata, MetadataKind } from "@tufjs/models";
import { cpuSecondsOf, formatTable, median } from "./measure.ts";

const BITS = [10, 11, 12, 14, 16, 18];
/** Bits of the sizes that @tufjs/models is measured at. */
const THEIR_BITS_MAX = 11;
/** Targets of one bin where 16.8 million are in 16,384 bins. */
const TARGETS_PER_BIN = 1_026;
const ROUNDS = 5;
const EXPIRES = "2030-01-01T00:00:00Z";
const NOW = 1_790_000_000;
const PREFIX = "bins";

interface Repository {
  readonly bins: number;
  readonly root: Uint8Array;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly target: string;
}

/** A table: bins, bytes of the snapshot, CPU milliseconds of an update and a search, the same for @tufjs/models. */
export async function measureTuf(): Promise<readonly (readonly string[])[]> {
  const rows: string[][] = [
    ["bins", "snapshot bytes", "update + 1 bin, CPU ms", "us per bin", "@tufjs/models, CPU ms", "ratio"],
  ];
  for (const bits of BITS) {
    const repository = createRepository(bits);
    const ours = await medianMilliseconds(() => runOurs(repository));
    const theirs = bits > THEIR_BITS_MAX ? null : await medianMilliseconds(async () => runTheirs(repository));
    rows.push([
      String(repository.bins),
      String(repository.files.get("1.snapshot.json")?.length),
      ours.toFixed(1),
      ((ours * 1000) / repository.bins).toFixed(2),
      theirs === null ? "not measured" : theirs.toFixed(0),
      theirs === null ? "" : (theirs / ours).toFixed(0),
    ]);
  }
  return rows;
}

/** Root, timestamp, snapshot, targets that delegate to 2^bits bins, and the bin of one target. */
function createRepository(bits: number): Repository {
  const signer = createTufSigner();
  const keyids = [signer.id()];
  const keys = { [signer.id()]: signer.key };
  const role = { keyids, threshold: 1 };
  const bins = 2 ** bits;
  const name = (bin: number): string => `${PREFIX}-${bin.toString(16).padStart(Math.ceil(bits / 4), "0")}`;
  const target = "packages/sampleproject-4.0.0-py3-none-any.whl";
  const digest = createHash("sha256").update(target).digest();
  const own = name(digest.readUInt32BE(0) >>> (32 - bits));
  const meta = Object.fromEntries(
    Array.from({ length: bins }, (_, bin) => [`${name(bin)}.json`, { version: 1 }]),
  );
  const roles = { root: role, timestamp: role, snapshot: role, targets: role };
  const bin = targetsOf(target);
  const succinct = { ...role, bit_length: bits, name_prefix: PREFIX };
  return {
    bins,
    target,
    root: sign(signer, "root", { consistent_snapshot: true, keys, roles }),
    files: new Map([
      ["timestamp.json", sign(signer, "timestamp", { meta: { "snapshot.json": { version: 1 } } })],
      ["1.snapshot.json", sign(signer, "snapshot", { meta: { ...meta, "targets.json": { version: 1 } } })],
      [
        "1.targets.json",
        sign(signer, "targets", { targets: {}, delegations: { keys, succinct_roles: succinct } }),
      ],
      [`1.${own}.json`, sign(signer, "targets", { targets: bin })],
    ]),
  };
}

function targetsOf(target: string): object {
  const one = (path: string) => [
    path,
    { hashes: { sha256: createHash("sha256").update(path).digest("hex") }, length: 123_456 },
  ];
  const others = Array.from({ length: TARGETS_PER_BIN - 1 }, (_, i) =>
    one(`packages/other-${i}-1.0.0.tar.gz`),
  );
  return Object.fromEntries([...others, one(target)]);
}

/** As a repository writes it: sorted, and without white space. */
function sign(signer: TufSigner, type: string, body: object): Uint8Array {
  const signed = canonicalBytes({
    _type: type,
    spec_version: "1.0.34",
    version: 1,
    expires: EXPIRES,
    ...body,
  });
  const text = new TextDecoder().decode(signed);
  return Buffer.from(
    `{"signatures":[{"keyid":"${signer.id()}","sig":"${signer.sign(signed)}"}],"signed":${text}}`,
  );
}

/** A client without a cache: everything is read and verified. */
async function runOurs({ root, files, target }: Repository): Promise<void> {
  const context = { now: NOW, mode: { kind: "online" }, limits: TUF_LIMITS, crypto: nodeCrypto } as const;
  const repository = await drive(updateTuf(root, context), files);
  const found = await drive(findTufTarget(target, repository), files);
  if (found.length !== 123_456) throw new Error("another target was found");
}

async function drive<T>(steps: TufSteps<T>, files: Repository["files"]): Promise<T> {
  let step = await steps.next(null);
  while (step.done !== true) {
    const bytes = step.value.kind === "fetch" ? files.get(step.value.path) : undefined;
    step = await steps.next(bytes ?? null);
  }
  return step.value;
}

/** The same files through the models that tuf-js is made of. */
function runTheirs({ root, files }: Repository): void {
  const read = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));
  const trusted = Metadata.fromJSON(MetadataKind.Root, read(root));
  trusted.verifyDelegate("root", trusted);
  let delegator: { verifyDelegate(name: string, file: unknown): void } = trusted as never; // its type names each kind
  for (const [path, bytes] of files) {
    const name = path.replace(/^\d+\./, "").replace(/\.json$/, "");
    if (name === "timestamp")
      delegator.verifyDelegate(name, Metadata.fromJSON(MetadataKind.Timestamp, read(bytes)));
    else if (name === "snapshot")
      delegator.verifyDelegate(name, Metadata.fromJSON(MetadataKind.Snapshot, read(bytes)));
    else {
      const file = Metadata.fromJSON(MetadataKind.Targets, read(bytes));
      delegator.verifyDelegate(name, file);
      delegator = file as never;
    }
  }
}

async function medianMilliseconds(work: () => Promise<void>): Promise<number> {
  const seconds: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) seconds.push(await cpuSecondsOf(work));
  return median(seconds.slice(1)) * 1000;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.stdout.write(`${formatTable(await measureTuf())}\n`);
}
