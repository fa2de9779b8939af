// SPDX-License-Identifier: Apache-2.0
// vectors/log/quorum.json
import { parsePolicy } from "@countermark/formats";
import { decideQuorum, quorumTimes } from "@countermark/verify";
import { type Cases, gives } from "../case.ts";

interface QuorumVector {
  readonly claim: string;
  readonly policy: string;
  readonly cosignatures: readonly { readonly name: string; readonly time: number }[];
  readonly isSatisfied: boolean;
  readonly times: { readonly tLo: number; readonly tHi: number } | null;
}

export const quorumCases: Cases = (file, crypto) =>
  (file as readonly QuorumVector[]).map(({ claim, policy, cosignatures, isSatisfied, times }) =>
    gives(claim, { isSatisfied, times }, () => {
      const parsed = parsePolicy(policy, (bytes) => crypto.sha256(bytes));
      return {
        isSatisfied: decideQuorum(parsed, new Set(cosignatures.map(({ name }) => name))),
        times: quorumTimes(parsed, cosignatures),
      };
    }),
  );
