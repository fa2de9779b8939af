// SPDX-License-Identifier: Apache-2.0
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
  attack,
  buildWheel,
  createSigningWorld,
  expectRefusal,
  keepCertificate,
  releaseJob,
  signByHand,
  toyProject,
  toyTrustDescription,
} from "@countermark/testkit";

attack(
  {
    by: "network",
    tries: "sends JSON with two members of one name: each of two readers believes another one",
    stoppedBy: "one parser reads every document from outside, and takes no name twice",
    noticedBy: "whoever reads the document",
    when: "before anything in it is believed",
  },
  async (t) => {
    const world = await createSigningWorld();
    t.after(() => world.close());
    const kept = await keepCertificate(world, await world.startJob(releaseJob("example/sampleproject")));
    const attestation = await signByHand(world, kept, buildWheel(toyProject("sampleproject", "1.0.0")));
    const publisher = { kind: "GitHub", json: { kind: "GitHub", repository: "example/sampleproject" } };
    const provenance = { bundles: [{ publisher, attestations: [attestation] }] };
    const documents: readonly (readonly [string, Uint8Array, (bytes: Uint8Array) => unknown])[] = [
      ["parseAttestation", encodeAttestation(attestation), parseAttestation],
      ["parseBundle", encodeBundle(bundleFromAttestation(attestation)), (bytes) => parseBundle(bytes, "0.1")],
      ["parseProvenance", encodeProvenance(provenance), parseProvenance],
      ["parseTrustedRoot", world.authority.trustedRoot(), parseTrustedRoot],
      ["parseTrust", toyTrustDescription(), (bytes) => parseTrust(bytes, nodeCrypto.sha256)],
    ];
    for (const [name, bytes, parse] of documents) {
      const text = new TextDecoder().decode(bytes);
      const [member = "", word = ""] = /"([^"]+)":/.exec(text) ?? [];
      const escaped = `"\\u${word.charCodeAt(0).toString(16).padStart(4, "0")}${word.slice(1)}":`;
      const refuse = (first: string): Promise<Error> => {
        const doubled = new TextEncoder().encode(`{${first}0,${text.slice(1)}`);
        return expectRefusal((async () => parse(doubled))(), "duplicate-key");
      };
      await t.test(`${name}: reads the document as it was made`, () => void parse(bytes));
      await t.test(`${name}: its first member a second time is refused`, async () => {
        const error = await refuse(member);
        if (name === "parseProvenance") t.saw("the reader", error.message);
      });
      await t.test(`${name}: the same member spelt with an escape is refused`, async () => {
        await refuse(escaped);
      });
    }
  },
);
