// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import type { SignatureScheme } from "@countermark/verify";

/** CPU microseconds of one signature verification by `openssl speed`, by the name of {@link primitiveOf}. */
export type RawCosts = ReadonlyMap<string, number>;

/** What a table calls a primitive -> the algorithm of `openssl speed`, and the line that it prints. */
const PRIMITIVES = [
  ["P-256", "ecdsap256", /ecdsa \(nistp256\).*?([\d.]+)\s*$/m],
  ["P-384", "ecdsap384", /ecdsa \(nistp384\).*?([\d.]+)\s*$/m],
  ["Ed25519", "ed25519", /EdDSA \(Ed25519\).*?([\d.]+)\s*$/m],
] as const;

const CURVE_NAMES = { p256: "P-256", p384: "P-384", p521: "P-521" } as const;

/** Runs `openssl speed` for `seconds` on each primitive, on the core that this process is on. Null where there is no openssl. */
export function measureOpenssl(seconds: number): RawCosts | null {
  const names = PRIMITIVES.map(([, algorithm]) => algorithm);
  const run = spawnSync("openssl", ["speed", "-seconds", String(seconds), ...names], { encoding: "utf8" });
  if (run.status !== 0) return null;
  const costs = new Map<string, number>();
  for (const [name, , line] of PRIMITIVES) {
    const perSecond = Number(line.exec(run.stdout)?.[1]);
    if (perSecond > 0) costs.set(name, 1e6 / perSecond);
  }
  return costs;
}

/** What a table calls the scheme's primitive. */
export function primitiveOf(scheme: SignatureScheme): string {
  switch (scheme.kind) {
    case "ecdsa":
      return CURVE_NAMES[scheme.curve];
    case "ed25519":
    case "ed25519ph":
      return "Ed25519";
    case "rsa-pkcs1":
    case "rsa-pss":
      return "RSA";
    case "ml-dsa-44":
      return "ML-DSA-44";
  }
}

/** The cost of these primitives together; null when openssl did not measure one of them. */
export function sumOf(primitives: readonly string[], costs: RawCosts): number | null {
  let sum = 0;
  for (const primitive of primitives) {
    const cost = costs.get(primitive);
    if (cost === undefined) return null;
    sum += cost;
  }
  return sum;
}
