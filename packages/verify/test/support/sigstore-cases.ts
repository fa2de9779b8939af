// SPDX-License-Identifier: Apache-2.0
import { conformanceDir, hasConformance, listConformance, readConformance } from "./conformance.ts";

/** One published case: which bundle must be believed or refused, of which artifact, signed by whom, under which root. */
export type SigstoreCase = {
  readonly name: string;
  readonly mustFail: boolean;
  /** Paths. `trustedRoot` null: the public instance's. */
  readonly bundle: string;
  readonly artifact: string;
  readonly trustedRoot: string | null;
  readonly signer:
    | { readonly kind: "key"; readonly key: string }
    | { readonly kind: "identity"; readonly name: string; readonly issuer: string };
};

const CASES = "sigstore/bundle-verify";
const IDENTITY =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
const ISSUER = "https://token.actions.githubusercontent.com";

/** Every case of the published suite; none when its data is absent. @spec github.com/sigstore/sigstore-conformance */
export function listSigstoreCases(): readonly SigstoreCase[] {
  return listConformance(CASES)
    .filter((name) => hasConformance(`${CASES}/${name}/bundle.sigstore.json`))
    .map(sigstoreCase);
}

function sigstoreCase(name: string): SigstoreCase {
  const has = (file: string): boolean => hasConformance(`${CASES}/${name}/${file}`);
  const path = (file: string): string => `${conformanceDir}/${CASES}/${name}/${file}`;
  const text = (file: string, absent: string): string =>
    has(file) ? new TextDecoder().decode(readConformance(`${CASES}/${name}/${file}`)).trim() : absent;
  return {
    name,
    mustFail: name.endsWith("_fail"),
    bundle: path("bundle.sigstore.json"),
    artifact: has("artifact") ? path("artifact") : `${conformanceDir}/${CASES}/a.txt`,
    trustedRoot: has("trusted_root.json") ? path("trusted_root.json") : null,
    signer: has("key.pub")
      ? { kind: "key", key: path("key.pub") }
      : { kind: "identity", name: text("identity", IDENTITY), issuer: text("issuer", ISSUER) },
  };
}
