// SPDX-License-Identifier: Apache-2.0
// vectors/sigstore/trusted-roots.json
import { encodeHex, parseTrustedRoot, utf8 } from "@countermark/formats";
import { prepareTrustedRoot } from "@countermark/verify";
import type { Cases } from "../case.ts";
import { type Expected, expected } from "./bundles.ts";

interface TrustedRootFile {
  readonly cases: readonly {
    readonly name: string;
    readonly trustedRoot?: unknown;
    readonly trustedRootText?: string;
    readonly expect: Expected;
  }[];
}

export const trustedRootCases: Cases = (file, crypto) => {
  const { cases } = file as TrustedRootFile; // compared with what the generator makes
  return cases.map(({ name, trustedRoot, trustedRootText, expect }) =>
    expected(name, expect, async () => {
      const bytes = utf8(trustedRootText ?? JSON.stringify(trustedRoot));
      const root = await prepareTrustedRoot(parseTrustedRoot(bytes), crypto);
      return {
        certificateAuthorities: root.certificateAuthorities.length,
        timestampAuthorities: root.timestampAuthorities.length,
        certificateLogs: root.ctLogs.map(({ logId }) => encodeHex(logId)),
        logs: root.transparencyLogs.map(({ logId, names }) => ({ logId: encodeHex(logId), names })),
      };
    }),
  );
};
