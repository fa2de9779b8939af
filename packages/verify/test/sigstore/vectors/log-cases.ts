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
import { ENVELOPE, LEAF, logOf, MESSAGE, PLANS, SCT, SOUND_ROOT, trusted, V2_HOST, V2_LOG } from "./world.ts";

export const SOUND = soundEntry("hashedrekord 0.0.2", V2_LOG);

export const OTHER = base64(sha256(new Uint8Array(1)));

export const entry = (...changes: readonly Partial<EntryPlan>[]): Given => ({
  bundle: { ...MESSAGE, entries: changes.map((change) => ({ ...SOUND, ...change })) },
});

export const checkpoint = (change: Partial<EntryPlan["checkpoint"]>): Given =>
  entry({ checkpoint: { ...SOUND.checkpoint, ...change } });

export const body = (changes: Changes): Given => entry({ body: changes });

/** The log with another kind of key. */
const byKey = (key: ToyKey): Given => {
  const log = logOf(key, V2_HOST);
  return {
    bundle: { ...MESSAGE, entries: [soundEntry("hashedrekord 0.0.2", log)] },
    root: { ...SOUND_ROOT, tlogs: [trusted(log)] },
  };
};

const onPort = logOf(TOY_KEYS.log, `${V2_HOST}:8080`);

export const spec = "/spec/hashedRekordV002";

const verifier = `${spec}/signature/verifier`;

const issuerDer = certificateDer(PLANS.intermediate);

export function lineOf(n: number): NoteSignature {
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

export const about: readonly Case[] = (
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

export const LOG_CASES = [...forms, ...about, ...kinds];
