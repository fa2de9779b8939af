// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeEd25519Spki,
  encodeTrustedRoot,
  parseCertificate,
  parsePublicKey,
  parseTrustedRoot,
  parseUtf8,
  type TrustedRoot,
  utf8,
  windowContains,
} from "../../src/index.ts";
import { encodeSample } from "../x509/sample.ts";

const spki = encodeEd25519Spki(new Uint8Array(32).fill(1));
const root: TrustedRoot = {
  tlogs: [
    {
      baseUrl: "https://rekor.toy.test",
      publicKey: parsePublicKey(spki, "key"),
      keyDetails: "PKIX_ED25519",
      validFor: { start: 1_700_000_000, end: null },
      logId: new Uint8Array(32).fill(2),
      operator: "toy.test",
    },
  ],
  ctlogs: [],
  certificateAuthorities: [
    {
      uri: "https://fulcio.toy.test",
      certificates: [parseCertificate(encodeSample())],
      validFor: { start: 1_700_000_000, end: 1_800_000_000 },
      operator: "",
    },
  ],
  timestampAuthorities: [],
};
const json = JSON.parse(parseUtf8(encodeTrustedRoot(root), "test"));
const [log] = json.tlogs;
const [authority] = json.certificateAuthorities;
const encode = (change: object): Uint8Array => utf8(JSON.stringify({ ...json, ...change }));
const withLog = (change: object): Uint8Array => encode({ tlogs: [{ ...log, ...change }] });
const withKey = (change: object): Uint8Array => withLog({ publicKey: { ...log.publicKey, ...change } });
const withAuthority = (change: object): Uint8Array =>
  encode({ certificateAuthorities: [{ ...authority, ...change }] });

test("parseTrustedRoot: reads what was encoded", () => {
  assert.deepEqual(encodeTrustedRoot(parseTrustedRoot(encodeTrustedRoot(root))), encodeTrustedRoot(root));
});

test("parseTrustedRoot: a log whose kind of key is not known here is left out", () => {
  assert.deepEqual(parseTrustedRoot(withKey({ keyDetails: "ML_DSA_65" })).tlogs, []);
  assert.throws(() => parseTrustedRoot(withKey({ keyDetails: "PKIX_ECDSA_P256_SHA_256" })), {
    code: "malformed",
  });
});

test("parseTrustedRoot: operators, subjects, checkpoint key ids and nulls are let through", () => {
  parseTrustedRoot(withLog({ operator: "toy", checkpointKeyId: { keyId: "AgICAg==" } }));
  parseTrustedRoot(withLog({ operator: null, checkpointKeyId: null }));
  parseTrustedRoot(withAuthority({ operator: "toy", subject: { organization: "toy" } }));
  parseTrustedRoot(encode({ timestampAuthorities: undefined }));
});

test("parseTrustedRoot: a fraction of a second narrows the window to whole seconds inside it", () => {
  const validFor = { start: "2022-01-01T00:00:00.001Z", end: "2022-12-31T23:59:59.999Z" };
  const [parsed] = parseTrustedRoot(withKey({ validFor })).tlogs;
  assert.deepEqual(parsed?.validFor, { start: 1_640_995_201, end: 1_672_531_199 });
});

for (const [what, bytes, code] of [
  [
    "another media type",
    encode({ mediaType: "application/vnd.dev.sigstore.trustedroot.v0.2+json" }),
    "unsupported",
  ],
  ["an unknown field", encode({ extra: 1 }), "unknown-field"],
  ["a window without start", withKey({ validFor: { end: "2022-12-31T23:59:59Z" } }), "missing-field"],
  ["an empty window", withKey({ validFor: {} }), "missing-field"],
  [
    "a window that ends before it starts",
    withKey({ validFor: { start: "2022-01-01T00:00:01Z", end: "2022-01-01T00:00:00Z" } }),
    "out-of-range",
  ],
  ["a time in another zone", withKey({ validFor: { start: "2022-01-01T00:00:00+01:00" } }), "malformed"],
  ["a log id of 4 bytes", withLog({ logId: { keyId: "AgICAg==" } }), "out-of-range"],
  ["a log with another hash", withLog({ hashAlgorithm: "SHA2_512" }), "unsupported"],
  ["a log without key", withLog({ publicKey: undefined }), "missing-field"],
  ["a key that is none", withKey({ rawBytes: "AAAA" }), "not-der"],
  ["an empty chain", withAuthority({ certChain: { certificates: [] } }), "missing-field"],
  [
    "a chain of nine",
    withAuthority({ certChain: { certificates: Array(9).fill(authority.certChain.certificates[0]) } }),
    "too-many",
  ],
  ["an authority without window", withAuthority({ validFor: undefined }), "missing-field"],
] as const) {
  test(`parseTrustedRoot: ${what} is refused`, () => assert.throws(() => parseTrustedRoot(bytes), { code }));
}

test("windowContains: both ends are inside", () => {
  const window = { start: 10, end: 20 };
  assert.deepEqual(
    [9, 10, 20, 21].map((time) => windowContains(window, time)),
    [false, true, true, false],
  );
  assert.ok(windowContains({ start: 10, end: null }, 1_000_000));
});
