// SPDX-License-Identifier: Apache-2.0
// Documents that are too long or nested too deep: refused before any of their content costs memory or stack.
import { test } from "node:test";
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
import { expectRefusal } from "@countermark/testkit";

const PARSERS: readonly (readonly [string, number, (bytes: Uint8Array) => unknown])[] = [
  ["parseAttestation", ATTESTATION_BYTES_MAX, parseAttestation],
  ["parseBundle", BUNDLE_BYTES_MAX, (bytes) => parseBundle(bytes, "0.1")],
  ["parseProvenance", PROVENANCE_BYTES_MAX, parseProvenance],
  ["parsePublisher", PUBLISHER_BYTES_MAX, parsePublisher],
  ["parseTrust", TRUST_BYTES_MAX, (bytes) => parseTrust(bytes, nodeCrypto.sha256)],
  ["parseTrustedRoot", TRUSTED_ROOT_BYTES_MAX, parseTrustedRoot],
];

for (const [name, bytesMax, parse] of PARSERS) {
  test(`${name}: one byte over its limit is refused for its length`, async () => {
    const text = `{"a":"${"x".repeat(bytesMax)}"}`;
    await expectRefusal((async () => parse(new TextEncoder().encode(text)))(), "too-large");
  });

  test(`${name}: as many brackets as fit are refused for their depth`, async () => {
    const half = Math.floor((bytesMax - 6) / 2);
    const text = `{"a":${"[".repeat(half)}${"]".repeat(half)}}`;
    await expectRefusal((async () => parse(new TextEncoder().encode(text)))(), "too-deep");
  });
}
