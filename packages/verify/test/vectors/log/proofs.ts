// SPDX-License-Identifier: Apache-2.0
// vectors/log/inclusion.json and vectors/log/consistency.json
import type { Sha256 } from "@countermark/formats";
import { verifyConsistency, verifyInclusion } from "@countermark/verify";
import { bytesOf, type Cases, gives, refuses } from "../case.ts";

interface Checked<T> {
  readonly accepted: readonly T[];
  readonly refused: readonly (T & { readonly code: string })[];
}

interface Inclusion {
  readonly claim: string;
  readonly leafHash: string;
  readonly index: number;
  readonly size: number;
  readonly root: string;
  readonly proof: readonly string[];
}

export const inclusionCases: Cases = (file, crypto) => {
  const sha256: Sha256 = (bytes) => crypto.sha256(bytes);
  return checked(file as Checked<Inclusion>, ({ leafHash, index, size, root, proof }) =>
    verifyInclusion(
      { leafHash: bytesOf(leafHash), index, size, root: bytesOf(root), proof: proof.map(bytesOf) },
      sha256,
    ),
  );
};

interface Consistency {
  readonly claim: string;
  readonly from: { readonly size: number; readonly root: string };
  readonly to: { readonly size: number; readonly root: string };
  readonly proof: readonly string[];
}

export const consistencyCases: Cases = (file, crypto) => {
  const sha256: Sha256 = (bytes) => crypto.sha256(bytes);
  const head = ({ size, root }: Consistency["from"]) => ({ size, root: bytesOf(root) });
  return checked(file as Checked<Consistency>, ({ from, to, proof }) =>
    verifyConsistency({ from: head(from), to: head(to), proof: proof.map(bytesOf) }, sha256),
  );
};

function checked<T extends { readonly claim: string }>(
  { accepted, refused }: Checked<T>,
  verify: (item: T) => void,
) {
  return [
    ...accepted.map((item) =>
      gives(item.claim, "ok", () => {
        verify(item);
        return "ok";
      }),
    ),
    ...refused.map((item) => refuses(item.claim, item.code, () => verify(item))),
  ];
}
