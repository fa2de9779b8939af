// SPDX-License-Identifier: Apache-2.0
import {
  ATTESTATION_BYTES_MAX,
  BUNDLE_BYTES_MAX,
  PROVENANCE_BYTES_MAX,
  PUBLISHER_BYTES_MAX,
  parseAttestation,
  parseBundle,
  parseProvenance,
  parsePublisher,
  parseTrust,
  parseTrustedRoot,
  TRUST_BYTES_MAX,
  TRUSTED_ROOT_BYTES_MAX,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { attack, expectRefusal } from "@countermark/testkit";

const PARSERS: readonly (readonly [string, number, (bytes: Uint8Array) => unknown])[] = [
  ["parseAttestation", ATTESTATION_BYTES_MAX, parseAttestation],
  ["parseBundle", BUNDLE_BYTES_MAX, (bytes) => parseBundle(bytes, "0.1")],
  ["parseProvenance", PROVENANCE_BYTES_MAX, parseProvenance],
  ["parsePublisher", PUBLISHER_BYTES_MAX, parsePublisher],
  ["parseTrust", TRUST_BYTES_MAX, (bytes) => parseTrust(bytes, nodeCrypto.sha256)],
  ["parseTrustedRoot", TRUSTED_ROOT_BYTES_MAX, parseTrustedRoot],
];

attack(
  {
    by: "network",
    tries: "sends documents that are too long, or nested too deep, to exhaust whoever reads them",
    stoppedBy: "every format has a limit of length and of depth, looked at first",
    noticedBy: "whoever reads the document",
    when: "before any of its content costs memory or stack",
  },
  async (t) => {
    for (const [name, bytesMax, parse] of PARSERS) {
      const refuse = (text: string, code: string): Promise<Error> =>
        expectRefusal((async () => parse(new TextEncoder().encode(text)))(), code);
      await t.test(`${name}: one byte over its limit is refused for its length`, async () => {
        const error = await refuse(`{"a":"${"x".repeat(bytesMax)}"}`, "too-large");
        if (name === "parseProvenance") t.saw("the reader", error.message);
      });
      await t.test(`${name}: as many brackets as fit are refused for their depth`, async () => {
        const half = Math.floor((bytesMax - 6) / 2);
        const error = await refuse(`{"a":${"[".repeat(half)}${"]".repeat(half)}}`, "too-deep");
        if (name === "parseProvenance") t.saw("the reader", error.message);
      });
    }
  },
);
