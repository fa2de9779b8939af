// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseBundle, parseTrustedRoot } from "@countermark/formats";
import { verifyBundle } from "../../src/sigstore/bundle.ts";
import { prepareTrustedRoot } from "../../src/sigstore/trusted-root.ts";
import { conformanceSkip, hasConformance, listConformance, readConformance } from "../support/conformance.ts";
import { testCrypto } from "../support/node-crypto.ts";

const CASES = "sigstore/bundle-verify";
const IDENTITY =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
const ISSUER = "https://token.actions.githubusercontent.com";

/** Bundles of Rekor v1, of versions before 0.3, or by a bare key: refused here, whatever upstream says of them. */
const NOT_ACCEPTED = new Map([
  ["happy-path-intoto-in-dsse-v3", "log-entry-unsupported"],
  ["happy-path-v0.1", "unsupported"],
  ["happy-path-v0.2", "unsupported"],
  ["happy-path-v0.3", "log-entry-unsupported"],
  ["happy-path-v0.3-new-mediaType", "log-entry-unsupported"],
  ["intoto-with-custom-trust-root", "unsupported"],
  ["managed-key-and-trusted-root", "unsupported"],
  ["managed-key-happy-path", "unsupported"],
  ["trust-root-tlog-validity-end-inclusive", "unsupported"],
]);

/** What one thing is wrong in those that upstream says must fail, where Rekor v2 is used. */
const CODES = new Map([
  ["rekor2-checkpoint-missing-log-signature_fail", "malformed"],
  ["rekor2-checkpoint-missing-origin_fail", "malformed"],
  ["rekor2-checkpoint-missing-root-hash_fail", "malformed"],
  ["rekor2-checkpoint-missing-size_fail", "malformed"],
  ["rekor2-checkpoint-no-matching-signature_fail", "checkpoint-origin"],
  ["rekor2-dsse-invalid-sig_fail", "log-entry-mismatch"],
  ["rekor2-dsse-mismatch-envelope_fail", "log-entry-mismatch"],
  ["rekor2-dsse-mismatch-sig_fail", "log-entry-mismatch"],
  ["rekor2-no-inclusion-proof_fail", "missing-field"],
  ["rekor2-no-timestamp_fail", "timestamp-missing"],
  ["rekor2-timestamp-outside-trust-root-tsa-validity_fail", "authority-outside-window"],
  ["rekor2-timestamp-outside-tsa-cert-validity_fail", "authority-expired"],
  ["rekor2-timestamp-payload-mismatch_fail", "timestamp-imprint"],
  ["rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail", "missing-field"],
  ["rekor2-timestamp-untrusted-tsa-without-embedded-cert_fail", "missing-field"],
  ["rekor2-timestamp-with-incorrect-time_fail", "not-base64"],
  ["trust-root-tlog-missing-validity-start_fail", "missing-field"],
]);

for (const name of listConformance(CASES).filter((entry) =>
  hasConformance(`${CASES}/${entry}/bundle.sigstore.json`),
)) {
  const refusedHere = NOT_ACCEPTED.get(name);
  if (name.endsWith("_fail")) {
    test(`verifyBundle: ${name} is refused`, async () => {
      const code = CODES.get(name);
      await assert.rejects(verifyCase(name), code === undefined ? hasCode : { code });
    });
  } else if (refusedHere !== undefined) {
    test(`verifyBundle: ${name} is not accepted yet (${refusedHere})`, async () => {
      await assert.rejects(verifyCase(name), { code: refusedHere });
    });
  } else {
    test(`verifyBundle: ${name} is believed`, async () => {
      const signing = await verifyCase(name);
      assert.equal(signing.claims.issuer, ISSUER);
      assert.deepEqual(signing.san, { kind: "uri", value: IDENTITY });
    });
  }
}

test("verifyBundle: the published cases were found", { skip: conformanceSkip }, () => {
  assert.ok(listConformance(CASES).filter((name) => name.startsWith("rekor2-")).length >= 25);
});

test("prepareTrustedRoot: the trusted root of the public instance is sound", {
  skip: conformanceSkip,
}, async () => {
  const root = await prepareTrustedRoot(
    parseTrustedRoot(readConformance("trust/trusted_root.json")),
    testCrypto,
  );
  assert.equal(root.certificateAuthorities.length, 2);
});

async function verifyCase(name: string) {
  const own = `${CASES}/${name}/trusted_root.json`;
  const rootPath = hasConformance(own) ? own : "trust/trusted_root.json";
  const root = await prepareTrustedRoot(parseTrustedRoot(readConformance(rootPath)), testCrypto);
  const bundle = parseBundle(readConformance(`${CASES}/${name}/bundle.sigstore.json`));
  const artifact = `${CASES}/${name}/artifact`;
  const bytes = readConformance(hasConformance(artifact) ? artifact : `${CASES}/a.txt`);
  return await verifyBundle(bundle, { kind: "bytes", bytes }, root, testCrypto);
}

/** Refused by a check or a parser, not by a mistake of ours. */
function hasCode(error: unknown): boolean {
  return error instanceof Error && "code" in error && ["ParseError", "VerifyError"].includes(error.name);
}
