// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import {
  type Digest,
  encodeCanonicalJson,
  encodeHex,
  JSON_DEPTH_MAX,
  parseHex,
  parseJsonObject,
  utf8,
} from "@countermark/formats";
import { fileStorage, nodeCrypto, type Storage } from "@countermark/log";
import type { LedgerHead } from "@countermark/verify";
import type { Settings } from "../settings.ts";

/** A head that was verified on this machine before. */
export type RememberedHead = {
  readonly size: number;
  readonly root: Uint8Array;
  /** Unix seconds: the quorum had vouched for it by then. */
  readonly tLo: number;
};

/** The newest head of each ledger that this machine has verified, from one session to the next. */
export type HeadMemory = {
  /** @throws ParseError when what is kept cannot be read */
  recall(origin: string): Promise<RememberedHead | null>;
  /** Keeps `head` unless a newer one is kept by now. */
  keep(head: LedgerHead): Promise<void>;
};

const HEAD_BYTES_MAX = 1_024;

/** One file for each ledger in `storage`, named by the digest of its origin: origins are strangers' text. */
export function createHeadMemory(storage: Pick<Storage, "read" | "replace">): HeadMemory {
  const recall = async (origin: string): Promise<RememberedHead | null> => {
    const bytes = await storage.read(pathOf(origin));
    return bytes === null ? null : parseRemembered(bytes);
  };
  return {
    recall,
    keep: async ({ checkpoint }) => {
      const { origin, size, root, tLo } = checkpoint;
      const known = await recall(origin);
      if (known !== null && (known.size > size || (known.size === size && known.tLo >= tLo))) return;
      await storage.replace(pathOf(origin), encodeCanonicalJson({ root: encodeHex(root), size, tLo }));
    },
  };
}

/** The memory of this user on this machine. */
export function openHeadMemory({ stateFolder }: Pick<Settings, "stateFolder">): HeadMemory {
  return createHeadMemory(fileStorage(join(stateFolder, "heads")));
}

function pathOf(origin: string): string {
  const digest: Digest = encodeHex(nodeCrypto.sha256(utf8(origin)));
  return `${digest}.json`;
}

function parseRemembered(bytes: Uint8Array): RememberedHead {
  const body = parseJsonObject(
    bytes,
    { bytesMax: HEAD_BYTES_MAX, depthMax: JSON_DEPTH_MAX },
    "remembered head",
  );
  const whole = { min: 0, max: Number.MAX_SAFE_INTEGER };
  const root = parseHex(body.text("root", { charsMax: 64 }), 32, "root");
  const head = { root, size: body.integer("size", whole), tLo: body.integer("tLo", whole) };
  body.end();
  return head;
}
