// SPDX-License-Identifier: Apache-2.0
// vectors/sigstore/bundles.json: what a bundle is, and what it is about.
import { encodeHex, encodePem, utf8 } from "@countermark/formats";
import { sha256, TOY_KEYS, TOY_TIME } from "../../support/toy-certificates.ts";
import { believed, type Case, type Given, refused } from "./cases.ts";
import { certificateDer } from "./certificates.ts";
import { ABSENT, base64, type Changes, type Json } from "./json.ts";
import { hash } from "./stamps.ts";
import { unknownMembers } from "./unknown-members.ts";
import {
  ARTIFACT,
  type BundlePlan,
  bundleJson,
  ENVELOPE,
  IN_TOTO,
  inV1,
  MESSAGE,
  PLANS,
  STAMP,
  statementOf,
  V03,
} from "./world.ts";

const { stranger } = TOY_KEYS;
const OTHER = utf8("another wheel");
const MATERIAL = "/verificationMaterial";
const OLDER = "application/vnd.dev.sigstore.bundle+json;version=";

const labelled = (mediaType: string, given: Partial<BundlePlan> = {}): Given => ({
  bundle: { ...inV1("dsse 0.0.1"), mediaType, ...given },
  verify: { oldest: "0.1" },
});
const message = (changes: Changes): Given => ({ bundle: { ...MESSAGE, changes } });
const envelope = (changes: Changes): Given => ({ bundle: { ...ENVELOPE, changes } });
const statement = (changes: Changes): Given => ({
  bundle: { ...ENVELOPE, content: { kind: "envelope", payload: statementOf(changes), type: IN_TOTO } },
});
const payload = (text: string, type = IN_TOTO): Given => ({
  bundle: { ...ENVELOPE, content: { kind: "envelope", payload: utf8(text), type } },
});
const hint = (algorithm: string, bytes: Uint8Array): Given =>
  message({ "/messageSignature/messageDigest": { algorithm, digest: base64(bytes) } });
const about = (artifact: Readonly<Record<string, string>>, given: Given = {}): Given => ({
  ...given,
  verify: { artifact },
});
const replaced = (from: string, to: string): Given => ({ text: (sound) => sound.replace(from, to) });
const rootRaw: Json = { rawBytes: base64(certificateDer(PLANS.root)) };
const byKey = (bundle: BundlePlan): BundlePlan => ({ ...bundle, material: "public-key" });
const pem = encodePem("PUBLIC KEY", MESSAGE.signer.spki);
const keySigner = { kind: "key", pem, rsaPadding: "pkcs1" } as const;

const versions: readonly Case[] = [
  believed("version 0.1", "Where version 0.1 is accepted.", labelled(`${OLDER}0.1`)),
  believed(
    "version 0.1 with a chain",
    "Its issuers are not looked at.",
    labelled(`${OLDER}0.1`, { material: "chain" }),
  ),
  believed("version 0.2", "Where version 0.1 is the oldest.", labelled(`${OLDER}0.2`)),
  believed(
    "version 0.2 with a chain",
    "Its issuers are not looked at.",
    labelled(`${OLDER}0.2`, { material: "chain" }),
  ),
  believed("version 0.2, where it is the oldest", "The oldest is accepted.", {
    bundle: { ...MESSAGE, mediaType: `${OLDER}0.2` },
    verify: { oldest: "0.2" },
  }),
  believed("version 0.3", "In the spelling that is written now."),
  believed("version 0.3 in its older spelling", "With a parameter.", {
    bundle: { ...MESSAGE, mediaType: `${OLDER}0.3` },
  }),
  believed("version 0.3, where 0.1 is the oldest", "Newer ones are accepted.", { verify: { oldest: "0.1" } }),
  refused("unsupported", "version 0.2, where 0.3 is the oldest", "The media type is not signed.", {
    bundle: { ...MESSAGE, mediaType: `${OLDER}0.2` },
  }),
  refused(
    "unsupported",
    "version 0.9",
    "sigstore-js accepts it.",
    message({ "/mediaType": V03.replace("0.3", "0.9") }),
  ),
  refused(
    "unsupported",
    "another media type",
    "It is no bundle.",
    message({ "/mediaType": "application/json" }),
  ),
  refused("missing-field", "no media type", "It does not say what it is.", message({ "/mediaType": ABSENT })),
  refused("unsupported", "version 0.3 with a chain", "Version 0.3 has the signer's certificate alone.", {
    bundle: { ...MESSAGE, material: "chain" },
  }),
  refused(
    "malformed",
    "a root certificate in the chain",
    "Whom to believe is for the trusted root to say.",
    labelled(`${OLDER}0.1`, {
      material: "chain",
      changes: { [`${MATERIAL}/x509CertificateChain/certificates/-`]: rootRaw },
    }),
  ),
  refused(
    "missing-field",
    "an empty chain",
    "There is no signer.",
    labelled(`${OLDER}0.1`, {
      changes: {
        [`${MATERIAL}/certificate`]: ABSENT,
        [`${MATERIAL}/x509CertificateChain`]: { certificates: [] },
      },
    }),
  ),
  refused(
    "too-many",
    "a chain of nine certificates",
    "More than are read.",
    labelled(`${OLDER}0.1`, {
      changes: {
        [`${MATERIAL}/certificate`]: ABSENT,
        [`${MATERIAL}/x509CertificateChain`]: { certificates: Array.from({ length: 9 }, () => rootRaw) },
      },
    }),
  ),
  refused(
    "unsupported",
    "certificate and key",
    "There is one signer.",
    message({ [`${MATERIAL}/publicKey`]: { hint: "" } }),
  ),
  refused(
    "unsupported",
    "neither certificate nor key",
    "There is one signer.",
    message({ [`${MATERIAL}/certificate`]: ABSENT }),
  ),
];

const forms: readonly Case[] = [
  refused(
    "malformed",
    "envelope and message signature",
    "There is one content.",
    message({ "/dsseEnvelope": { payload: "", payloadType: IN_TOTO, signatures: [{ sig: "" }] } }),
  ),
  refused(
    "malformed",
    "neither envelope nor message signature",
    "There is one content.",
    message({ "/messageSignature": ABSENT }),
  ),
  refused(
    "duplicate-key",
    "a member twice",
    "Which of the two counts?",
    replaced('{"mediaType":', `{"mediaType":"${V03}","mediaType":`),
  ),
  refused(
    "duplicate-key",
    "the signature twice",
    "Which of the two counts?",
    replaced('"signature":', '"signature":"AAAA","signature":'),
  ),
  refused("not-json", "bytes after the bundle", "One JSON text.", { text: (sound) => `${sound}{}` }),
  refused(
    "too-deep",
    "a bundle nested deeper than 32",
    "GHSA-f83f-xpx7-ffpw of Fulcio: input of any size was read into memory.",
    replaced('{"mediaType":', `{"deep":${"[".repeat(40)}${"]".repeat(40)},"mediaType":`),
  ),
  refused("wrong-type", "a bundle that is a list", "A bundle is an object.", {
    text: (sound) => `[${sound}]`,
  }),
  believed("spaces around the bundle", "Of JSON, which does not mind them.", {
    text: (sound) => `\n ${sound}\n`,
  }),
  believed(
    "numbers that are numbers",
    "A protobuf number is a decimal string or a number.",
    message({ [`${MATERIAL}/tlogEntries/0/logIndex`]: 1 }),
  ),
  refused(
    "not-canonical",
    "a number with a leading zero",
    "Numbers have one spelling.",
    message({ [`${MATERIAL}/tlogEntries/0/logIndex`]: "01" }),
  ),
  refused(
    "not-canonical",
    "a number with an exponent",
    "Numbers have one spelling.",
    message({ [`${MATERIAL}/tlogEntries/0/logIndex`]: "1e0" }),
  ),
  refused(
    "not-canonical",
    "a number after a space",
    "Numbers have one spelling.",
    message({ [`${MATERIAL}/tlogEntries/0/logIndex`]: " 1" }),
  ),
  refused(
    "out-of-range",
    "a number below zero",
    "An index counts from 0.",
    message({ [`${MATERIAL}/tlogEntries/0/logIndex`]: "-1" }),
  ),
  refused(
    "out-of-range",
    "a number above 2^53-1",
    "Not every reader can hold it.",
    message({ [`${MATERIAL}/tlogEntries/0/logIndex`]: "9007199254740992" }),
  ),
  refused(
    "not-base64",
    "base64 without padding",
    "Base64 has one spelling.",
    message({ "/messageSignature/signature": "AAA" }),
  ),
  refused(
    "not-base64",
    "base64 of the other alphabet",
    "Base64 has one spelling.",
    message({ "/messageSignature/signature": "_-_-" }),
  ),
  refused(
    "not-base64",
    "base64 with a line feed",
    "Base64 has one spelling.",
    message({ "/messageSignature/signature": "AAAA\n" }),
  ),
  refused(
    "not-base64",
    "base64 whose last bits are not zero",
    "Base64 has one spelling.",
    message({ "/messageSignature/signature": "AAB=" }),
  ),
  refused(
    "out-of-range",
    "a log id of 31 bytes",
    "It is a SHA-256 digest.",
    message({ [`${MATERIAL}/tlogEntries/0/logId/keyId`]: base64(new Uint8Array(31)) }),
  ),
  refused(
    "missing-field",
    "no entries",
    "The list is absent.",
    message({ [`${MATERIAL}/tlogEntries`]: ABSENT }),
  ),
  believed(
    "members that are null",
    "In protobuf's JSON null is absent.",
    message({ [`${MATERIAL}/publicKey`]: null, [`${MATERIAL}/tlogEntries/0/inclusionPromise`]: null }),
  ),
];

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
    "a subject without SHA-256",
    "Absent is not equal.",
    statement({ "/subject/0/digest": { sha512: "00" } }),
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

const chained: BundlePlan = { ...inV1("dsse 0.0.1"), mediaType: `${OLDER}0.2`, material: "chain" };
const WHY = "What is not understood is not accepted.";
/** Together they have every object that a bundle may have. */
const unknown: readonly Case[] = [
  ...unknownMembers(bundleJson(MESSAGE)).map(([place, changes]) =>
    refused("unknown-field", `a member that nobody knows in ${place}`, WHY, message(changes)),
  ),
  ...unknownMembers(bundleJson(chained))
    .filter(([place]) => /Chain|Promise|dsse/.test(place))
    .map(([place, changes]) =>
      refused("unknown-field", `a member that nobody knows in ${place}`, WHY, {
        bundle: { ...chained, changes },
        verify: { oldest: "0.1" },
      }),
    ),
  refused("unknown-field", "a member that nobody knows beside the hint of a key", WHY, {
    bundle: { ...byKey(MESSAGE), changes: { [`${MATERIAL}/publicKey/extra`]: 1 } },
    verify: { signer: keySigner },
  }),
  refused("wrong-type", "a hint that is a number", "It is a string.", {
    bundle: { ...byKey(MESSAGE), changes: { [`${MATERIAL}/publicKey/hint`]: 1 } },
    verify: { signer: keySigner },
  }),
  refused(
    "wrong-type",
    "a key id that is a number",
    "It is a string.",
    envelope({ "/dsseEnvelope/signatures/0/keyid": 1 }),
  ),
  refused(
    "out-of-range",
    "a number below zero that is no string",
    "An index counts from 0.",
    message({ [`${MATERIAL}/tlogEntries/0/logIndex`]: -1 }),
  ),
  believed("numbers that are absent", "In protobuf's JSON absent is zero.", {
    bundle: {
      ...MESSAGE,
      entries: MESSAGE.entries.map((entry) => ({
        ...entry,
        treeSize: 2,
        index: 0,
        logIndex: 0,
        changes: { "/logIndex": ABSENT, "/inclusionProof/logIndex": ABSENT },
      })),
    },
  }),
];

export const BUNDLE_CASES = [...unknown, ...versions, ...forms, ...messages, ...envelopes, ...keys];
