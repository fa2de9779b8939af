// SPDX-License-Identifier: Apache-2.0
// vectors/sigstore/logs.json: what proves that an entry is in the log, and when it is trusted.
import { sha256, TOY_KEYS } from "../../support/toy-certificates.ts";
import { believed, type Case, type Given, refused } from "./cases.ts";
import { ABSENT, base64, type Changes } from "./json.ts";
import { checkpoint, entry, lineOf, OTHER, SOUND, spec } from "./log-cases.ts";
import { at, SOUND_ROOT, trusted, V1_LOG, V2_HOST, V2_LOG, type Window } from "./world.ts";

const { strangerEd25519 } = TOY_KEYS;

const proof = (name: string, value: Changes[string]): Given =>
  entry({ changes: { [`/inclusionProof/${name}`]: value } });

const window = (validFor: Window): Given => ({
  root: { ...SOUND_ROOT, tlogs: [trusted(V2_LOG, { validFor })] },
});

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

export const INCLUSION_CASES = [...included, ...signed, ...windows];
