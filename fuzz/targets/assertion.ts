// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import {
  type Assertion,
  type AssertionAsked,
  concat,
  digestBytes,
  keyRecordSpki,
  parseAssertion,
  parseHex,
  parsePasskeySpki,
  u8,
  u32,
  utf8,
  webauthnClientData,
} from "@countermark/formats";
import { canonical } from "../oracles.ts";
import { vectors } from "../seeds.ts";
import { expectBytes, row, type Target } from "../target.ts";

interface Recorded {
  readonly spki: string;
  readonly salt: string;
  readonly challenge: string;
  readonly clientData: string;
  readonly authenticatorData: string;
  readonly signature: string;
}

const FILE = new URL("../../vectors/ledger/assertions.json", import.meta.url);
const { closed, open, webOrigin, rpIdHash } = JSON.parse(readFileSync(FILE, "utf8")) as {
  webOrigin: string;
  rpIdHash: string;
  closed: readonly [Recorded, ...Recorded[]];
  open: readonly Recorded[];
}; // one of ours

/** What was asked when the first vector was recorded. */
const ASKED: AssertionAsked = {
  webOrigin,
  rpIdHash,
  challenge: bytesOf(closed[0].challenge),
  key: parsePasskeySpki(bytesOf(closed[0].spki)),
  salt: closed[0].salt,
};

export const ASSERTION_TARGETS: readonly Target[] = [
  row({
    name: "assertion",
    bytesMax: 2_048,
    seeds: () => [...closed, ...open].map(framed),
    read: (input) => ({ ...partsOf(input), consent: parseAssertion(partsOf(input), ASKED) }),
    accepted: ({ authenticatorData, clientData, consent }) => {
      const { flags, counter, form } = consent;
      const data = concat(digestBytes(ASKED.rpIdHash), u8(flags), u32(counter));
      expectBytes(data, authenticatorData, "authenticator data is what a reader rebuilds");
      const rebuilt = webauthnClientData(form, ASKED.challenge, ASKED.webOrigin) ?? utf8("");
      expectBytes(rebuilt, clientData, "client data is what a reader rebuilds");
    },
  }),
  row({
    name: "passkey-spki",
    bytesMax: 1_024,
    seeds: () => vectors("assertions.json", "", "spki"),
    read: parsePasskeySpki,
    accepted: canonical(keyRecordSpki),
  }),
];

/** `u8 n || signature (n bytes) || u8 m || authenticator data (m bytes) || client data` */
function framed({ signature, authenticatorData, clientData }: Recorded): Uint8Array {
  const parts = [signature, authenticatorData].map(bytesOf);
  return concat(...parts.flatMap((part) => [u8(part.length), part]), utf8(clientData));
}

function partsOf(input: Uint8Array): Assertion {
  const [n = 0] = input;
  const rest = input.subarray(1 + n);
  const [m = 0] = rest;
  return {
    signature: input.subarray(1, 1 + n),
    authenticatorData: rest.subarray(1, 1 + m),
    clientData: rest.subarray(1 + m),
  };
}

function bytesOf(hex: string): Uint8Array {
  return parseHex(hex, hex.length / 2, "recorded bytes");
}
