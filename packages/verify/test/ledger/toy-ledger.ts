// SPDX-License-Identifier: Apache-2.0
// A ledger in memory with keys from fixed seeds: what the tests of this folder and the vectors are made of.
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import {
  type Anchor,
  approvalSubject,
  type Challenge,
  type ConfigRecord,
  type ConfigureAct,
  concat,
  configId,
  consentChallenge,
  digestBytes,
  EMPTY_CONFIG,
  type EntryVoided,
  encodeConfigRecord,
  encodeEntry,
  encodeHex,
  encodeKeyRecord,
  encodeStatement,
  fileId,
  indexKey,
  type KnownStatement,
  type LedgerStatement,
  mapKey,
  NO_DIGEST,
  originHash,
  type PasskeyConsent,
  paeOf,
  parseHex,
  parseVersion,
  principalId,
  publisherId,
  type RootSignature,
  releaseId,
  rootKeyId,
  type Sha256,
  type StatementCommon,
  u8,
  u32,
  utf8,
  webauthnClientData,
} from "@countermark/formats";
import {
  type Applied,
  apply,
  composeStateLeaf,
  emptyState,
  type LedgerState,
  nextSeq,
  rootMessage,
} from "@countermark/verify";
import { testCrypto } from "../support/node-crypto.ts";

export const crypto = testCrypto;
export const sha256: Sha256 = (bytes) => testCrypto.sha256(bytes);
export const ORIGIN = "example.com/index";
export const START = 1_790_000_000;
export const DAY = 86_400;
export const L = originHash(sha256, ORIGIN);
export const I = indexKey(sha256);
export const K = mapKey(sha256, "pypi", "sampleproject");
export const V = releaseId(sha256, K, parseVersion("4.0.0"));
export const F = fileId(sha256, K, "sampleproject-4.0.0-py3-none-any.whl");
export const WEB_ORIGIN = "https://index.example.com";
export const RP_ID_HASH = digestOf("index.example.com");

/** A key made from a word: the same on every run. */
export interface ToyKey {
  readonly privateKey: KeyObject;
  /** Raw, 32 bytes. */
  readonly key: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

export function toyKey(word: string): ToyKey {
  const pkcs8 = concat(parseHex("302e020100300506032b657004220420", 16, "prefix"), hashOf(`toy key ${word}`));
  const privateKey = createPrivateKey({ key: Buffer.from(pkcs8), format: "der", type: "pkcs8" });
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return {
    privateKey,
    key: new Uint8Array(spki.subarray(12)),
    sign: (message) => new Uint8Array(sign(null, message, privateKey)),
  };
}

export const COUNTERSIGN = toyKey("countersign");
export const ROOTS = ["root a", "root b", "root c"].map(toyKey);
export const PASSKEY = toyKey("passkey");
export const PASSKEY_SALT = hashOf("passkey salt");
export const PRINCIPAL = principalId(
  sha256,
  PASSKEY_SALT,
  encodeKeyRecord({ algorithm: "Ed25519", key: PASSKEY.key }),
);
export const OTHER_PASSKEY = toyKey("other passkey");
export const OTHER_PRINCIPAL = principalId(
  sha256,
  PASSKEY_SALT,
  encodeKeyRecord({ algorithm: "Ed25519", key: OTHER_PASSKEY.key }),
);
export const PUBLISHER = publisherId(sha256, hashOf("publisher salt"), utf8('{"a":"publisher"}'));
export const OTHER_PUBLISHER = publisherId(sha256, hashOf("publisher salt"), utf8('{"another":"publisher"}'));

/** The configuration that most tests start from: two publishers nobody else may add to, and nobody else's passkey. */
export const CONFIG: ConfigRecord = { ...EMPTY_CONFIG, publishers: [PUBLISHER] };
export const GUARDED: ConfigRecord = { ...CONFIG, principals: [PRINCIPAL] };

export function digestOf(text: string): string {
  return encodeHex(hashOf(text));
}

export function hashOf(text: string): Uint8Array {
  return new Uint8Array(createHash("sha256").update(text).digest());
}

export interface ConsentOptions {
  readonly key?: ToyKey;
  readonly flags?: number;
  readonly form?: number;
  /** The project's own, unless a test says otherwise. */
  readonly serial?: number;
  /** Those of the index, unless a test says otherwise. */
  readonly webOrigin?: string;
  readonly rpIdHash?: string;
}

/** A statement as a test writes it: what is common is filled in. */
export type Draft<S extends LedgerStatement = LedgerStatement> = S extends LedgerStatement
  ? Omit<S, keyof StatementCommon> & Partial<StatementCommon>
  : never;

/** A log that another continues, with the one that it continued itself. */
export interface PreviousLeaves {
  readonly leaves: readonly Uint8Array[];
  /** Of its tree, in hexadecimal. */
  readonly root: string;
  readonly previous: PreviousLeaves | null;
}

export class ToyLedger {
  state: LedgerState = emptyState(sha256);
  readonly leaves: Uint8Array[] = [];
  /** What became of each leaf, and what the map was then. */
  readonly outcomes: { readonly outcome: string; readonly map: string }[] = [];
  /** The clock that statements are sealed by. */
  now = START;
  origin = ORIGIN;
  /** What it is countersigned with, unless a test says otherwise. */
  key = COUNTERSIGN;
  /** The log that this one continues. */
  previous: PreviousLeaves | null = null;

  /** A ledger with its genesis and a first state leaf. */
  static async create(genesis: Partial<Draft<GenesisStatement>> = {}): Promise<ToyLedger> {
    const ledger = new ToyLedger();
    ledger.now = genesis.time ?? START;
    await ledger.addLeaf(leafOf(genesisStatement(genesis)));
    await ledger.seal();
    return ledger;
  }

  /** A ledger with project K in it. */
  static async withProject(config: ConfigRecord = CONFIG): Promise<ToyLedger> {
    const ledger = await ToyLedger.create();
    await ledger.add({ kind: "project-created", config });
    return ledger;
  }

  statement(draft: Draft): LedgerStatement {
    const project = draft.project ?? K;
    const role = this.state.index?.header.role ?? "index";
    const common = { origin: this.origin, role, detail: null, time: this.now } as const;
    const filled = { ...common, project, seq: nextSeq(this.state, project), ...draft };
    return filled as LedgerStatement; // a draft and the common members are a statement
  }

  leaf(draft: Draft, key: ToyKey = this.key): Uint8Array {
    return leafOf(this.statement(draft), key);
  }

  async add(draft: Draft): Promise<Applied> {
    return await this.addLeaf(this.leaf(draft));
  }

  async addLeaf(leaf: Uint8Array): Promise<Applied> {
    const applied = await apply(this.state, leaf, crypto);
    this.state = applied.state;
    this.leaves.push(leaf);
    this.outcomes.push({ outcome: outcomeOf(applied), map: applied.state.projects.commitment() });
    return applied;
  }

  /** What would become of an entry; nothing is kept of it. */
  async outcome(draft: Draft, key: ToyKey = this.key): Promise<string> {
    return outcomeOf(await apply(this.state, this.leaf(draft, key), crypto));
  }

  /** A state leaf with the newest possible anchor: the last seal, cosigned at `time`. */
  async seal(time = this.now): Promise<Applied> {
    return await this.addLeaf(composeStateLeaf(this.state, { time, anchor: this.anchorAt(time) }, sha256));
  }

  /** A state leaf with this anchor. */
  async sealWith(time: number, anchor: Anchor): Promise<Applied> {
    return await this.addLeaf(composeStateLeaf(this.state, { time, anchor }, sha256));
  }

  anchorAt(time: number): Anchor | null {
    const last = this.state.states.last();
    const { offset } = this.state;
    if (last === null || last.index < offset) return null;
    return { size: last.index + 1 - offset, note: digestOf(`note ${last.index}`), tLo: time - 10, tHi: time };
  }

  /** Lets log time go by: the first seal covers what is there, the second says what time it has become. */
  async wait(seconds: number): Promise<void> {
    await this.seal();
    await this.seal();
    this.now += seconds;
    await this.seal();
  }

  /** A passkey's consent to `act`, as the project stands. */
  consent(
    act: Exclude<ConfigureAct, "take">,
    config: ConfigRecord | null,
    options: ConsentOptions = {},
  ): PasskeyConsent {
    const project = this.state.projects.get(K);
    if (project?.kind !== "project") throw new TypeError("There is no project");
    const subject =
      act === "cancel"
        ? (project.header.pending ?? NO_DIGEST)
        : configId(sha256, encodeConfigRecord(config ?? project.base));
    return this.#assert(act, subject, options);
  }

  /** A passkey's consent to show staged files. */
  approval(
    files: readonly { readonly file: string; readonly sha256: string }[],
    options: ConsentOptions = {},
  ): PasskeyConsent {
    return this.#assert("approve", approvalSubject(sha256, files), options);
  }

  #assert(act: Challenge["act"], subject: string, options: ConsentOptions): PasskeyConsent {
    const { key = PASSKEY, flags = 0x1d, form = 0, webOrigin = WEB_ORIGIN, rpIdHash = RP_ID_HASH } = options;
    const project = this.state.projects.get(K);
    if (project?.kind !== "project") throw new TypeError("There is no project");
    const serial = options.serial ?? project.header.serial;
    const challenge = consentChallenge(sha256, { log: L, project: K, serial, act, subject });
    const clientData = webauthnClientData(form, challenge, webOrigin) ?? utf8("");
    const signed = concat(digestBytes(rpIdHash), u8(flags), u32(7), crypto.sha256(clientData));
    return {
      kind: "passkey",
      alg: "Ed25519",
      counter: 7,
      flags,
      form,
      key: encodeHex(key.key),
      salt: encodeHex(PASSKEY_SALT),
      sig: encodeHex(key.sign(signed)),
    };
  }
}

export type GenesisStatement = Extract<LedgerStatement, { kind: "log-genesis" }>;
export type AcceptedStatement = Extract<LedgerStatement, { kind: "file-accepted" }>;

/** `"legal"`, `"state"` or the void code. */
export function outcomeOf(applied: Applied): string {
  return applied.kind === "void" ? applied.code : applied.kind;
}

export function leafOf(statement: LedgerStatement, key: ToyKey = COUNTERSIGN): Uint8Array {
  const payload = encodeStatement(statement);
  const keyId = encodeHex(crypto.sha256(concat(parseHex("302a300506032b6570032100", 12, "prefix"), key.key)));
  return encodeEntry(payload, { keyId, signature: key.sign(paeOf(payload)) });
}

/** The genesis, signed by the first two of three root keys, unless a test says otherwise. */
export function genesisStatement(
  changes: Partial<Draft<GenesisStatement>> = {},
  signers: readonly ToyKey[] = ROOTS.slice(0, 2),
): GenesisStatement {
  const unsigned: GenesisStatement = {
    kind: "log-genesis",
    origin: ORIGIN,
    role: "index",
    project: I,
    seq: 0,
    time: START,
    detail: null,
    log: L,
    countersign: [encodeHex(COUNTERSIGN.key)],
    ecosystem: "pypi",
    import: "closed",
    previous: null,
    root: [],
    rootKeys: ROOTS.map((key) => rootKeyId(sha256, rootRecord(key))).sort(),
    rootVersion: 1,
    rpIdHash: RP_ID_HASH,
    rules: 1,
    targetsVersion: 1,
    threshold: 2,
    trust: null,
    visibility: "public",
    webOrigin: WEB_ORIGIN,
    ...changes,
  };
  return changes.root === undefined ? { ...unsigned, root: rootSignatures(unsigned, signers) } : unsigned;
}

export function rootSignatures(statement: KnownStatement, signers: readonly ToyKey[]): RootSignature[] {
  const message = rootMessage(statement, originHash(sha256, statement.origin), crypto);
  return signers
    .map((key) => ({ key: encodeHex(rootRecord(key).subarray(1)), sig: encodeHex(key.sign(message)) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** A draft with the signatures of `signers` for the place where it would come next. */
export function rootSigned<D extends Extract<Draft, { readonly root: unknown }>>(
  ledger: ToyLedger,
  draft: D,
  signers: readonly ToyKey[] = ROOTS.slice(0, 2),
): D {
  const statement = ledger.statement(draft) as KnownStatement; // a draft of a known kind with the common members
  return { ...draft, root: rootSignatures(statement, signers) };
}

/** A void of the last state leaf, which nobody has signed but the index. */
export function strikeLast(ledger: ToyLedger): Draft<EntryVoided> {
  const last = ledger.state.states.last();
  if (last === null) throw new TypeError("There is no state leaf");
  return { kind: "void", project: I, target: last.index, statement: last.statement, root: null };
}

export function rootRecord(key: ToyKey): Uint8Array {
  return encodeKeyRecord({ algorithm: "Ed25519", key: key.key });
}

/** An upload by the registered publisher, attested, unless a test says otherwise. */
export function acceptedFile(
  now: number,
  changes: Partial<Draft<AcceptedStatement>> = {},
): Draft<AcceptedStatement> {
  return {
    kind: "file-accepted",
    sha256: digestOf("file bytes"),
    file: F,
    release: V,
    size: 18_211,
    metadata: digestOf("metadata"),
    show: "now",
    uploader: "publisher",
    publisher: PUBLISHER,
    received: now - 12,
    attestations: [
      { digest: digestOf("attestation"), predicate: "publish", publisher: PUBLISHER, time: now - 52 },
    ],
    ...changes,
  };
}
