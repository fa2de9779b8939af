// SPDX-License-Identifier: Apache-2.0
// vectors/sigstore/rekor-v1.json: promises, proofs, and versions of bundles that need the one or the other.
import { sha256, TOY_KEYS, TOY_TIME } from "../../support/toy-certificates.ts";
import { type ToyKey, toyEcdsa, toyEd25519, toyRsa } from "../../support/toy-keys.ts";
import { believed, type Case, type Given, refused } from "./cases.ts";
import { type EntryPlan, soundEntry } from "./entries.ts";
import { ABSENT, base64, type Changes } from "./json.ts";
import { OTHER, PROOF, V01, v1 } from "./rekor-v1-cases.ts";
import {
  at,
  inV1,
  logOf,
  SOUND_ROOT,
  STAMP,
  trusted,
  V1_HOST,
  V1_LOG,
  V2_LOG,
  type Window,
} from "./world.ts";

const { stranger } = TOY_KEYS;

const SOUND = soundEntry("dsse 0.0.1", V1_LOG);

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

const PROMISE = "/verificationMaterial/tlogEntries/0/inclusionPromise";

/** The log with another kind of key. */
const byKey = (key: ToyKey): Given => {
  const log = { ...logOf(key, V1_HOST), logId: sha256(key.spki) };
  return {
    bundle: { ...inV1("hashedrekord 0.0.1"), entries: [soundEntry("hashedrekord 0.0.1", log)] },
    root: { ...SOUND_ROOT, tlogs: [trusted(log)] },
  };
};

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

export const PROMISE_CASES = [...promises, ...proofs, ...versions];
