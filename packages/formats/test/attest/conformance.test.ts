// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  attestationFromBundle,
  encodeAttestation,
  parseAttestation,
  parseBundle,
  parseFulcioExtensions,
  parseInTotoStatement,
  parseProvenance,
} from "../../src/index.ts";

const { CONFORMANCE_DIR } = process.env;
const beside = fileURLToPath(new URL("../../../../../shared/conformance", import.meta.url));
const dir = `${CONFORMANCE_DIR ?? beside}/pep740`;
const skip = existsSync(dir) ? false : `no conformance data in ${dir}`;
const files = skip === false ? readdirSync(dir).toSorted() : [];
const read = (name: string): Uint8Array => new Uint8Array(readFileSync(`${dir}/${name}`));

test("parseAttestation: published PEP 740 objects were found", { skip }, () => {
  assert.ok(files.filter((name) => name.endsWith(".attestation")).length >= 8);
});

for (const name of files.filter((file) => file.endsWith(".attestation"))) {
  test(`parseAttestation: ${name} is read, and encoded again without loss`, () => {
    const attestation = parseAttestation(read(name));
    assert.deepEqual(
      JSON.parse(Buffer.from(encodeAttestation(attestation)).toString()),
      JSON.parse(Buffer.from(read(name)).toString()),
    );
    const [subject] = parseInTotoStatement(attestation.statement).subjects;
    assert.ok(subject && name.startsWith(subject.name));
    if (files.includes(subject.name)) {
      const digest = new Uint8Array(createHash("sha256").update(read(subject.name)).digest());
      assert.deepEqual(subject.digest, { algorithm: "sha256", digest });
    }
    parseFulcioExtensions(attestation.certificate);
  });
}

for (const name of files.filter((file) => file.endsWith(".provenance"))) {
  test(`parseProvenance: ${name} is read`, () => {
    const [bundle] = parseProvenance(read(name)).bundles;
    assert.equal(bundle?.publisher.kind, "GitHub");
  });
}

for (const name of files.filter((file) => file.endsWith(".sigstore"))) {
  test(`attestationFromBundle: ${name} becomes an attestation`, () => {
    const attestation = attestationFromBundle(parseBundle(read(name), "0.2"));
    assert.deepEqual(
      encodeAttestation(parseAttestation(encodeAttestation(attestation))),
      encodeAttestation(attestation),
    );
  });
}
