// SPDX-License-Identifier: Apache-2.0
// vectors/sigstore/logs.json: entries of Rekor v2, and what proves that they are in the log.
import {
  createVkey,
  encodeCosignedMessage,
  encodeTimestampedSignature,
  type NoteSignature,
} from "@countermark/formats";
import { sha256, TOY_KEYS, TOY_TIME } from "../../support/toy-certificates.ts";
import {
  type ToyKey,
  toyEcdsa,
  toyEd25519,
  toyEd25519ph,
  toyP256,
  toyRsa,
  toyRsaPss,
} from "../../support/toy-keys.ts";
import { believed, type Case, type Given, refused } from "./cases.ts";
import { certificateDer, leafDer } from "./certificates.ts";
import { type EntryPlan, soundEntry } from "./entries.ts";
import { ABSENT, base64, type Changes } from "./json.ts";
import {
  at,
  ENVELOPE,
  LEAF,
  logOf,
  MESSAGE,
  PLANS,
  SCT,
  SOUND_ROOT,
  trusted,
  V1_LOG,
  V2_HOST,
  V2_LOG,
  type Window,
} from "./world.ts";

const { strangerEd25519 } = TOY_KEYS;
const SOUND = soundEntry("hashedrekord 0.0.2", V2_LOG);
const OTHER = base64(sha256(new Uint8Array(1)));

export const entry = (...changes: readonly Partial<EntryPlan>[]): Given => ({
  bundle: { ...MESSAGE, entries: changes.map((change) => ({ ...SOUND, ...change })) },
});
const checkpoint = (change: Partial<EntryPlan["checkpoint"]>): Given =>
  entry({ checkpoint: { ...SOUND.checkpoint, ...change } });
const body = (changes: Changes): Given => entry({ body: changes });
const proof = (name: string, value: Changes[string]): Given =>
  entry({ changes: { [`/inclusionProof/${name}`]: value } });
const window = (validFor: Window): Given => ({
  root: { ...SOUND_ROOT, tlogs: [trusted(V2_LOG, { validFor })] },
});
/** The log with another kind of key. */
const byKey = (key: ToyKey): Given => {
  const log = logOf(key, V2_HOST);
  return {
    bundle: { ...MESSAGE, entries: [soundEntry("hashedrekord 0.0.2", log)] },
    root: { ...SOUND_ROOT, tlogs: [trusted(log)] },
  };
};
const onPort = logOf(TOY_KEYS.log, `${V2_HOST}:8080`);
const spec = "/spec/hashedRekordV002";
const verifier = `${spec}/signature/verifier`;
const issuerDer = certificateDer(PLANS.intermediate);

function lineOf(n: number): NoteSignature {
  return {
    name: `witness${n}.test`,
    keyId: sha256(Uint8Array.of(n)).subarray(0, 4),
    signature: new Uint8Array(72).fill(n),
  };
}

/** A cosignature, which is nothing to this log. */
function cosignature(text: string): NoteSignature {
  const key = toyEd25519("witness 1");
  const { name, keyId } = createVkey("witness.test/1", 4, key.spki.subarray(-32), sha256);
  const time = TOY_TIME + 6;
  return {
    name,
    keyId,
    signature: encodeTimestampedSignature({ time, signature: key.sign(encodeCosignedMessage(time, text)) }),
  };
}

const forms: readonly Case[] = [
  believed("a message signature", "An entry of Rekor v2 and a timestamp."),
  believed("an envelope", "Rekor v2 logs an envelope as its signature over the digest of its PAE.", {
    bundle: ENVELOPE,
  }),
  believed(
    "the only entry of a tree",
    "No hash is needed to prove it.",
    entry({ treeSize: 1, index: 0, logIndex: 0 }),
  ),
  believed(
    "the last entry of a tree of seven",
    "A path along the right edge.",
    entry({ treeSize: 7, index: 6, logIndex: 6 }),
  ),
  believed(
    "the first entry of a tree of eight",
    "A path of three hashes.",
    entry({ treeSize: 8, index: 0, logIndex: 0 }),
  ),
  believed(
    "a checkpoint with extension lines",
    "Lines after the root are signed and not looked at.",
    checkpoint({ extensions: ["an extension"] }),
  ),
  believed(
    "a checkpoint with a cosignature",
    "Lines by others are not looked at unless they are asked for.",
    entry({ lines: (line, text) => [line, cosignature(text)] }),
  ),
  believed(
    "a checkpoint with sixteen other lines",
    "C2SP wants at least sixteen to be accepted.",
    entry({ lines: (line) => [...Array.from({ length: 16 }, (_, i) => lineOf(i + 1)), line] }),
  ),
  believed(
    "a checkpoint with 63 other lines",
    "The most that are read.",
    entry({ lines: (line) => [line, ...Array.from({ length: 63 }, (_, i) => lineOf(i + 1))] }),
  ),
  refused(
    "too-many",
    "a checkpoint with 64 other lines",
    "More than are read.",
    entry({ lines: (line) => [line, ...Array.from({ length: 64 }, (_, i) => lineOf(i + 1))] }),
  ),
  believed(
    "a line under the log's name by another key",
    "Another key id is another key, of which nothing is known.",
    entry({ lines: (line) => [{ ...line, keyId: Uint8Array.of(1, 2, 3, 4) }, line] }),
  ),
  believed(
    "a line under another name by the log's key id",
    "Another name is another key.",
    entry({ lines: (line) => [{ ...line, name: "other.test", signature: new Uint8Array(64) }, line] }),
  ),
  believed("the log's name with a port", "A log may be named with its port.", {
    bundle: { ...MESSAGE, entries: [soundEntry("hashedrekord 0.0.2", onPort)] },
    root: { ...SOUND_ROOT, tlogs: [trusted(onPort)] },
  }),
  believed("the log's name without its port", "Or without.", {
    bundle: {
      ...MESSAGE,
      entries: [
        {
          ...soundEntry("hashedrekord 0.0.2", onPort),
          log: { ...onPort, logId: V2_LOG.logId },
          checkpoint: { ...SOUND.checkpoint },
        },
      ],
    },
    root: { ...SOUND_ROOT, tlogs: [trusted({ ...onPort, logId: V2_LOG.logId })] },
  }),
  believed("a log with a P-256 key", "Its id is the hash of the key.", byKey(toyP256("log"))),
  believed("a log with a P-384 key", "Signed with SHA-384.", byKey(toyEcdsa("p384", "log"))),
  believed("a log with a P-521 key", "Signed with SHA-512.", byKey(toyEcdsa("p521", "log"))),
  believed("a log that signs by RSA-PSS", "By its key details.", byKey(toyRsaPss(2048))),
  believed("a log that signs by prehashed Ed25519", "By its key details.", byKey(toyEd25519ph("log"))),
  believed("a log with an RSA key", "Signed by PKCS #1 version 1.5.", byKey(toyRsa(2048))),
  believed("an Ed25519 log under the hash of its key", "As the first logs of that kind were.", {
    bundle: {
      ...MESSAGE,
      entries: [soundEntry("hashedrekord 0.0.2", { ...V2_LOG, logId: sha256(TOY_KEYS.log.spki) })],
    },
    root: { ...SOUND_ROOT, tlogs: [trusted({ ...V2_LOG, logId: sha256(TOY_KEYS.log.spki) })] },
  }),
];

const about: readonly Case[] = (
  [
    ["another digest", { [`${spec}/data/digest`]: OTHER }],
    ["another digest algorithm", { [`${spec}/data/algorithm`]: "SHA2_384" }],
    ["another signature", { [`${spec}/signature/content`]: OTHER }],
    ["another certificate", { [`${verifier}/x509Certificate/rawBytes`]: base64(issuerDer) }],
    [
      "a certificate of the same key",
      {
        [`${verifier}/x509Certificate/rawBytes`]: base64(
          leafDer({ ...LEAF, notAfter: LEAF.notAfter + 1 }, [SCT], PLANS.intermediate.key),
        ),
      },
    ],
    [
      "the key in place of the certificate",
      {
        [`${verifier}/x509Certificate`]: ABSENT,
        [`${verifier}/publicKey`]: { rawBytes: base64(LEAF.key.spki) },
      },
    ],
    ["other key details", { [`${verifier}/keyDetails`]: "PKIX_ECDSA_P384_SHA_384" }],
    ["another kind inside", { "/kind": "intoto" }],
    ["another version inside", { "/apiVersion": "0.0.1" }],
    ["a member that nobody knows", { "/extra": 1 }],
  ] as const
).map(([what, changes]) =>
  refused(
    "log-entry-mismatch",
    `an entry with ${what}`,
    "GHSA-whqx-f9j3-ch6m, CVE-2026-22703 of cosign: the entry was not compared with what it should be about. The leaf is made anew from the bundle.",
    body(changes),
  ),
);

const kinds: readonly Case[] = [
  refused(
    "log-entry-mismatch",
    "an entry about another bundle's envelope",
    "The entry is in the log, for another signature.",
    {
      bundle: {
        ...ENVELOPE,
        changes: { "/dsseEnvelope/signatures/0/sig": base64(TOY_KEYS.leaf.sign(new Uint8Array(1))) },
        timestamps: [
          {
            ...ENVELOPE.timestamps[0],
            over: TOY_KEYS.leaf.sign(new Uint8Array(1)),
          } as (typeof ENVELOPE.timestamps)[number],
        ],
      },
    },
  ),
  refused(
    "log-entry-unsupported",
    "an entry of a kind that is not known",
    "rekord is not accepted.",
    entry({ changes: { "/kindVersion/kind": "rekord" } }),
  ),
  refused(
    "log-entry-unsupported",
    "an entry of a version that is not known",
    "hashedrekord 0.0.3.",
    entry({ changes: { "/kindVersion/version": "0.0.3" } }),
  ),
  refused("log-entry-unsupported", "dsse 0.0.2", "Removed from Rekor v2.", {
    bundle: {
      ...ENVELOPE,
      entries: [{ ...SOUND, changes: { "/kindVersion": { kind: "dsse", version: "0.0.2" } } }],
    },
  }),
  refused(
    "log-promise-unexpected",
    "a promise of Rekor v2",
    "Rekor v2 makes none.",
    entry({ promise: V2_LOG.key, integratedTime: TOY_TIME + 5 }),
  ),
  believed(
    "an integrated time without a promise",
    "sigstore-js #1659: it is nobody's word, and is not the time; the timestamp is.",
    entry({ integratedTime: TOY_TIME + 1 }),
  ),
  refused(
    "timestamp-missing",
    "an integrated time without a promise, and no timestamp",
    "sigstore-js #1659: integratedTime was a time without a promise.",
    {
      bundle: { ...MESSAGE, timestamps: [], entries: [{ ...SOUND, integratedTime: TOY_TIME + 5 }] },
    },
  ),
];

const included: readonly Case[] = [
  refused(
    "log-unknown",
    "an entry of a log that is not known",
    "No log of the trusted root has its id.",
    entry({ changes: { "/logId/keyId": OTHER } }),
  ),
  refused("log-unknown", "no log at all", "The trusted root has none.", {
    root: { ...SOUND_ROOT, tlogs: [] },
  }),
  refused(
    "checkpoint-origin",
    "an entry under the id of another log",
    "The id says one log, the checkpoint another.",
    entry({ changes: { "/logId/keyId": base64(V1_LOG.logId) } }),
  ),
  refused(
    "log-index-mismatch",
    "an index that is not the proof's",
    "In Rekor v2 both count from 0 in one tree.",
    entry({ logIndex: 0 }),
  ),
  refused(
    "inclusion-root",
    "an index that is another entry's",
    "Both indexes say so, and the path leads elsewhere.",
    entry({ changes: { "/logIndex": "0", "/inclusionProof/logIndex": "0" } }),
  ),
  refused(
    "inclusion-range",
    "an index outside the tree",
    "The tree has three entries.",
    entry({ changes: { "/logIndex": "3", "/inclusionProof/logIndex": "3" } }),
  ),
  refused(
    "log-root-mismatch",
    "a proof for a tree of another size",
    "The checkpoint says how large the tree is.",
    proof("treeSize", "4"),
  ),
  refused(
    "log-root-mismatch",
    "a proof for a tree of another root",
    "The checkpoint says what the root is.",
    proof("rootHash", OTHER),
  ),
  refused(
    "inclusion-root",
    "a checkpoint of another tree, and a proof that says so too",
    "The root is signed, and the path leads to another.",
    entry({
      checkpoint: { ...SOUND.checkpoint, root: sha256(new Uint8Array(1)) },
      changes: { "/inclusionProof/rootHash": OTHER },
    }),
  ),
  refused(
    "log-root-mismatch",
    "a checkpoint of another root than the proof's",
    "The proof's own root is nobody's word.",
    checkpoint({ root: sha256(new Uint8Array(1)) }),
  ),
  refused(
    "log-root-mismatch",
    "a checkpoint of another size than the proof's",
    "The proof's own size is nobody's word.",
    checkpoint({ size: 4 }),
  ),
  refused(
    "inclusion-root",
    "another hash in the proof",
    "It leads to another root.",
    proof("hashes/0", OTHER),
  ),
  refused("inclusion-root", "the hashes of the proof in another order", "They lead to another root.", {
    text: (sound) => sound.replace(/"hashes":\["([^"]+)","([^"]+)"\]/, '"hashes":["$2","$1"]'),
  }),
  refused("inclusion-length", "a hash too few", "Index and size say how many.", proof("hashes/1", ABSENT)),
  refused("inclusion-length", "a hash too many", "Index and size say how many.", proof("hashes/-", OTHER)),
  refused("inclusion-length", "no hashes", "Index and size say how many.", proof("hashes", ABSENT)),
  refused(
    "missing-field",
    "no proof",
    "Rekor v2 always gives one.",
    entry({ changes: { "/inclusionProof": ABSENT } }),
  ),
  refused(
    "missing-field",
    "a proof without a checkpoint",
    "Its root would be nobody's word.",
    proof("checkpoint", ABSENT),
  ),
  refused("log-entry-missing", "no entry", "An empty list.", entry()),
  refused(
    "log-entry-duplicate",
    "one entry twice",
    "sigstore-js #1702: duplicates were counted.",
    entry({}, {}),
  ),
  refused(
    "log-entry-duplicate",
    "one entry twice, with another checkpoint",
    "sigstore-js #1702: one entry in two trees is one entry.",
    entry({}, { treeSize: 4 }),
  ),
  refused(
    "log-entry-mismatch",
    "a second entry about something else",
    "Every entry must be about this signature.",
    entry({}, { index: 2, logIndex: 2, body: { [`${spec}/data/digest`]: OTHER } }),
  ),
  refused(
    "log-entry-mismatch",
    "a first entry about something else",
    "Every entry must be about this signature.",
    entry({ index: 2, logIndex: 2, body: { [`${spec}/data/digest`]: OTHER } }, {}),
  ),
  refused(
    "too-many",
    "five entries",
    "More than are read.",
    entry(...[0, 1, 2, 3, 4].map((index) => ({ treeSize: 5, index, logIndex: index }))),
  ),
  believed(
    "four entries",
    "As many as are read.",
    entry(...[0, 1, 2, 3].map((index) => ({ treeSize: 5, index, logIndex: index }))),
  ),
];

const signed: readonly Case[] = [
  refused(
    "checkpoint-origin",
    "a checkpoint of another origin",
    "sigstore-js took the checkpoint's name for a pattern: the origin is the log's name, exactly.",
    checkpoint({ origin: "rekor.other.test", name: "rekor.other.test" }),
  ),
  refused(
    "checkpoint-origin",
    "an origin with more than the name",
    "Rekor v2 writes the host alone.",
    checkpoint({ origin: `${V2_HOST} - 1`, name: V2_HOST }),
  ),
  refused(
    "checkpoint-origin",
    "an origin that a pattern made of it would match",
    "sigstore-js took the checkpoint's name for a regular expression.",
    checkpoint({ origin: "rekor.toy.*", name: "rekor.toy.*" }),
  ),
  refused(
    "checkpoint-origin",
    "an origin that is a part of the log's name",
    "sigstore-js looks for the name inside the log's URL, as it looked for OCI credentials by a part of the host.",
    checkpoint({ origin: "toy.test", name: "toy.test" }),
  ),
  refused(
    "checkpoint-origin",
    "an origin in capitals",
    "Names are equal byte by byte.",
    checkpoint({ origin: V2_HOST.toUpperCase(), name: V2_HOST.toUpperCase() }),
  ),
  refused(
    "checkpoint-origin",
    "an origin with a scheme",
    "The name is without.",
    checkpoint({ origin: `https://${V2_HOST}`, name: `https://${V2_HOST}` }),
  ),
  refused(
    "log-signature-missing",
    "a line under another name",
    "A key is known under its name.",
    checkpoint({ name: "other.test" }),
  ),
  refused(
    "log-signature-missing",
    "a line with another key id",
    "The key id is the beginning of the log's id.",
    checkpoint({ keyId: Uint8Array.of(1, 2, 3, 4) }),
  ),
  refused(
    "log-signature-missing",
    "only lines by others",
    "Nobody's word is the log's.",
    entry({ lines: () => [lineOf(1)] }),
  ),
  refused(
    "log-signature-invalid",
    "signed by a stranger in the log's name",
    "Name and key id are the log's, the signature is not.",
    checkpoint({ signer: strangerEd25519 }),
  ),
  refused(
    "log-signature-invalid",
    "a wrong line of the log beside a right one",
    "A wrong line by a known key refuses the whole note.",
    entry({ lines: (line) => [line, { ...line, signature: strangerEd25519.sign(new Uint8Array(1)) }] }),
  ),
  refused(
    "log-signature-invalid",
    "a wrong line of the log before a right one",
    "A wrong line by a known key refuses the whole note.",
    entry({ lines: (line) => [{ ...line, signature: strangerEd25519.sign(new Uint8Array(1)) }, line] }),
  ),
  refused(
    "not-canonical",
    "a size with a leading zero",
    "Numbers have one spelling.",
    replaced("\n3\n", "\n03\n"),
  ),
  refused("malformed", "a note without a signature", "There is no line.", entry({ lines: () => [] })),
  refused(
    "malformed",
    "a note without an empty line",
    "Text and signatures are divided by one.",
    replaced("\n\n", "\n"),
  ),
  refused(
    "malformed",
    "a checkpoint of two lines",
    "It has an origin, a size and a root.",
    replaced("\n3\n", "\n"),
  ),
];

/** The checkpoint's text changed, and not signed again. */
function replaced(from: string, to: string): Given {
  return {
    text: (sound) => sound.replace(JSON.stringify(from).slice(1, -1), JSON.stringify(to).slice(1, -1)),
  };
}

const windows: readonly Case[] = [
  believed(
    "the first second of the log's window",
    "Windows of a trusted root are closed intervals.",
    window({ start: at(10) }),
  ),
  believed(
    "the last second of the log's window",
    "Windows of a trusted root are closed intervals.",
    window({ start: at(-60), end: at(10) }),
  ),
  refused(
    "log-outside-window",
    "a second before the log's window",
    "The window starts one second after the time.",
    window({ start: at(11) }),
  ),
  refused(
    "log-outside-window",
    "a second after the log's window",
    "The window ended one second before the time.",
    window({ start: at(-60), end: at(9) }),
  ),
  believed("a log listed for two windows", "The one that holds the time counts.", {
    root: {
      ...SOUND_ROOT,
      tlogs: [trusted(V2_LOG, { validFor: { start: at(-60), end: at(9) } }), trusted(V2_LOG)],
    },
  }),
];

export const LOG_CASES = [...forms, ...about, ...kinds, ...included, ...signed, ...windows];
