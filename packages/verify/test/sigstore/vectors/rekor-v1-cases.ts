// SPDX-License-Identifier: Apache-2.0
// vectors/sigstore/rekor-v1.json: entries of Rekor v1, their promises and proofs.
import { encodePem } from "@countermark/formats";
import { sha256, TOY_KEYS, TOY_TIME } from "../../support/toy-certificates.ts";
import { type ToyKey, toyEcdsa, toyEd25519, toyRsa } from "../../support/toy-keys.ts";
import { believed, type Case, type Given, refused } from "./cases.ts";
import { certificateDer, leafDer } from "./certificates.ts";
import { type EntryKindName, type EntryPlan, soundEntry } from "./entries.ts";
import { ABSENT, base64, type Changes, type Json } from "./json.ts";
import { unknownMembers } from "./unknown-members.ts";
import {
  at,
  bundleJson,
  ENVELOPE,
  inV1,
  LEAF,
  logOf,
  MESSAGE,
  PLANS,
  SCT,
  SOUND_ROOT,
  STAMP,
  statementOf,
  trusted,
  V1_HOST,
  V1_LOG,
  V2_LOG,
  type Window,
} from "./world.ts";

const { stranger } = TOY_KEYS;
const KINDS = ["hashedrekord 0.0.1", "dsse 0.0.1", "intoto 0.0.2"] as const;
const V01 = "application/vnd.dev.sigstore.bundle+json;version=0.1";
const OTHER_HEX = "00".repeat(32);
const OTHER = base64(sha256(new Uint8Array(1)));
const SOUND = soundEntry("dsse 0.0.1", V1_LOG);

const v1 = (change: Partial<EntryPlan> = {}): Given => ({ bundle: inV1("dsse 0.0.1", change) });
const checkpoint = (change: Partial<EntryPlan["checkpoint"]>): Given =>
  v1({ checkpoint: { ...SOUND.checkpoint, ...change } });
const window = (validFor: Window): Given => ({
  ...v1(),
  root: { ...SOUND_ROOT, tlogs: [trusted(V1_LOG, { validFor })] },
});
const promisedAt = (seconds: number): Given => v1({ integratedTime: TOY_TIME + seconds });
/** In version 0.1, where the promise may stand for the proof. */
const inV01 = (changes: Changes, change: Partial<EntryPlan> = {}): Given => ({
  bundle: { ...inV1("dsse 0.0.1", change), mediaType: V01, changes },
  verify: { oldest: "0.1" },
});
const PROOF = "/verificationMaterial/tlogEntries/0/inclusionProof";
const PROMISE = "/verificationMaterial/tlogEntries/0/inclusionPromise";
/** The log with another kind of key. */
const byKey = (key: ToyKey): Given => {
  const log = { ...logOf(key, V1_HOST), logId: sha256(key.spki) };
  return {
    bundle: { ...inV1("hashedrekord 0.0.1"), entries: [soundEntry("hashedrekord 0.0.1", log)] },
    root: { ...SOUND_ROOT, tlogs: [trusted(log)] },
  };
};

/** Where each kind of entry has what it is about. */
const PLACES: Readonly<
  Record<(typeof KINDS)[number], Readonly<Record<"signature" | "verifier" | "digest", string>>>
> = {
  "hashedrekord 0.0.1": {
    signature: "/spec/signature/content",
    verifier: "/spec/signature/publicKey/content",
    digest: "/spec/data/hash/value",
  },
  "dsse 0.0.1": {
    signature: "/spec/signatures/0/signature",
    verifier: "/spec/signatures/0/verifier",
    digest: "/spec/payloadHash/value",
  },
  "intoto 0.0.2": {
    signature: "/spec/content/envelope/signatures/0/sig",
    verifier: "/spec/content/envelope/signatures/0/publicKey",
    digest: "/spec/content/payloadHash/value",
  },
};

const SOUND_LEAF = leafDer(LEAF, [SCT], PLANS.intermediate.key);
const pem = (label: "CERTIFICATE" | "PUBLIC KEY", der: Uint8Array): string => base64(encodePem(label, der));

/** The sound body of this kind. */
function bodyOf(kind: EntryKindName): Json {
  const bundle = bundleJson(inV1(kind)) as unknown as SoundBundle; // made here, with one entry
  const [entry] = bundle.verificationMaterial.tlogEntries;
  return JSON.parse(Buffer.from(entry?.canonicalizedBody ?? "", "base64").toString());
}

type SoundBundle = {
  readonly verificationMaterial: { readonly tlogEntries: readonly { readonly canonicalizedBody: string }[] };
};

const perKind: readonly Case[] = KINDS.flatMap((kind) => {
  const places = PLACES[kind];
  const wrong = (changes: Changes): Given => ({ bundle: inV1(kind, { body: changes }) });
  const why =
    "GHSA-whqx-f9j3-ch6m, CVE-2026-22703 of cosign: the entry was not compared with what it should be about.";
  const signature = kind === "intoto 0.0.2" ? base64(OTHER) : OTHER;
  return [
    believed(`${kind}, by its promise and its proof`, "The promise is the time.", { bundle: inV1(kind) }),
    believed(`${kind}, by its promise, its proof and a timestamp`, "The earlier of the two is the time.", {
      bundle: { ...inV1(kind), timestamps: [STAMP] },
    }),
    believed(`${kind}, by its proof and a timestamp`, "Without a promise the timestamp is the time.", {
      bundle: { ...inV1(kind, { promise: null }), timestamps: [STAMP] },
    }),
    believed(`${kind}, by its promise alone`, "Bundles of version 0.1 need no proof.", {
      bundle: { ...inV1(kind), mediaType: V01, changes: { [PROOF]: ABSENT } },
      verify: { oldest: "0.1" },
    }),
    refused(
      "log-entry-mismatch",
      `${kind} with another signature`,
      why,
      wrong({ [places.signature]: signature }),
    ),
    refused(
      "log-entry-mismatch",
      `${kind} with another certificate`,
      why,
      wrong({ [places.verifier]: pem("CERTIFICATE", certificateDer(PLANS.intermediate)) }),
    ),
    refused(
      "log-entry-mismatch",
      `${kind} with another certificate of the same key`,
      why,
      wrong({
        [places.verifier]: pem(
          "CERTIFICATE",
          leafDer({ ...LEAF, notAfter: LEAF.notAfter + 1 }, [SCT], PLANS.intermediate.key),
        ),
      }),
    ),
    refused(
      "log-entry-mismatch",
      `${kind} with the key in place of the certificate`,
      why,
      wrong({ [places.verifier]: pem("PUBLIC KEY", LEAF.key.spki) }),
    ),
    refused("log-entry-mismatch", `${kind} with another digest`, why, wrong({ [places.digest]: OTHER_HEX })),
    refused(
      "log-entry-mismatch",
      `${kind} with the certificate called a key`,
      why,
      wrong({ [places.verifier]: pem("PUBLIC KEY", SOUND_LEAF) }),
    ),
    ...unknownMembers(bodyOf(kind)).map(([place, changes]) =>
      refused(
        "unknown-field",
        `${kind} with a member that nobody knows in ${place}`,
        "A body says what its kind says.",
        wrong(changes),
      ),
    ),
    refused(
      "not-base64",
      `${kind} with base64 that is not padded`,
      "Base64 has one spelling.",
      wrong({ [places.signature]: OTHER.slice(0, -1) }),
    ),
  ];
});

const bodies: readonly Case[] = [
  refused(
    "log-entry-mismatch",
    "an intoto entry of another payload type",
    "The type is signed with the payload.",
    { bundle: inV1("intoto 0.0.2", { body: { "/spec/content/envelope/payloadType": "text/plain" } }) },
  ),
  believed("an intoto entry that keeps the payload", "Some writers do; its hash is what counts.", {
    bundle: inV1("intoto 0.0.2", { body: { "/spec/content/envelope/payload": base64(statementOf()) } }),
  }),
  believed("an intoto entry with a key id", "Not needed: the certificate names the key.", {
    bundle: inV1("intoto 0.0.2", { body: { "/spec/content/envelope/signatures/0/keyid": "" } }),
  }),
  believed(
    "an envelope hash of another spelling",
    "It is of the envelope's JSON, which cannot be had again.",
    v1({ body: { "/spec/envelopeHash/value": OTHER_HEX } }),
  ),
  refused(
    "log-entry-mismatch",
    "an entry that says it is dsse, and is intoto",
    "Kind and body must agree.",
    v1WithKind("dsse", "0.0.1", "intoto 0.0.2"),
  ),
  refused(
    "log-entry-mismatch",
    "an entry that says it is intoto, and is dsse",
    "Kind and body must agree.",
    v1WithKind("intoto", "0.0.2", "dsse 0.0.1"),
  ),
  refused(
    "log-entry-mismatch",
    "an envelope beside the body of a hashedrekord",
    "Kind and body must agree.",
    {
      bundle: {
        ...ENVELOPE,
        timestamps: [],
        entries: [
          {
            ...soundEntry("hashedrekord 0.0.1", V1_LOG),
            changes: { "/kindVersion": { kind: "dsse", version: "0.0.1" } },
          },
        ],
      },
    },
  ),
  refused(
    "unsupported",
    "a body of another version than its kind has",
    "dsse 0.0.2 is not known.",
    v1({ body: { "/apiVersion": "0.0.2" } }),
  ),
  refused(
    "unsupported",
    "a body of a kind that is not known",
    "rekord is not accepted.",
    v1({ body: { "/kind": "rekord" } }),
  ),
  refused(
    "log-entry-mismatch",
    "an envelope logged as a hashedrekord of Rekor v1",
    "Rekor v1 has kinds of its own for envelopes.",
    { bundle: { ...ENVELOPE, timestamps: [], entries: [soundEntry("hashedrekord 0.0.1", V1_LOG)] } },
  ),
  refused("log-entry-mismatch", "a message logged as dsse", "There is no envelope.", {
    bundle: { ...MESSAGE, timestamps: [], entries: [soundEntry("dsse 0.0.1", V1_LOG)] },
  }),
  refused("log-entry-mismatch", "a message logged as intoto", "There is no envelope.", {
    bundle: { ...MESSAGE, timestamps: [], entries: [soundEntry("intoto 0.0.2", V1_LOG)] },
  }),
  refused("wrong-type", "an intoto entry whose payload is a number", "It is a string.", {
    bundle: inV1("intoto 0.0.2", { body: { "/spec/content/envelope/payload": 1 } }),
  }),
  refused("wrong-type", "an intoto entry whose key id is a number", "It is a string.", {
    bundle: inV1("intoto 0.0.2", { body: { "/spec/content/envelope/signatures/0/keyid": 1 } }),
  }),
  refused(
    "missing-field",
    "a body without a signature",
    "An empty list.",
    v1({ body: { "/spec/signatures": [] } }),
  ),
  refused(
    "too-many",
    "a body with two signatures",
    "Exactly one.",
    v1({ body: { "/spec/signatures": [{}, {}] } }),
  ),
  refused(
    "unsupported",
    "a payload hash by SHA-512",
    "Rekor v1 writes SHA-256.",
    v1({ body: { "/spec/payloadHash/algorithm": "sha512" } }),
  ),
];

function v1WithKind(kind: string, version: string, made: EntryKindName): Given {
  return { bundle: inV1(made, { changes: { "/kindVersion": { kind, version } } }) };
}

const promises: readonly Case[] = [
  refused(
    "log-promise-signature",
    "a promise by a stranger",
    "The log did not sign it.",
    v1({ promise: stranger }),
  ),
  refused(
    "log-promise-signature",
    "a promise for another time",
    "The time was changed after the promise.",
    v1({ changes: { "/integratedTime": String(TOY_TIME + 6) } }),
  ),
  refused(
    "log-promise-signature",
    "a promise for another index",
    "The index was changed after the promise.",
    v1({ changes: { "/logIndex": "1001" } }),
  ),
  refused(
    "log-promise-signature",
    "a promise for another body",
    "The body was changed after the promise.",
    v1({ changes: { "/canonicalizedBody": base64("{}") } }),
  ),
  refused(
    "log-promise-signature",
    "a promise by the other log of the trusted root",
    "Another log signed it.",
    v1({ promise: V2_LOG.key }),
  ),
  refused(
    "log-promise-signature",
    "a wrong promise beside a timestamp",
    "A promise in the name of a trusted log that it did not make is a refusal.",
    { bundle: { ...inV1("dsse 0.0.1", { promise: stranger }), timestamps: [STAMP] } },
  ),
  refused(
    "log-unknown",
    "a promise of a log that is not known",
    "No log of the trusted root has its id.",
    v1({ changes: { "/logId/keyId": OTHER } }),
  ),
  refused(
    "timestamp-missing",
    "a time without a promise",
    "sigstore-js #1659: integratedTime was a time without a promise.",
    v1({ promise: null }),
  ),
  believed(
    "the first second of the certificate, by a promise",
    "Validity is a closed interval.",
    promisedAt(0),
  ),
  believed(
    "the last second of the certificate, by a promise",
    "Validity is a closed interval.",
    promisedAt(600),
  ),
  refused(
    "certificate-not-yet-valid",
    "promised a second before the certificate",
    "The promise is the time.",
    promisedAt(-1),
  ),
  refused(
    "certificate-expired",
    "promised a second after the certificate",
    "The promise is the time.",
    promisedAt(601),
  ),
  refused(
    "certificate-expired",
    "promised a second after the certificate, beside a timestamp within",
    "Every time must lie within the validity.",
    { bundle: { ...inV1("dsse 0.0.1", { integratedTime: TOY_TIME + 601 }), timestamps: [STAMP] } },
  ),
  refused(
    "certificate-expired",
    "promised within the certificate, beside a timestamp after it",
    "Every time must lie within the validity.",
    { bundle: { ...inV1("dsse 0.0.1"), timestamps: [{ ...STAMP, time: TOY_TIME + 601 }] } },
  ),
  believed(
    "the first second of the log's window",
    "Windows of a trusted root are closed intervals.",
    window({ start: at(5) }),
  ),
  believed(
    "the last second of the log's window",
    "Windows of a trusted root are closed intervals.",
    window({ start: at(-60), end: at(5) }),
  ),
  refused(
    "log-outside-window",
    "promised a second before the log's window",
    "The window starts one second after the time.",
    window({ start: at(6) }),
  ),
  refused(
    "log-outside-window",
    "promised a second after the log's window",
    "The window ended one second before the time.",
    window({ start: at(-60), end: at(4) }),
  ),
  refused(
    "log-outside-window",
    "promised after the log's window, beside a timestamp within",
    "The promise must be of a time at which its log is trusted.",
    {
      bundle: { ...inV1("dsse 0.0.1", { integratedTime: TOY_TIME + 20 }), timestamps: [STAMP] },
      root: { ...SOUND_ROOT, tlogs: [trusted(V1_LOG, { validFor: { start: at(-60), end: at(10) } })] },
    },
  ),
  believed(
    "a log with a P-384 key",
    "Promise and checkpoint with SHA-384.",
    byKey(toyEcdsa("p384", "v1 log")),
  ),
  believed("a log with an RSA key", "Promise and checkpoint by PKCS #1 version 1.5.", byKey(toyRsa(3072))),
  believed(
    "a log with an Ed25519 key",
    "Promise and checkpoint over the bytes themselves.",
    byKey(toyEd25519("v1 log")),
  ),
];

const proofs: readonly Case[] = [
  refused(
    "missing-field",
    "version 0.1 without proof or promise",
    "Version 0.1 must have a promise.",
    inV01({ [PROOF]: ABSENT, [PROMISE]: ABSENT }),
  ),
  refused(
    "checkpoint-origin",
    "a checkpoint of another host",
    "The origin begins with the log's name.",
    checkpoint({ origin: "other.test - 1" }),
  ),
  refused(
    "checkpoint-origin",
    "a checkpoint without a tree id",
    "Rekor v1 names each of its trees.",
    checkpoint({ origin: V1_HOST }),
  ),
  refused(
    "checkpoint-origin",
    "a checkpoint with a tree id in words",
    "A tree id is a number.",
    checkpoint({ origin: `${V1_HOST} - one` }),
  ),
  refused(
    "checkpoint-origin",
    "a checkpoint with an empty tree id",
    "A tree id is a number.",
    checkpoint({ origin: `${V1_HOST} - ` }),
  ),
  refused(
    "checkpoint-origin",
    "a tree id with a leading zero",
    "Numbers have one spelling.",
    checkpoint({ origin: `${V1_HOST} - 01` }),
  ),
  refused(
    "checkpoint-origin",
    "a tree id of 21 digits",
    "Tree ids are 64-bit numbers.",
    checkpoint({ origin: `${V1_HOST} - 1${"0".repeat(20)}` }),
  ),
  believed(
    "a tree id of 20 digits",
    "Tree ids are 64-bit numbers.",
    checkpoint({ origin: `${V1_HOST} - 18446744073709551615` }),
  ),
  believed("a tree id of zero", "One digit.", checkpoint({ origin: `${V1_HOST} - 0` })),
  refused(
    "checkpoint-origin",
    "an origin of three parts",
    "A name and a tree id.",
    checkpoint({ origin: `${V1_HOST} - 1 - 2` }),
  ),
  refused(
    "checkpoint-origin",
    "a number before the tree id",
    "A tree id is a number and nothing else.",
    checkpoint({ origin: `${V1_HOST} - 1x` }),
  ),
  refused(
    "checkpoint-origin",
    "a word before the number",
    "A tree id is a number and nothing else.",
    checkpoint({ origin: `${V1_HOST} - x1` }),
  ),
  refused(
    "log-signature-missing",
    "a line under another name",
    "A key is known under its name.",
    checkpoint({ name: "other.test" }),
  ),
  refused(
    "log-signature-missing",
    "a line under the name with the tree id",
    "The name is the log's alone.",
    checkpoint({ name: `${V1_HOST}-1` }),
  ),
  refused(
    "log-signature-invalid",
    "a line by a stranger",
    "Name and key id are the log's, the signature is not.",
    checkpoint({ signer: stranger }),
  ),
  believed(
    "an index that is not the proof's",
    "Rekor v1 counts over all of its trees outside the proof.",
    v1({ logIndex: 77 }),
  ),
  refused(
    "log-root-mismatch",
    "a proof for a tree of another size",
    "The checkpoint says how large the tree is.",
    v1({ changes: { "/inclusionProof/treeSize": "3" } }),
  ),
  refused(
    "inclusion-root",
    "a proof for another entry",
    "The path leads elsewhere.",
    v1({ changes: { "/inclusionProof/logIndex": "0" } }),
  ),
  refused(
    "inclusion-root",
    "another hash in the proof",
    "It leads to another root.",
    v1({ changes: { "/inclusionProof/hashes/0": OTHER } }),
  ),
  refused(
    "log-signature-invalid",
    "a wrong proof beside a right promise, in version 0.1",
    "What is there must hold.",
    inV01({}, { checkpoint: { ...SOUND.checkpoint, signer: stranger } }),
  ),
  believed(
    "a proof without a checkpoint in version 0.1",
    "Its root is nobody's word: it proves nothing, and is not needed.",
    inV01({ [`${PROOF}/checkpoint`]: ABSENT }),
  ),
  believed("a null proof in version 0.1", "Null is absent.", inV01({ [PROOF]: null })),
];

const versions: readonly Case[] = [
  refused(
    "unsupported",
    "a bundle of version 0.3 relabelled as 0.1, without its proof",
    "JanssenProject/jans #14636: the media type is not signed. sigstore-js and sigstore-browser accept it: who needs version 0.1 asks for it.",
    {
      bundle: { ...inV1("dsse 0.0.1"), mediaType: V01, changes: { [PROOF]: ABSENT } },
      verify: { oldest: "0.3" },
    },
  ),
  refused(
    "unsupported",
    "a bundle of version 0.3 relabelled as 0.1, where 0.2 is the oldest",
    "JanssenProject/jans #14636: the media type is not signed.",
    {
      bundle: { ...inV1("dsse 0.0.1"), mediaType: V01, changes: { [PROOF]: ABSENT } },
      verify: { oldest: "0.2" },
    },
  ),
  refused(
    "missing-field",
    "version 0.1 without a promise",
    "A proof alone has no time in version 0.1.",
    inV01({ [PROMISE]: ABSENT }),
  ),
  refused("missing-field", "version 0.2 without a proof", "Since version 0.2 every entry has a proof.", {
    bundle: { ...inV1("dsse 0.0.1"), mediaType: V01.replace("0.1", "0.2"), changes: { [PROOF]: ABSENT } },
    verify: { oldest: "0.1" },
  }),
  refused("missing-field", "version 0.3 without a proof", "Since version 0.2 every entry has a proof.", {
    bundle: { ...inV1("dsse 0.0.1"), changes: { [PROOF]: ABSENT } },
    verify: { oldest: "0.1" },
  }),
];

export const REKOR_V1_CASES = [...perKind, ...bodies, ...promises, ...proofs, ...versions];
