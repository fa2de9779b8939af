// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from "node:util";
import {
  parseTufRoot,
  parseTufSnapshot,
  parseTufTargets,
  parseTufTimestamp,
  TUF_ROOT_BYTES_MAX,
  TUF_SNAPSHOT_BYTES_MAX,
  TUF_TARGETS_BYTES_MAX,
  TUF_TIMESTAMP_BYTES_MAX,
  type TufFile,
  type TufHeader,
  utf8,
} from "@countermark/formats";
import { TUF_LIMITS, type TufRepository, type TufSteps, updateTuf } from "@countermark/verify";
import { testCrypto } from "../../packages/verify/test/support/node-crypto.ts";
import {
  NOW,
  servedBy,
  toyRepository,
  toyRoot,
  toyText,
} from "../../packages/verify/test/tuf/vectors/toy-repository.ts";
import { textOf } from "../oracles.ts";
import { accepted, conformance } from "../seeds.ts";
import { expect, row, type Target } from "../target.ts";

const repository = toyRepository();
const trusted = toyFile(1);
const served = new Map<string, Uint8Array>(
  Object.entries(servedBy(repository)).map(([path, file]) => [path, utf8(toyText(file))]),
);
served.set("2.root.json", toyFile(2));
const TYPES = ["root", "timestamp", "snapshot", "targets"] as const;
const context = { now: NOW, mode: { kind: "online" }, limits: TUF_LIMITS, crypto: testCrypto } as const;
const wanted = await answered(updateTuf(trusted, context), served);

export const TUF_TARGETS: readonly Target[] = [
  file("root", parseTufRoot, TUF_ROOT_BYTES_MAX),
  file("timestamp", parseTufTimestamp, TUF_TIMESTAMP_BYTES_MAX),
  file("snapshot", parseTufSnapshot, TUF_SNAPSHOT_BYTES_MAX),
  file("targets", parseTufTargets, TUF_TARGETS_BYTES_MAX),
  row({
    name: "verify-tuf",
    bytesMax: TUF_TARGETS_BYTES_MAX,
    seeds: () => [...served.values()],
    read: (input) => answered(updateTuf(trusted, context), withFile(input)),
    accepted: (found) => {
      for (const type of TYPES)
        expect(isDeepStrictEqual(found[type], wanted[type]), `the ${type} is what was signed`);
    },
  }),
];

function file<T extends TufHeader>(
  type: (typeof TYPES)[number],
  parse: (bytes: Uint8Array) => TufFile<T>,
  bytesMax: number,
): Target {
  return row({
    name: `tuf-${type}`,
    bytesMax,
    seeds: () => accepted([trusted, ...served.values(), ...conformance("tuf/**/*.json")], parse),
    read: parse,
    accepted: ({ signedBytes, signed }, input) => {
      expect(Number.isSafeInteger(signed.version) && signed.version > 0, "a version is a positive integer");
      // The canonical form is no JSON where a string holds a control character.
      if (signedBytes.some((byte) => byte < 0x20)) return;
      const { signed: said }: { readonly signed: unknown } = JSON.parse(textOf(input));
      // Stringified, because -0 is 0 here.
      const same = isDeepStrictEqual(JSON.parse(textOf(signedBytes)), JSON.parse(JSON.stringify(said)));
      expect(same, "the signed bytes say what was read");
    },
  });
}

function toyFile(version: number): Uint8Array {
  return utf8(toyText(toyRoot(version)));
}

/** The repository with `input` in place of the file of its type. */
function withFile(input: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const type = /"_type":"([a-z]+)"/.exec(textOf(input))?.[1] ?? "timestamp";
  return new Map([...served].map(([path, bytes]) => [path, path.includes(`${type}.json`) ? input : bytes]));
}

/** What an update comes to when the repository serves `files` and nothing was kept before. */
async function answered(
  steps: TufSteps<TufRepository>,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<TufRepository> {
  let answer: Uint8Array | null = null;
  for (;;) {
    const { done, value } = await steps.next(answer);
    if (done === true) return value;
    answer = value.kind === "fetch" ? (files.get(value.path) ?? null) : null;
  }
}
