// SPDX-License-Identifier: Apache-2.0
// vectors/sigstore/bundles.json: what a bundle is about, and known keys.
import { encodeHex, utf8 } from "@countermark/formats";
import { sha256, TOY_KEYS, TOY_TIME } from "../../support/toy-certificates.ts";
import { byKey, envelope, hint, keySigner, MATERIAL, payload } from "./bundle-cases.ts";
import { believed, type Case, type Given, refused } from "./cases.ts";
import { ABSENT, base64, type Changes } from "./json.ts";
import { hash } from "./stamps.ts";
import { ARTIFACT, ENVELOPE, IN_TOTO, inV1, MESSAGE, STAMP, statementOf } from "./world.ts";

const { stranger } = TOY_KEYS;

const OTHER = utf8("another wheel");

const sha512Hex = (bytes: Uint8Array): string => encodeHex(hash("sha512", bytes));

const statement = (changes: Changes): Given => ({
  bundle: { ...ENVELOPE, content: { kind: "envelope", payload: statementOf(changes), type: IN_TOTO } },
});

const about = (artifact: Readonly<Record<string, string>>, given: Given = {}): Given => ({
  ...given,
  verify: { artifact },
});

const messages: readonly Case[] = [
  believed(
    "an artifact by its digest",
    "The digest is enough: the signature is over it.",
    about({ sha256: encodeHex(sha256(ARTIFACT)) }),
  ),
  believed("no digest hint", "It is not what was signed.", {
    bundle: { ...MESSAGE, content: { kind: "artifact", bytes: ARTIFACT, hint: null } },
  }),
  believed("a digest hint by SHA-512", "Of another hash than the signature.", {
    bundle: { ...MESSAGE, content: { kind: "artifact", bytes: ARTIFACT, hint: "sha512" } },
  }),
  believed("a digest hint by SHA-384", "Of another hash than the signature.", {
    bundle: { ...MESSAGE, content: { kind: "artifact", bytes: ARTIFACT, hint: "sha384" } },
  }),
  refused(
    "digest-mismatch",
    "another artifact",
    "Its digest is not the bundle's.",
    about({ bytes: encodeHex(OTHER) }),
  ),
  refused(
    "digest-mismatch",
    "another artifact by its digest",
    "Its digest is not the bundle's.",
    about({ sha256: encodeHex(sha256(OTHER)) }),
  ),
  refused(
    "digest-mismatch",
    "a digest hint that is wrong",
    "A hint may be absent, and must be right.",
    hint("SHA2_256", sha256(OTHER)),
  ),
  refused(
    "digest-mismatch",
    "a digest hint by SHA-512 that is wrong",
    "A hint may be absent, and must be right.",
    hint("SHA2_512", hash("sha512", OTHER)),
  ),
  refused(
    "digest-mismatch",
    "a digest hint that is cut short",
    "Equal as a whole, or not.",
    hint("SHA2_256", sha256(ARTIFACT).subarray(0, 31)),
  ),
  refused(
    "unsupported",
    "a digest hint of a hash that is not known",
    "SHA-1 is not accepted.",
    hint("SHA1", new Uint8Array(20)),
  ),
  refused(
    "log-entry-mismatch",
    "another artifact, and no digest hint",
    "The entry is about what was signed.",
    about(
      { bytes: encodeHex(OTHER) },
      { bundle: { ...MESSAGE, content: { kind: "artifact", bytes: ARTIFACT, hint: null } } },
    ),
  ),
  refused(
    "artifact-digest-algorithm",
    "an artifact by another digest than was signed",
    "SHA-512 of the artifact says nothing of a signature over its SHA-256.",
    about({ sha512: encodeHex(hash("sha512", ARTIFACT)) }),
  ),
  refused(
    "artifact-digest-algorithm",
    "an artifact by another digest than was signed, and no hint",
    "SHA-512 of the artifact says nothing of a signature over its SHA-256.",
    about(
      { sha512: encodeHex(hash("sha512", ARTIFACT)) },
      { bundle: { ...MESSAGE, content: { kind: "artifact", bytes: ARTIFACT, hint: null } } },
    ),
  ),
  refused(
    "attestation-signature",
    "a signature by another key",
    "Entry and timestamp are of this signature; the certificate's key did not make it.",
    { bundle: { ...MESSAGE, signature: stranger.sign(ARTIFACT) } },
  ),
  refused(
    "attestation-signature",
    "a signature by another key, the artifact by its digest",
    "Entry and timestamp are of this signature; the certificate's key did not make it.",
    about(
      { sha256: encodeHex(sha256(ARTIFACT)) },
      { bundle: { ...MESSAGE, signature: stranger.sign(ARTIFACT) } },
    ),
  ),
  refused(
    "attestation-signature",
    "a signature over something else",
    "Entry and timestamp are of this signature.",
    { bundle: { ...MESSAGE, signature: MESSAGE.signer.sign(OTHER) } },
  ),
  refused("attestation-signature", "an empty signature", "Nothing is signed.", {
    bundle: { ...MESSAGE, signature: new Uint8Array(0) },
  }),
  refused(
    "attestation-signature",
    "a signature by another key in Rekor v1",
    "Entry and promise are of this signature.",
    { bundle: { ...inV1("hashedrekord 0.0.1"), signature: stranger.sign(ARTIFACT) } },
  ),
];

const envelopes: readonly Case[] = [
  believed("a statement about the artifact", "It is among the subjects.", { bundle: ENVELOPE }),
  believed(
    "a statement about the artifact's digest",
    "The subject has it.",
    about({ sha256: encodeHex(sha256(ARTIFACT)) }, { bundle: ENVELOPE }),
  ),
  believed(
    "a statement about two artifacts",
    "One of the subjects is it.",
    statement({ "/subject/-": { name: "other", digest: { sha256: encodeHex(sha256(OTHER)) } } }),
  ),
  believed(
    "a statement whose second subject is the artifact",
    "One of the subjects is it.",
    statement({
      "/subject": [
        { name: "other", digest: { sha256: encodeHex(sha256(OTHER)) } },
        { name: "it", digest: { sha256: encodeHex(sha256(ARTIFACT)) } },
      ],
    }),
  ),
  believed("a subject without a name", "The digest counts.", statement({ "/subject/0/name": ABSENT })),
  believed(
    "members of a statement that nobody knows",
    "in-toto demands that they are ignored.",
    statement({ "/extra": 1, "/subject/0/uri": "x", "/subject/0/digest/sha512": "00" }),
  ),
  believed(
    "an envelope with a key id",
    "Not signed, and not needed: the certificate names the key.",
    envelope({ "/dsseEnvelope/signatures/0/keyid": "any" }),
  ),
  believed(
    "a statement of any predicate",
    "What it says is for the caller to read.",
    statement({ "/predicateType": "https://example.test/v1" }),
  ),
  refused(
    "digest-mismatch",
    "a statement about another artifact",
    "sigstore-js never looks at the subjects: a DSSE bundle verifies beside any artifact.",
    about({ bytes: encodeHex(OTHER) }, { bundle: ENVELOPE }),
  ),
  refused(
    "digest-mismatch",
    "a statement about another digest",
    "sigstore-js never looks at the subjects: a DSSE bundle verifies beside any artifact.",
    about({ sha256: encodeHex(sha256(OTHER)) }, { bundle: ENVELOPE }),
  ),
  refused("digest-mismatch", "a statement about nothing", "No subject.", statement({ "/subject": [] })),
  refused(
    "digest-mismatch",
    "a subject without a digest that is read",
    "Absent is not equal.",
    statement({ "/subject/0/digest": { sha1: "00" } }),
  ),
  believed(
    "a subject by SHA-512 alone",
    "As npm names its packages.",
    statement({ "/subject/0/digest": { sha512: sha512Hex(ARTIFACT) } }),
  ),
  believed(
    "a subject by SHA-512 alone, the artifact by SHA-512",
    "As npm names its packages.",
    about(
      { sha512: sha512Hex(ARTIFACT) },
      statement({ "/subject/0/digest": { sha512: sha512Hex(ARTIFACT) } }),
    ),
  ),
  believed(
    "a subject by SHA-512 beside one by SHA-256, the artifact by SHA-256",
    "What cannot be compared is not the artifact.",
    about(
      { sha256: encodeHex(sha256(ARTIFACT)) },
      statement({
        "/subject": [
          { digest: { sha512: sha512Hex(ARTIFACT) } },
          { digest: { sha256: encodeHex(sha256(ARTIFACT)) } },
        ],
      }),
    ),
  ),
  refused(
    "digest-mismatch",
    "a subject by another SHA-512",
    "It is about other bytes.",
    statement({ "/subject/0/digest": { sha512: sha512Hex(OTHER) } }),
  ),
  refused(
    "digest-mismatch",
    "a subject by the right SHA-512 and another SHA-256",
    "Where there is a SHA-256, it counts.",
    statement({ "/subject/0/digest": { sha256: encodeHex(sha256(OTHER)), sha512: sha512Hex(ARTIFACT) } }),
  ),
  refused(
    "artifact-digest-algorithm",
    "a subject by SHA-512 alone, the artifact by SHA-256",
    "The two cannot be compared.",
    about(
      { sha256: encodeHex(sha256(ARTIFACT)) },
      statement({ "/subject/0/digest": { sha512: sha512Hex(ARTIFACT) } }),
    ),
  ),
  refused(
    "digest-mismatch",
    "a subject by SHA-512 beside another by SHA-256, the artifact by SHA-256",
    "What can be compared is another file.",
    about(
      { sha256: encodeHex(sha256(ARTIFACT)) },
      statement({
        "/subject": [
          { digest: { sha512: sha512Hex(ARTIFACT) } },
          { digest: { sha256: encodeHex(sha256(OTHER)) } },
        ],
      }),
    ),
  ),
  refused(
    "artifact-digest-algorithm",
    "a statement, the artifact by SHA-512",
    "Subjects are compared by SHA-256.",
    about({ sha512: encodeHex(hash("sha512", ARTIFACT)) }, { bundle: ENVELOPE }),
  ),
  refused(
    "not-hex",
    "a subject whose digest is cut short",
    "A SHA-256 digest has 64 digits.",
    statement({ "/subject/0/digest/sha256": encodeHex(sha256(ARTIFACT)).slice(0, 62) }),
  ),
  refused(
    "statement-payload-type",
    "a payload of another type",
    "It is no in-toto statement.",
    payload(new TextDecoder().decode(statementOf()), "application/json"),
  ),
  refused(
    "statement-payload-type",
    "a payload of the type in capitals",
    "Types are equal byte by byte.",
    payload(new TextDecoder().decode(statementOf()), IN_TOTO.toUpperCase()),
  ),
  refused(
    "unsupported",
    "a statement of another type",
    "in-toto version 0.1 is not accepted.",
    statement({ "/_type": "https://in-toto.io/Statement/v0.1" }),
  ),
  refused("not-json", "a payload that is no JSON", "A statement is JSON.", payload("statement")),
  refused(
    "duplicate-key",
    "a statement with a member twice",
    "Which of the two counts?",
    payload(new TextDecoder().decode(statementOf()).replace('"predicate":', '"subject":[],"predicate":')),
  ),
  refused(
    "missing-field",
    "an envelope without a signature",
    "Nobody signed it.",
    envelope({ "/dsseEnvelope/signatures": [] }),
  ),
  refused(
    "too-many",
    "an envelope with two signatures",
    "Whose is the certificate?",
    envelope({ "/dsseEnvelope/signatures/-": { sig: "AAAA" } }),
  ),
  refused(
    "log-entry-mismatch",
    "another payload",
    "The entry is about what was signed.",
    envelope({ "/dsseEnvelope/payload": base64(statementOf({ "/predicate": {} })) }),
  ),
  refused(
    "attestation-signature",
    "a signature by another key over the envelope",
    "Entry and timestamp are of this signature.",
    { bundle: { ...ENVELOPE, signature: stranger.sign(ARTIFACT) } },
  ),
  refused(
    "attestation-signature",
    "a signature over the payload itself",
    "DSSE signs the type too: over the payload alone it is not one of an envelope.",
    { bundle: { ...ENVELOPE, signature: ENVELOPE.signer.sign(statementOf()) } },
  ),
  refused(
    "attestation-signature",
    "a signature by another key over the envelope, in Rekor v1",
    "Entry and promise are of this signature.",
    { bundle: { ...inV1("dsse 0.0.1"), signature: stranger.sign(ARTIFACT) } },
  ),
];

const keys: readonly Case[] = [
  believed("signed by a known key", "A message signature in Rekor v2.", {
    bundle: byKey(MESSAGE),
    verify: { signer: keySigner },
  }),
  believed("an envelope signed by a known key", "An in-toto statement in Rekor v2.", {
    bundle: byKey(ENVELOPE),
    verify: { signer: keySigner },
  }),
  believed("signed by a known key, in Rekor v1", "By the promise.", {
    bundle: byKey(inV1("hashedrekord 0.0.1")),
    verify: { signer: keySigner },
  }),
  believed("an envelope signed by a known key, in Rekor v1", "By the promise.", {
    bundle: byKey(inV1("dsse 0.0.1")),
    verify: { signer: keySigner },
  }),
  believed("an empty hint", "A hint is worth nothing by itself.", {
    bundle: { ...byKey(MESSAGE), changes: { [`${MATERIAL}/publicKey`]: {} } },
    verify: { signer: keySigner },
  }),
  believed("a known key at a time when no certificate lived", "A key has no window.", {
    bundle: { ...byKey(MESSAGE), timestamps: [{ ...STAMP, time: TOY_TIME + 5_000 }] },
    verify: { signer: keySigner },
  }),
  refused(
    "log-entry-mismatch",
    "signed by another key than the known one",
    "The entry is about the other one.",
    { bundle: byKey({ ...MESSAGE, signer: stranger }), verify: { signer: keySigner } },
  ),
  refused(
    "attestation-signature",
    "signed by another key than the entry says",
    "The entry is about the known key, which did not sign.",
    { bundle: { ...byKey(MESSAGE), signature: stranger.sign(ARTIFACT) }, verify: { signer: keySigner } },
  ),
  refused("timestamp-missing", "signed by a known key, without a time", "A key needs a time as well.", {
    bundle: { ...byKey(MESSAGE), timestamps: [] },
    verify: { signer: keySigner },
  }),
  refused(
    "signer-kind",
    "a certificate where a key is wanted",
    "Whoever trusts a key does not trust every identity, though its certificate be of that key.",
    { verify: { signer: keySigner } },
  ),
  refused("signer-kind", "a key where an identity is wanted", "A key has no identity.", {
    bundle: byKey(MESSAGE),
  }),
  refused("signer-kind", "a key where any identity is wanted", "A key has no identity.", {
    bundle: byKey(MESSAGE),
    verify: { signer: { kind: "any-identity" } },
  }),
  refused(
    "log-entry-mismatch",
    "a certificate in the entry, where the bundle has a key",
    "They must be the same.",
    {
      bundle: {
        ...MESSAGE,
        changes: { [`${MATERIAL}/certificate`]: ABSENT, [`${MATERIAL}/publicKey`]: { hint: "" } },
      },
      verify: { signer: keySigner },
    },
  ),
];

export const CONTENT_CASES = [...messages, ...envelopes, ...keys];
