// SPDX-License-Identifier: Apache-2.0
// Files that are staged and shown, releases that are closed, and attestations that come later.
import type { StatedAttestation } from "@countermark/formats";
import {
  acceptedFile,
  DAY,
  type Draft,
  digestOf,
  F,
  GUARDED,
  I,
  OTHER_PASSKEY,
  OTHER_PRINCIPAL,
  OTHER_PUBLISHER,
  PRINCIPAL,
  PUBLISHER,
  ToyLedger,
  V,
} from "../../toy-ledger.ts";
import { byToken, configure, NONE, policy, type Story, tries, upload, voidOf, withFile } from "./tell.ts";

export const RELEASE_STORIES: readonly Story[] = [
  ["staged files are shown, all of them or none", shown],
  ["what a release cannot show", notShown],
  ["a release that is shown by a passkey, over the bytes it was asked about", byPasskey],
  ["a staged name that was used again is another file to a passkey", bytesChanged],
  ["a release is closed for ever", closed],
  ["a file gets attestations later", attestedLater],
  ["a void takes attestations back, and no others", attestationsVoided],
];

const BOTH = { ...GUARDED, publishers: [PUBLISHER, OTHER_PUBLISHER].sort() };
const STAGED = policy({ release: "staged" });
const [A, B] = [digestOf("a"), digestOf("b")];

type Published = Extract<Draft, { kind: "release-published" }>;

function show(files: readonly string[], changes: Partial<Published> = {}): Published {
  return { kind: "release-published", release: V, files: [...files].sort(), consent: NONE, ...changes };
}

function staged(ledger: ToyLedger, name: string, changes: Parameters<typeof upload>[2] = {}): Draft {
  return upload(ledger, name, { show: "staged", ...changes });
}

function bytesOf(name: string): { readonly file: string; readonly sha256: string } {
  return { file: digestOf(name), sha256: digestOf(`${name} bytes`) };
}

async function shown(): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject(STAGED);
  await tries(ledger, staged(ledger, "a"), staged(ledger, "b"), staged(ledger, "c"));
  await tries(ledger, show([A, B], { detail: digestOf("why") }));
  await tries(ledger, show([A, digestOf("c")]), show([digestOf("c")]));
  await tries(ledger, { kind: "yanked", files: [A], reason: "owner" });
  await tries(ledger, { kind: "withdrawn", files: [B], reason: "mistake" });
  await tries(ledger, show([A]), show([B]), voidOf(ledger, 6));
  await ledger.seal();
  return ledger;
}

async function notShown(): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject(STAGED);
  const other = digestOf("another release");
  await tries(ledger, staged(ledger, "a"), staged(ledger, "b", { release: other }));
  await tries(ledger, show([digestOf("missing")]), show([V]), show([A, B]), show([A], { release: other }));
  await tries(ledger, { kind: "status", status: "archived" }, show([A]));
  await tries(ledger, { kind: "status", status: "quarantined" }, show([A]));
  await tries(ledger, show([B], { consent: ledger.approval([bytesOf("b")]) }));
  await tries(ledger, { kind: "status", status: "deprecated" }, show([A]));
  await tries(ledger, show([A], { role: "gate" }), show([B], { project: I, seq: 1 }));
  await tries(ledger, { kind: "status", status: "active" }, show([B], { release: other }));
  await ledger.seal();
  return ledger;
}

async function byPasskey(): Promise<ToyLedger> {
  const guarded = policy({ release: "staged-passkey" }, BOTH);
  const ledger = await ToyLedger.withProject(guarded);
  await tries(ledger, staged(ledger, "a"), staged(ledger, "b"), staged(ledger, "c"), staged(ledger, "d"));
  await tries(ledger, staged(ledger, "e"), staged(ledger, "f"));
  const pair = [bytesOf("a"), bytesOf("b")].sort((x, y) => (x.file < y.file ? -1 : 1));
  const approve = (...args: Parameters<ToyLedger["approval"]>): Partial<Published> => ({
    consent: ledger.approval(...args),
  });
  await tries(
    ledger,
    show([A, B]),
    show([A, B], approve(pair, { key: OTHER_PASSKEY })),
    show([A, B], approve(pair, { serial: 1 })),
    show([A, B], approve(pair.toReversed())),
    show([A, B], approve(pair.slice(0, 1))),
    show([A, B], approve(pair, { flags: 0x01 })),
    show([A, B], { consent: ledger.consent("change", guarded) }),
    show([A, B], approve(pair)),
    show([A, B], approve(pair)),
  );
  const pairOfKeys = { ...guarded, principals: [OTHER_PRINCIPAL, PRINCIPAL].sort() };
  await tries(ledger, configure("change", "passkey", pairOfKeys, ledger.consent("change", pairOfKeys)));
  await tries(ledger, show([digestOf("e")], approve([bytesOf("e")])));
  await tries(ledger, show([digestOf("f")], approve([bytesOf("f")], { key: OTHER_PASSKEY })));
  const two = { ...guarded, principals: [OTHER_PRINCIPAL] };
  await tries(ledger, configure("change", "passkey", two, ledger.consent("change", two)));
  const c = [bytesOf("c")];
  await tries(ledger, show([digestOf("c")], approve(c)));
  await tries(ledger, show([digestOf("c")], approve(c, { key: OTHER_PASSKEY, serial: 0 })));
  await tries(ledger, show([digestOf("c")], approve(c, { key: OTHER_PASSKEY })));
  await tries(ledger, configure("change", "account", policy({ closeDays: 3 }, two)));
  const loose = policy({ release: "staged" }, two);
  await tries(
    ledger,
    configure("change", "passkey", loose, ledger.consent("change", loose, { key: OTHER_PASSKEY })),
  );
  await tries(ledger, show([digestOf("d")], approve([bytesOf("d")])), show([digestOf("d")]));
  await ledger.seal();
  return ledger;
}

async function bytesChanged(): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject(policy({ release: "staged-passkey" }, GUARDED));
  await tries(ledger, staged(ledger, "a"));
  const consent = ledger.approval([bytesOf("a")]);
  await tries(
    ledger,
    { kind: "withdrawn", files: [A], reason: "canceled" },
    staged(ledger, "a", { sha256: digestOf("other bytes") }),
    show([A], { consent }),
    { kind: "withdrawn", files: [A], reason: "canceled" },
    staged(ledger, "a"),
    show([A], { consent }),
  );
  await ledger.seal();
  return ledger;
}

async function closed(): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject(policy({ closeDays: 1 }));
  const close: Draft = { kind: "release-closed", release: V };
  await tries(ledger, close, acceptedFile(ledger.now), { kind: "release-closed", release: F });
  const other = digestOf("another release");
  await tries(ledger, upload(ledger, "of another release", { release: other }));
  await tries(ledger, close, close, upload(ledger, "late"));
  await tries(ledger, voidOf(ledger, 7));
  const file = { files: [digestOf("of another release")], reason: "owner" } as const;
  await tries(ledger, { kind: "yanked", ...file }, { kind: "withdrawn", ...file }, upload(ledger, "late"));
  await ledger.wait(DAY + 10);
  await tries(ledger, upload(ledger, "too late", { release: other }));
  await tries(ledger, { kind: "release-closed", release: other });
  await tries(ledger, { kind: "release-closed", release: V, project: I, seq: 1 });
  await ledger.seal();
  return ledger;
}

type Attested = Extract<Draft, { kind: "file-attested" }>;

function later(
  time: number,
  digests: readonly string[],
  changes: Partial<StatedAttestation> = {},
): Omit<Attested, "file" | "sha256"> {
  const attestations = digests.map((digest) => ({
    digest: digestOf(digest),
    predicate: "publish" as const,
    publisher: PUBLISHER,
    time,
    ...changes,
  }));
  return {
    kind: "file-attested",
    attestations: attestations.sort((a, b) => (a.digest < b.digest ? -1 : 1)),
    detail: digestOf("detail of later"),
  };
}

const WHOLE = { file: F, sha256: digestOf("file bytes") };

async function attestedLater(): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject(STAGED);
  const { now } = ledger;
  const attest = (name: string, draft: Omit<Attested, "file" | "sha256">): Draft => ({
    ...draft,
    file: digestOf(name),
    sha256: digestOf(`${name} bytes`),
  });
  await tries(ledger, byToken(ledger, "a", { show: "staged" }), byToken(ledger, "b", { show: "staged" }));
  await tries(
    ledger,
    attest("missing", later(now, ["x"])),
    { ...later(now, ["x"]), file: V, sha256: digestOf("a bytes") },
    { ...later(now, ["x"]), file: A, sha256: digestOf("b bytes") },
    attest("a", later(now, ["x"], { publisher: OTHER_PUBLISHER })),
    attest("a", later(now + 121, ["x"])),
    attest("a", later(now + 120, ["x"])),
    attest("a", later(now, ["x"])),
    attest("a", later(now, ["x", "y"])),
    attest("a", later(now - 90 * DAY, ["1", "2", "3", "4"])),
    attest("a", later(now, ["5", "6", "7", "8"])),
    attest("a", later(now, ["5", "6", "7"])),
    attest("a", later(now, ["8"])),
  );
  await tries(ledger, show([A]), attest("a", later(now, ["9"])), attest("b", later(now, ["9"])));
  await tries(ledger, show([B]), { kind: "yanked", files: [B], reason: "owner" });
  await tries(ledger, attest("b", later(now, ["10"], { predicate: "slsa" })));
  await tries(ledger, { kind: "withdrawn", files: [B], reason: "owner" });
  await tries(ledger, attest("b", later(now, ["11"])));
  const mixed = later(now, ["12"], { publisher: OTHER_PUBLISHER }).attestations;
  const known = later(now, ["13"]).attestations;
  const list = [...mixed, ...known].sort((x, y) => (x.digest < y.digest ? -1 : 1));
  await tries(ledger, byToken(ledger, "c", { show: "staged" }));
  await tries(ledger, attest("c", { kind: "file-attested", attestations: list }));
  const inTime = later(now, ["14"]).attestations;
  const ahead = later(now + 500, ["15"]).attestations;
  const both = [...inTime, ...ahead].sort((x, y) => (x.digest < y.digest ? -1 : 1));
  await tries(ledger, attest("c", { kind: "file-attested", attestations: both }));
  await tries(ledger, attest("c", later(now, ["x"])));
  await ledger.seal();
  return ledger;
}

async function attestationsVoided(): Promise<ToyLedger> {
  const ledger = await withFile(BOTH);
  await tries(ledger, { ...later(ledger.now, ["x"]), ...WHOLE });
  await tries(ledger, { ...later(ledger.now, ["y", "z"]), ...WHOLE });
  await tries(ledger, voidOf(ledger, 4), voidOf(ledger, 4));
  await tries(ledger, { ...later(ledger.now, ["x"]), ...WHOLE });
  await tries(ledger, { kind: "withdrawn", files: [F], reason: "owner" }, voidOf(ledger, 5));
  await ledger.seal();
  const gone: Draft = { kind: "withdrawn", files: [A], reason: "canceled" };
  await tries(ledger, configure("change", "account", policy({ release: "staged" }, BOTH)));
  await tries(ledger, staged(ledger, "a", { attestations: [] }));
  const at = ledger.leaves.length;
  await tries(ledger, { ...later(ledger.now, ["w"]), file: A, sha256: digestOf("a bytes") }, gone);
  await tries(ledger, voidOf(ledger, at));
  await ledger.seal();
  return ledger;
}
