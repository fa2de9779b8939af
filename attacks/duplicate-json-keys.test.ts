// SPDX-License-Identifier: Apache-2.0
// One object, two members of one name: each of two readers believes another one. Every JSON that comes from outside is refused.
import { after, test } from "node:test";
import {
  bundleFromAttestation,
  encodeAttestation,
  encodeBundle,
  encodeProvenance,
  parseAttestation,
  parseBundle,
  parseProvenance,
  parseTrust,
  parseTrustedRoot,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import {
  buildWheel,
  createSigningWorld,
  expectRefusal,
  keepCertificate,
  releaseJob,
  signByHand,
  toyProject,
  toyTrustDescription,
} from "@countermark/testkit";

const world = await createSigningWorld();
after(() => world.close());
const kept = await keepCertificate(world, await world.startJob(releaseJob("example/sampleproject")));
const attestation = await signByHand(world, kept, buildWheel(toyProject("sampleproject", "1.0.0")));
const publisher = { kind: "GitHub", json: { kind: "GitHub", repository: "example/sampleproject" } };

const DOCUMENTS: readonly (readonly [string, Uint8Array, (bytes: Uint8Array) => unknown])[] = [
  ["parseAttestation", encodeAttestation(attestation), parseAttestation],
  ["parseBundle", encodeBundle(bundleFromAttestation(attestation)), (bytes) => parseBundle(bytes, "0.1")],
  [
    "parseProvenance",
    encodeProvenance({ bundles: [{ publisher, attestations: [attestation] }] }),
    parseProvenance,
  ],
  ["parseTrustedRoot", world.authority.trustedRoot(), parseTrustedRoot],
  ["parseTrust", toyTrustDescription(), (bytes) => parseTrust(bytes, nodeCrypto.sha256)],
];

for (const [name, bytes, parse] of DOCUMENTS) {
  test(`${name}: reads the document as it was made`, () => void parse(bytes));

  test(`${name}: its first member a second time is refused`, async () => {
    const text = new TextDecoder().decode(bytes);
    const [member = ""] = /"[^"]+":/.exec(text) ?? [];
    const doubled = new TextEncoder().encode(`{${member}0,${text.slice(1)}`);
    await expectRefusal((async () => parse(doubled))(), "duplicate-key");
  });

  test(`${name}: the same member spelt with an escape is refused`, async () => {
    const text = new TextDecoder().decode(bytes);
    const [, member = ""] = /"([^"]+)":/.exec(text) ?? [];
    const escaped = `\\u${member.charCodeAt(0).toString(16).padStart(4, "0")}${member.slice(1)}`;
    const doubled = new TextEncoder().encode(`{"${escaped}":0,${text.slice(1)}`);
    await expectRefusal((async () => parse(doubled))(), "duplicate-key");
  });
}
