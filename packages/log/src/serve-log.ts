// SPDX-License-Identifier: Apache-2.0
import {
  concat,
  encodeEntryBundle,
  entriesPath,
  ParseError,
  parseTilePath,
  TILE_WIDTH,
  type TileName,
  tilePath,
} from "@countermark/formats";
import { Hono } from "hono";
import { LogError } from "./failure.ts";
import type { Storage } from "./port.ts";
import { RELEASED_PATH } from "./release.ts";
import { readBundle, readTile } from "./tiles.ts";

const CHECKPOINT = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
const IMMUTABLE = "public, max-age=31536000, immutable";

/**
 * The routes of a log: `/checkpoint` (the released head), `/checkpoint/<size>`, `/checkpoint/sha256/<hex>`, `/tile/...`.
 * Tiles of sealed trees are there too: cosigners that read entries need them before the release.
 *
 * @spec c2sp.org/tlog-tiles
 */
export function serveLog(storage: Pick<Storage, "read">): Hono {
  const app = new Hono();
  app.get("/checkpoint", async () => answerWith(await storage.read(RELEASED_PATH), CHECKPOINT));
  app.get("/checkpoint/:size{[0-9]{1,16}}", async (c) =>
    answerWith(await storage.read(`checkpoints/${c.req.param("size")}`), CHECKPOINT),
  );
  app.get("/checkpoint/sha256/:digest{[0-9a-f]{64}}", async (c) =>
    answerWith(await storage.read(`checkpoints/sha256/${c.req.param("digest")}`), {
      ...CHECKPOINT,
      "cache-control": IMMUTABLE,
    }),
  );
  app.get("/tile/:path{.+}", async (c) => {
    const name = tileNameOf(`tile/${c.req.param("path")}`);
    const bytes = name === null ? null : await readNamed(storage, name);
    return answerWith(bytes, { "content-type": "application/octet-stream", "cache-control": IMMUTABLE });
  });
  return app;
}

function answerWith(bytes: Uint8Array | null, headers: Record<string, string>): Response {
  if (bytes === null) {
    return new Response("not found\n", {
      status: 404,
      headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
    });
  }
  return new Response(concat(bytes), { headers });
}

function tileNameOf(path: string): TileName | null {
  try {
    return parseTilePath(path);
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

/** The file, or the beginning of the full tile where the partial one was removed: they are the same bytes. */
async function readNamed(storage: Pick<Storage, "read">, name: TileName): Promise<Uint8Array | null> {
  const path =
    name.kind === "entries"
      ? entriesPath(name.index, name.width)
      : tilePath(name.level, name.index, name.width);
  const bytes = await storage.read(path);
  if (bytes !== null || name.width === TILE_WIDTH) return bytes;
  try {
    if (name.kind === "entries") return encodeEntryBundle(await readBundle(storage, name.index, name.width));
    return concat(...(await readTile(storage, name.level, name.index, name.width)));
  } catch (error) {
    if (error instanceof LogError && error.code === "not-found") return null;
    throw error;
  }
}
