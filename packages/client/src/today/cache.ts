// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  encodeHex,
  type JsonObject,
  ParseError,
  PROVENANCE_BYTES_MAX,
  parseJsonObject,
  SIMPLE_PAGE_BYTES_MAX,
  utf8,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";

/** An answer that was kept. */
export type Kept = {
  readonly url: string;
  /** Unix seconds: when the index last said that this is its answer. */
  readonly fetchedAt: number;
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly body: Uint8Array;
};

/** Answers of indexes on this machine. What cannot be read is not there. */
export type AnswerCache = {
  readPage(url: string): Promise<Kept | null>;
  writePage(kept: Kept): Promise<void>;
  /** By the SHA-256 of the file that it is about, whatever the index. */
  readProvenance(sha256: string): Promise<Kept | null>;
  writeProvenance(sha256: string, kept: Kept): Promise<void>;
};

const HEADER_BYTES_MAX = 16_384;
const URL_CHARS_MAX = 8_192;
const VALIDATOR_CHARS_MAX = 1_024;

/**
 * A cache in `folder`: each answer a file of one line of JSON and the body, which the line has the SHA-256 of. A write that was cut
 * short is no answer, and nothing is waited for until it is on the disk: what is lost is fetched again.
 */
export function openAnswerCache(folder: string): AnswerCache {
  const pagePath = (url: string): string => join(folder, "pages", encodeHex(nodeCrypto.sha256(utf8(url))));
  const provenancePath = (sha256: string): string => join(folder, "provenance", sha256);
  return {
    readPage: async (url) => {
      const kept = await readKept(pagePath(url), SIMPLE_PAGE_BYTES_MAX);
      return kept !== null && kept.url === url ? kept : null;
    },
    writePage: (kept) => writeKept(pagePath(kept.url), kept),
    readProvenance: (sha256) => readKept(provenancePath(sha256), PROVENANCE_BYTES_MAX),
    writeProvenance: (sha256, kept) => writeKept(provenancePath(sha256), kept),
  };
}

async function readKept(path: string, bytesMax: number): Promise<Kept | null> {
  const bytes = await readFile(path).catch(() => null);
  if (bytes === null) return null;
  const end = bytes.indexOf(0x0a);
  if (end < 0 || end > HEADER_BYTES_MAX || bytes.length - end - 1 > bytesMax) return null;
  const body = new Uint8Array(bytes.subarray(end + 1));
  try {
    const limits = { bytesMax: HEADER_BYTES_MAX, depthMax: 1 };
    return parseHeader(parseJsonObject(new Uint8Array(bytes.subarray(0, end)), limits, "cache"), body);
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

function parseHeader(header: JsonObject, body: Uint8Array): Kept | null {
  const sha256 = header.text("sha256", { charsMax: 64 });
  const kept = {
    url: header.text("url", { charsMax: URL_CHARS_MAX }),
    fetchedAt: header.integer("fetchedAt", { min: 0, max: Number.MAX_SAFE_INTEGER }),
    etag: header.textOrNull("etag", { charsMax: VALIDATOR_CHARS_MAX }),
    lastModified: header.textOrNull("lastModified", { charsMax: VALIDATOR_CHARS_MAX }),
    body,
  };
  header.end();
  return encodeHex(nodeCrypto.sha256(body)) === sha256 ? kept : null;
}

async function writeKept(path: string, { url, fetchedAt, etag, lastModified, body }: Kept): Promise<void> {
  const short = (text: string | null): string | null =>
    text === null || text.length > VALIDATOR_CHARS_MAX ? null : text;
  const sha256 = encodeHex(nodeCrypto.sha256(body));
  const header = { url, fetchedAt, etag: short(etag), lastModified: short(lastModified), sha256 };
  const temporary = `${path}.${randomUUID()}.tmp`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(temporary, Buffer.concat([utf8(`${JSON.stringify(header)}\n`), body]));
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
