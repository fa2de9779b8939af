// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  derNull,
  EXTENDED_KEY_USAGE_OIDS,
  encodeBasicConstraints,
  encodeExtendedKeyUsage,
  encodeExtension,
  encodeKeyUsage,
  encodeName,
} from "@countermark/formats";
import { prepareTrustedRoot } from "../../src/sigstore/trusted-root.ts";
import { testCrypto } from "../support/node-crypto.ts";
import { sha256, TOY_KEYS, withExtension } from "../support/toy-certificates.ts";
import { makeWorld, soundPlan, type ToyPlan } from "../support/toy-sigstore.ts";

const plan = soundPlan();
const { stranger, leaf } = TOY_KEYS;
const { timeStamping } = EXTENDED_KEY_USAGE_OIDS;
const NOTHING = new Uint8Array(0);
const criticalUnknown = { unknown: encodeExtension("1.2.3.4", "critical", derNull()) };

/** Trusted roots that contradict themselves. */
const badRoots: readonly (readonly [string, Partial<ToyPlan>, string])[] = [
  [
    "an intermediate signed by a stranger",
    { intermediate: { ...plan.intermediate, signer: stranger } },
    "authority-signature",
  ],
  ["a root that a stranger signed", { root: { ...plan.root, signer: stranger } }, "authority-signature"],
  [
    "a timestamp authority that a stranger signed",
    { tsaLeaf: { ...plan.tsaLeaf, signer: stranger } },
    "authority-signature",
  ],
  [
    "an intermediate of another issuer",
    { intermediate: { ...plan.intermediate, issuer: encodeName({ commonName: "x" }) } },
    "authority-name",
  ],
  [
    "a root that is not self-issued",
    { root: { ...plan.root, issuer: encodeName({ commonName: "x" }) } },
    "authority-name",
  ],
  [
    "an intermediate that says it is no authority",
    {
      intermediate: withExtension(plan.intermediate, {
        basicConstraints: encodeBasicConstraints(false, null),
      }),
    },
    "authority-not-ca",
  ],
  [
    "an intermediate that is no authority",
    { intermediate: withExtension(plan.intermediate, { basicConstraints: NOTHING }) },
    "authority-not-ca",
  ],
  [
    "a root that allows no intermediate",
    { root: withExtension(plan.root, { basicConstraints: encodeBasicConstraints(true, 0) }) },
    "authority-path-length",
  ],
  [
    "an intermediate that may not sign certificates",
    { intermediate: withExtension(plan.intermediate, { keyUsage: encodeKeyUsage(["digitalSignature"]) }) },
    "authority-key-usage",
  ],
  [
    "an intermediate for another purpose",
    {
      intermediate: withExtension(plan.intermediate, {
        extendedKeyUsage: encodeExtendedKeyUsage("not-critical", [timeStamping]),
      }),
    },
    "authority-extended-key-usage",
  ],
  [
    "an authority with an unknown critical extension",
    { root: withExtension(plan.root, criticalUnknown) },
    "certificate-critical-extension",
  ],
  [
    "a timestamp authority whose purpose is not critical",
    {
      tsaLeaf: withExtension(plan.tsaLeaf, {
        extendedKeyUsage: encodeExtendedKeyUsage("not-critical", [timeStamping]),
      }),
    },
    "certificate-extended-key-usage",
  ],
  [
    "a timestamp authority that is an authority",
    { tsaLeaf: withExtension(plan.tsaLeaf, { basicConstraints: encodeBasicConstraints(true, null) }) },
    "certificate-is-authority",
  ],
  [
    "a timestamp authority with another key usage",
    { tsaLeaf: withExtension(plan.tsaLeaf, { keyUsage: encodeKeyUsage(["keyCertSign"]) }) },
    "certificate-key-usage",
  ],
];

for (const [what, change, code] of badRoots) {
  test(`prepareTrustedRoot: ${what} is refused`, async () => {
    await assert.rejects(prepareTrustedRoot(makeWorld({ ...plan, ...change }).root, testCrypto), { code });
  });
}

test("prepareTrustedRoot: a sound root is prepared", async () => {
  const prepared = await prepareTrustedRoot(makeWorld(plan).root, testCrypto);
  assert.deepEqual(prepared.transparencyLogs[0]?.names, ["rekor.toy.test"]);
});

test("prepareTrustedRoot: a log's path is not part of its name, and its port may be", async () => {
  const { root } = makeWorld(plan);
  const tlogs = root.tlogs.map((log) => ({ ...log, baseUrl: "http://rekor.toy.test:8080/log/" }));
  const prepared = await prepareTrustedRoot({ ...root, tlogs }, testCrypto);
  assert.deepEqual(prepared.transparencyLogs[0]?.names, ["rekor.toy.test", "rekor.toy.test:8080"]);
});

test("prepareTrustedRoot: a log without a host is refused", async () => {
  const { root } = makeWorld(plan);
  const tlogs = root.tlogs.map((log) => ({ ...log, baseUrl: "rekor.toy.test" }));
  await assert.rejects(prepareTrustedRoot({ ...root, tlogs }, testCrypto), { code: "malformed" });
});

test("prepareTrustedRoot: a log whose key is not of the kind its details say is refused", async () => {
  const { root } = makeWorld(plan);
  const publicKey = { kind: "rsa", bits: 2048, modulus: NOTHING, spki: NOTHING } as const;
  const tlogs = root.tlogs.map((log) => ({ ...log, publicKey, logId: sha256(NOTHING) }));
  await assert.rejects(prepareTrustedRoot({ ...root, tlogs }, testCrypto), { code: "malformed" });
});

test("prepareTrustedRoot: a log under an id that is not of its key is refused", async () => {
  const { root } = makeWorld(plan);
  for (const kind of ["tlogs", "ctlogs"] as const) {
    const changed = { ...root, [kind]: root[kind].map((log) => ({ ...log, logId: sha256(leaf.spki) })) };
    await assert.rejects(prepareTrustedRoot(changed, testCrypto), { code: "log-id-mismatch" });
  }
});
