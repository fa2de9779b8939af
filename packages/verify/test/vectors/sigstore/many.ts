// SPDX-License-Identifier: Apache-2.0
// vectors/sigstore/many.json
import { parseBundle, parseTrustedRoot, utf8 } from "@countermark/formats";
import { prepareTrustedRoot, verifyBundles } from "@countermark/verify";
import { type Cases, gives } from "../case.ts";
import { type BundleVector, demandsOf, expected, provenBy } from "./bundles.ts";

interface ManyFile {
  readonly cases: readonly {
    readonly name: string;
    readonly trustedRoot: unknown;
    readonly items: readonly Pick<BundleVector, "bundle" | "verify" | "expect">[];
  }[];
}

export const manyCases: Cases = (file, crypto) => {
  const { cases } = file as ManyFile; // compared with what the generator makes
  const bytes = (value: unknown): Uint8Array => utf8(JSON.stringify(value));
  return cases.map(({ name, trustedRoot, items }) => {
    const find = async (): Promise<unknown> => {
      const root = await prepareTrustedRoot(parseTrustedRoot(bytes(trustedRoot)), crypto);
      const asked = items.map(({ bundle, verify }) => ({
        bundle: parseBundle(bytes(bundle), verify.oldest),
        demands: demandsOf(verify, crypto),
      }));
      const found: unknown[] = [];
      for await (const outcome of verifyBundles(asked, root, crypto)) {
        found.push(
          outcome.kind === "verified" ? provenBy(outcome.evidence, crypto) : { refused: outcome.error.code },
        );
      }
      return found;
    };
    const mistaken = items.find(({ expect }) => expect.mistake !== undefined);
    if (mistaken !== undefined) return expected(name, mistaken.expect, find);
    const wanted = items.map(({ expect }) =>
      expect.refused === undefined ? expect : { refused: expect.refused },
    );
    return gives(name, wanted, find);
  });
};
