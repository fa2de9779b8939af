// SPDX-License-Identifier: Apache-2.0
// vectors/admission/entries.json and vectors/admission/states.json
import { parseEntry, parseStateLeaf, parseTrust, parseTrustedRoot, utf8 } from "@countermark/formats";
import {
  type AdmitPorts,
  admit,
  admitState,
  type CryptoPort,
  emptyState,
  findProvider,
  PUBLIC_PROVIDERS,
  prepareTrustedRoot,
} from "@countermark/verify";
import { bytesOf, type Cases, gives, refuses, type VectorCase } from "../case.ts";
import { applyAll } from "../ledger/rules.ts";

interface Asked {
  readonly claim: string;
  readonly now: number;
  /** Where it is another one than the file's. */
  readonly trust?: string;
  /** Digest -> which of the file's blobs is served under it, whether or not it has that digest. */
  readonly evidence: Readonly<Record<string, string>>;
  /** The METADATA inside the distribution; null where it has none. */
  readonly metadata: string | null;
}

interface AskedEntry extends Asked {
  /** The leaves before it; a name of `bases`. */
  readonly base: string;
  readonly leaf: string;
}

interface Given {
  readonly trust: string;
  /** A Sigstore trusted root. */
  readonly trustedRoot: unknown;
  readonly blobs: Readonly<Record<string, string>>;
}

interface EntriesFile extends Given {
  readonly bases: Readonly<Record<string, readonly string[]>>;
  readonly accepted: readonly (AskedEntry & { readonly attestations: number })[];
  readonly refused: readonly (AskedEntry & { readonly code: string })[];
}

export const admissionCases: Cases = (file, crypto) => {
  const { bases, accepted, refused, ...given } = file as EntriesFile; // compared with what the generator makes
  const read = async (asked: AskedEntry): Promise<number> => {
    const leaves = bases[asked.base] ?? [];
    const { state } = await applyAll(emptyState(crypto.sha256), leaves, crypto);
    const entry = parseEntry(bytesOf(asked.leaf));
    const placed = { entry, index: leaves.length, before: state };
    return (await admit(placed, await portsOf(asked, given, crypto))).attestations;
  };
  return [
    ...accepted.map((asked) => gives(asked.claim, asked.attestations, () => read(asked))),
    ...refused.map((asked) => refuses(asked.claim, asked.code, () => read(asked))),
  ];
};

interface AskedState extends Asked {
  readonly stateLeaf: string;
  /** The roots of the tree that was read, by size. */
  readonly roots: Readonly<Record<string, string>>;
}

interface StatesFile extends Given {
  readonly accepted: readonly AskedState[];
  readonly refused: readonly (AskedState & { readonly code: string })[];
}

export const admittedStateCases: Cases = (file, crypto): readonly VectorCase[] => {
  const { accepted, refused, ...given } = file as StatesFile; // compared with what the generator makes
  const read = async (asked: AskedState): Promise<string> => {
    const rootAt = async (size: number): Promise<Uint8Array> => bytesOf(asked.roots[size] ?? "");
    await admitState(parseStateLeaf(utf8(asked.stateLeaf)), rootAt, await portsOf(asked, given, crypto));
    return "ok";
  };
  return [
    ...accepted.map((asked) => gives(asked.claim, "ok", () => read(asked))),
    ...refused.map((asked) => refuses(asked.claim, asked.code, () => read(asked))),
  ];
};

async function portsOf(asked: Asked, given: Given, crypto: CryptoPort): Promise<AdmitPorts> {
  const serve = async (digest: string): Promise<Uint8Array | null> => {
    const name = asked.evidence[digest];
    return name === undefined ? null : bytesOf(given.blobs[name] ?? "");
  };
  const root = parseTrustedRoot(utf8(JSON.stringify(given.trustedRoot)));
  return {
    evidence: { detail: serve, attestation: serve, blob: serve, note: serve },
    trust: parseTrust(utf8(asked.trust ?? given.trust), crypto.sha256),
    root: await prepareTrustedRoot(root, crypto),
    findRow: (record) => findProvider(PUBLIC_PROVIDERS, record.issuer),
    metadataOf: async () => (asked.metadata === null ? null : bytesOf(asked.metadata)),
    crypto,
    now: asked.now,
  };
}
