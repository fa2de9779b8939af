// SPDX-License-Identifier: Apache-2.0
// vectors/sigstore/bundles.json: what a bundle is, and what it is about.
import { encodePem, utf8 } from "@countermark/formats";
import { believed, type Case, type Given, refused } from "./cases.ts";
import { certificateDer } from "./certificates.ts";
import { ABSENT, base64, type Changes, type Json } from "./json.ts";
import { unknownMembers } from "./unknown-members.ts";
import { type BundlePlan, bundleJson, ENVELOPE, IN_TOTO, inV1, MESSAGE, PLANS, V03 } from "./world.ts";

export const MATERIAL = "/verificationMaterial";

const OLDER = "application/vnd.dev.sigstore.bundle+json;version=";

const labelled = (mediaType: string, given: Partial<BundlePlan> = {}): Given => ({
  bundle: { ...inV1("dsse 0.0.1"), mediaType, ...given },
  verify: { oldest: "0.1" },
});

export const message = (changes: Changes): Given => ({ bundle: { ...MESSAGE, changes } });

export const envelope = (changes: Changes): Given => ({ bundle: { ...ENVELOPE, changes } });

export const payload = (text: string, type = IN_TOTO): Given => ({
  bundle: { ...ENVELOPE, content: { kind: "envelope", payload: utf8(text), type } },
});

export const hint = (algorithm: string, bytes: Uint8Array): Given =>
  message({ "/messageSignature/messageDigest": { algorithm, digest: base64(bytes) } });

const replaced = (from: string, to: string): Given => ({ text: (sound) => sound.replace(from, to) });

const rootRaw: Json = { rawBytes: base64(certificateDer(PLANS.root)) };

export const byKey = (bundle: BundlePlan): BundlePlan => ({ ...bundle, material: "public-key" });

const pem = encodePem("PUBLIC KEY", MESSAGE.signer.spki);

export const keySigner = { kind: "key", pem, rsaPadding: "pkcs1" } as const;

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

export const BUNDLE_CASES = [...unknown, ...versions, ...forms];
