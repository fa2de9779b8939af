// SPDX-License-Identifier: Apache-2.0
// How stories are told: with words for what many of them do.
import {
  type ConfigRecord,
  concat,
  configId,
  consentChallenge,
  digestBytes,
  encodeConfigRecord,
  encodeHex,
  encodeKeyRecord,
  encodeStateLeaf,
  type PasskeyConsent,
  parseStateLeaf,
  principalId,
  type RootSignature,
  type StateLeaf,
  u8,
  u32,
  utf8,
  webauthnClientData,
} from "@countermark/formats";
import { composeStateLeaf, rootMessage } from "@countermark/verify";
import { toyEcdsa } from "../../../support/toy-ecdsa.ts";
import {
  type AcceptedStatement,
  acceptedFile,
  CONFIG,
  crypto,
  type Draft,
  digestOf,
  type GenesisStatement,
  GUARDED,
  K,
  L,
  OTHER_PRINCIPAL,
  OTHER_PUBLISHER,
  PUBLISHER,
  RP_ID_HASH,
  sha256,
  ToyLedger,
  WEB_ORIGIN,
} from "../../toy-ledger.ts";

export type Story = readonly [name: string, tell: () => Promise<ToyLedger>];

export const NONE = { kind: "none" } as const;
export const OTHER: ConfigRecord = { ...CONFIG, publishers: [OTHER_PUBLISHER] };
export const OTHER_GUARDED: ConfigRecord = { ...GUARDED, principals: [OTHER_PRINCIPAL] };
export const TAKE: Draft = {
  kind: "project-configured",
  act: "take",
  way: "none",
  config: null,
  consent: NONE,
};
export const CANCEL: Draft = { ...TAKE, act: "cancel", way: "account" };
export const BY_PUBLISHER = {
  kind: "publisher",
  evidence: digestOf("bundle"),
  publisher: PUBLISHER,
} as const;
export const BY_OTHER_PUBLISHER = { ...BY_PUBLISHER, publisher: OTHER_PUBLISHER } as const;

/** Adds each leaf, whatever becomes of it. */
export async function tries(ledger: ToyLedger, ...drafts: readonly Draft[]): Promise<ToyLedger> {
  for (const draft of drafts) await ledger.add(draft);
  return ledger;
}

/** A ledger with project K and one file in it. */
export async function withFile(config: ConfigRecord = CONFIG): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject(config);
  return await tries(ledger, acceptedFile(ledger.now));
}

export function policy(
  changes: Partial<ConfigRecord["policy"]>,
  config: ConfigRecord = CONFIG,
): ConfigRecord {
  return { ...config, policy: { ...config.policy, ...changes } };
}

export type Configure = Extract<Draft, { kind: "project-configured" }>;

export function configure(
  act: Configure["act"],
  way: Configure["way"],
  config: ConfigRecord | null,
  consent: Configure["consent"] = NONE,
): Configure {
  return { kind: "project-configured", act, way, config, consent };
}

/** An upload under another filename. */
export function upload(
  ledger: ToyLedger,
  name: string,
  changes: Partial<Draft<AcceptedStatement>> = {},
): Draft {
  return acceptedFile(ledger.now, { file: digestOf(name), sha256: digestOf(`${name} bytes`), ...changes });
}

/** An upload with a token, by nobody who is registered. */
export function byToken(
  ledger: ToyLedger,
  name: string,
  changes: Partial<Draft<AcceptedStatement>> = {},
): Draft {
  return upload(ledger, name, { uploader: "token", publisher: null, attestations: [], ...changes });
}

/** A void of the project's entry at `at`. */
export function voidOf(ledger: ToyLedger, at: number, project = K): Extract<Draft, { kind: "void" }> {
  const known = [...(ledger.state.projects.get(project)?.entries ?? []), ...ledger.state.states];
  const past = known.find((entry) => entry.index === at);
  return { kind: "void", target: at, statement: past?.statement ?? digestOf("none"), root: null, project };
}

/** The state leaf that would come next, with changes. */
export function nextState(ledger: ToyLedger, changes: Partial<StateLeaf> = {}): Uint8Array {
  const time = ledger.now;
  const leaf = parseStateLeaf(
    composeStateLeaf(ledger.state, { time, anchor: ledger.anchorAt(time) }, sha256),
  );
  return encodeStateLeaf({ ...leaf, ...changes });
}

/** The leaf with another signature. */
export function forged(leaf: Uint8Array): Uint8Array {
  return utf8(new TextDecoder().decode(leaf).replace(/"sig":"...."?/, '"sig":"AAAA'));
}

/** An offline root key on P-256. */
export const ROOT_P256 = toyEcdsa("root p256");
const P256_POINT = ROOT_P256.spki.subarray(27);
export const ROOT_P256_RECORD = encodeKeyRecord({ algorithm: "ES256", key: P256_POINT });

const P256_SALT = digestOf("p256 salt");

/** A passkey on P-256: the same key. */
export const P256_PRINCIPAL = principalId(sha256, digestBytes(P256_SALT), ROOT_P256_RECORD);

/** Its consent to a change. */
export function consentByP256(ledger: ToyLedger, config: ConfigRecord, isForged: boolean): PasskeyConsent {
  const like = ledger.consent("change", config);
  const project = ledger.state.projects.get(K);
  if (project?.kind !== "project") throw new TypeError("There is no project");
  const subject = configId(sha256, encodeConfigRecord(config));
  const { serial } = project.header;
  const challenge = consentChallenge(sha256, { log: L, project: K, serial, act: "change", subject });
  const clientData = webauthnClientData(0, challenge, WEB_ORIGIN) ?? utf8("");
  const counter = isForged ? like.counter + 1 : like.counter;
  const signed = concat(digestBytes(RP_ID_HASH), u8(like.flags), u32(counter), sha256(clientData));
  const sig = encodeHex(ROOT_P256.signRaw(signed));
  return { ...like, alg: "ES256", key: encodeHex(P256_POINT), salt: P256_SALT, sig };
}

export function signedByP256(statement: GenesisStatement): RootSignature {
  const sig = encodeHex(ROOT_P256.signRaw(rootMessage(statement, L, crypto)));
  return { key: encodeHex(ROOT_P256_RECORD.subarray(1)), sig };
}
