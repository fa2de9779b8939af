// SPDX-License-Identifier: Apache-2.0
// Attestations that an index serves today, against the trusted root of the public instance.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAttestation, parseProvenance, parseTrustedRoot } from "@countermark/formats";
import { verifyAttestation } from "../../src/attest/attestation.ts";
import { prepareTrustedRoot } from "../../src/sigstore/trusted-root.ts";
import { conformanceSkip, hasConformance, listConformance, readConformance } from "../support/conformance.ts";
import { testCrypto } from "../support/node-crypto.ts";

const FOLDER = "pep740";
/** Signed with the staging instance, whose keys the public trusted root does not hold. */
const STAGING = new Set(["rfc8785-0.1.2-py3-none-any.whl.publish.attestation"]);
const ENDING = /\.(publish|slsa)\.attestation$/;

async function verifyPublished(name: string, fileName: string) {
  const root = await prepareTrustedRoot(
    parseTrustedRoot(readConformance("trust/trusted_root.json")),
    testCrypto,
  );
  const file = { filename: fileName, sha256: testCrypto.sha256(readConformance(`${FOLDER}/${fileName}`)) };
  const bytes = readConformance(`${FOLDER}/${name}`);
  const attestations = name.endsWith(".provenance")
    ? parseProvenance(bytes).bundles.flatMap((bundle) => bundle.attestations)
    : [parseAttestation(bytes)];
  return await Promise.all(
    attestations.map((attestation) => verifyAttestation(attestation, file, root, testCrypto)),
  );
}

for (const name of listConformance(FOLDER)) {
  const fileName = name.replace(ENDING, "").replace(/\.provenance$/, "");
  if (fileName === name || !hasConformance(`${FOLDER}/${fileName}`)) continue;
  if (STAGING.has(name)) {
    test(`verifyAttestation: ${name}, of another instance, is refused`, async () => {
      await assert.rejects(verifyPublished(name, fileName), { code: "log-unknown" });
    });
    continue;
  }
  test(`verifyAttestation: ${name} is believed, and says who vouches for its signer`, async () => {
    const found = await verifyPublished(name, fileName);
    assert.ok(found.length > 0);
    for (const { claims } of found) assert.match(claims.issuer ?? "", /^https:\/\//);
  });
  test(`verifyAttestation: ${name} beside another file is refused`, async () => {
    const other = listConformance(FOLDER).find((file) => /\.(whl|gz)$/.test(file) && file !== fileName);
    await assert.rejects(verifyPublished(name, other ?? ""), { name: "VerifyError" });
  });
}

test("verifyAttestation: published attestations were found", { skip: conformanceSkip }, () => {
  assert.ok(listConformance(FOLDER).length >= 10);
});
