// SPDX-License-Identifier: Apache-2.0
// A vector being made: a good repository, a client without a cache, and one change.
import assert from "node:assert/strict";
import { encodeHex, utf8 } from "@countermark/formats";
import type { TufMode } from "@countermark/verify";
import { testCrypto } from "../../support/node-crypto.ts";
import { tufCases } from "../../vectors/tuf/steps.ts";
import { NOW, servedBy, type ToyFile, type ToyRepository, toyRepository, toyText } from "./toy-repository.ts";

type Content = ToyFile | string;

export interface Draft {
  repo: ToyRepository;
  /** The trusted files by role, and roots as `<version>.root`. */
  cached: Record<string, Content>;
  /** Beside what `repo` serves; null takes a file away. */
  served: Record<string, Content | null>;
  time: number;
  mode: TufMode;
  rootUpdatesMax: number;
  searchRolesMax: number;
  targets: string[];
}

/** One change to a good repository and an empty cache. */
export type Change = (draft: Draft) => void;

/** [claim, the code that refuses it or null, the change]. */
export type Row = readonly [name: string, refused: string | null, change: Change];

/** The content of one file of vectors/tuf: what each row asks for is found out, whether it is refused is not. */
export async function tufFile(about: string, rows: readonly Row[]) {
  const texts: Record<string, string> = {};
  const cases: object[] = [];
  for (const [name, refused, change] of rows) {
    const vector = vectorOf(name, change, (content) => {
      const text = typeof content === "string" ? content : toyText(content);
      const id = encodeHex(testCrypto.sha256(utf8(text))).slice(0, 12);
      texts[id] = text;
      return id;
    });
    const answer = await answerTo(vector, texts);
    assert.equal(answer.refused ?? null, refused, `${name}: ${JSON.stringify(answer)}`);
    cases.push({ ...vector, wanted: answer });
  }
  return { about, texts, cases };
}

function vectorOf(name: string, change: Change, textId: (content: Content) => string) {
  const draft: Draft = {
    repo: toyRepository(),
    cached: {},
    served: {},
    time: NOW,
    mode: { kind: "online" },
    rootUpdatesMax: 8,
    searchRolesMax: 8,
    targets: [],
  };
  change(draft);
  const { repo, cached, served, ...settings } = draft;
  const [root] = repo.roots;
  assert.ok(root !== undefined);
  const ids = (files: Readonly<Record<string, Content | null>>) => {
    const there = Object.entries(files).filter((entry): entry is [string, Content] => entry[1] !== null);
    return Object.fromEntries(there.map(([path, content]) => [path, textId(content)]));
  };
  return {
    name,
    ...settings,
    root: textId(root),
    served: ids({ ...servedBy(repo), ...served }),
    cached: ids(cached),
  };
}

async function answerTo(vector: object, texts: object): Promise<{ readonly refused?: string }> {
  const [asked] = tufCases({ texts, cases: [{ ...vector, wanted: null }] }, testCrypto);
  return (await asked?.find()) as { refused?: string }; // as the runner makes it
}
