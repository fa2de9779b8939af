// SPDX-License-Identifier: Apache-2.0
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import {
  normalizeProjectName,
  ParseError,
  PROVENANCE_BYTES_MAX,
  type ProjectStatus,
  type Provenance,
  parseProvenance,
  parseSimplePage,
  SIMPLE_JSON_TYPE,
  SIMPLE_PAGE_BYTES_MAX,
  type SimpleFile,
} from "@countermark/formats";
import { INTEGRITY_TYPES } from "../evidence/index-evidence.ts";
import { ClientError } from "../failure.ts";
import { type Answer, exchange, withoutSecrets, wrongStatus } from "../fetch/exchange.ts";
import { fetchTyped, requireType, resolveListed } from "../fetch/typed.ts";
import type { Fetch } from "../world.ts";
import type { AnswerCache, Kept } from "./cache.ts";

/** What is known of a page when its files were looked at. */
export type PageHead = {
  readonly url: string;
  readonly status: ProjectStatus;
  /** Unix seconds. */
  readonly fetchedAt: number;
};

/** A project as an index of today lists it. Parsed, not believed. */
export type IndexPage = PageHead & { readonly files: readonly SimpleFile[] };

export type ServedProvenance = {
  readonly provenance: Provenance;
  readonly url: string;
  /** Unix seconds: when it came from the index. */
  readonly fetchedAt: number;
  /** Keeps it, once it is verified: what does not hold is asked for again. */
  readonly keep: () => Promise<void>;
};

/** What indexes say, from them or from what was kept of them. */
export type IndexPages = {
  /**
   * @param root of the simple API, without a slash at its end.
   * @returns null: the index has no such project
   * @throws ClientError `not-cached`, `content-type`, `http-status`, `unreachable`, `response-too-large`, `page-of-another-project`;
   *   ParseError
   */
  fetchPage(root: string, project: string): Promise<IndexPage | null>;
  /** @throws ClientError as for a page, `not-hosted`, `no-provenance`; ParseError */
  fetchProvenance(page: PageHead, file: ListedFile): Promise<ServedProvenance>;
  /** The copy that was kept of a file's provenance, whether the index still lists it or not; null: there is none. */
  readKeptProvenance(sha256: string): Promise<ServedProvenance | null>;
};

export type PagePorts = {
  /** Null: nothing may be fetched. */
  readonly fetch: Fetch | null;
  readonly cache: AnswerCache;
  /** Unix seconds. */
  readonly now: () => number;
  /** A page that was fetched no longer ago is not asked for again; when nothing may be fetched, an older one is none. */
  readonly ageSecondsMax: number;
};

/** A file of the lock, as much as is kept of its page for it. */
export type ListedFile = {
  readonly filename: string;
  /** The lock's, which the page has too. */
  readonly sha256: string;
  /** As on the page; may be relative to it. */
  readonly provenance: string | null;
  /** The reason, perhaps empty; null for a file that is not yanked. */
  readonly yanked: string | null;
};

const PAGES_HELD_MAX = 32;
const unzip = promisify(gunzip);

export function openIndexPages(ports: PagePorts): IndexPages {
  // One request for the versions of a project, which stand together in a lock; all pages of a long one are a gigabyte.
  const pages = new Map<string, Promise<IndexPage | null>>();
  return {
    fetchPage: (root, project) => {
      const url = `${root}/${project}/`;
      const known = pages.get(url) ?? openPage(url, project, ports);
      pages.delete(url);
      pages.set(url, known);
      for (const oldest of pages.keys()) {
        if (pages.size <= PAGES_HELD_MAX) break;
        pages.delete(oldest);
      }
      return known;
    },
    fetchProvenance: async (page, file) => await openProvenance(page, file, ports),
    readKeptProvenance: async (sha256) => {
      const kept = await ports.cache.readProvenance(sha256);
      return kept === null ? null : servedCopy(kept);
    },
  };
}

async function openPage(url: string, project: string, ports: PagePorts): Promise<IndexPage | null> {
  const kept = await ports.cache.readPage(url);
  const age = kept === null ? Number.POSITIVE_INFINITY : ports.now() - kept.fetchedAt;
  if (kept !== null && age >= 0 && age <= ports.ageSecondsMax) return pageOf(kept, project);
  if (ports.fetch === null) throw notCached(url, kept === null ? null : age);
  const answer = await exchange(ports.fetch, {
    url,
    headers: { accept: SIMPLE_JSON_TYPE, "accept-encoding": "gzip", ...conditions(kept) },
    bytesMax: SIMPLE_PAGE_BYTES_MAX,
  });
  if (answer.status === 404) return null;
  const fetchedAt = ports.now();
  if (answer.status === 304 && kept !== null) {
    const renewed = { ...kept, fetchedAt };
    const page = pageOf(renewed, project);
    await ports.cache.writePage(renewed);
    return page;
  }
  if (answer.status !== 200) throw wrongStatus(url, answer);
  requireType(url, answer, [SIMPLE_JSON_TYPE]);
  const { headers } = answer;
  const fresh: Kept = {
    url,
    fetchedAt,
    etag: headers.get("etag"),
    lastModified: headers.get("last-modified"),
    body: await decoded(url, answer),
  };
  // Only what can be read is kept.
  const page = pageOf(fresh, project);
  await ports.cache.writePage(fresh);
  return page;
}

function conditions(kept: Kept | null): Readonly<Record<string, string>> {
  return {
    ...(kept === null || kept.etag === null ? {} : { "if-none-match": kept.etag }),
    ...(kept === null || kept.lastModified === null ? {} : { "if-modified-since": kept.lastModified }),
  };
}

/** The body without its content coding, within the same limit. @throws ClientError `response-too-large`, `content-type` */
async function decoded(url: string, { headers, body }: Answer): Promise<Uint8Array> {
  const coding = headers.get("content-encoding") ?? "identity";
  if (coding === "identity") return body;
  if (coding !== "gzip" && coding !== "x-gzip") {
    throw new ClientError(
      "content-type",
      `Cannot use the answer of ${withoutSecrets(url)}: it is encoded as ${JSON.stringify(coding)}, wanted gzip or nothing`,
    );
  }
  try {
    return new Uint8Array(await unzip(body, { maxOutputLength: SIMPLE_PAGE_BYTES_MAX }));
  } catch (cause) {
    const isTooLarge = cause instanceof RangeError;
    throw new ClientError(
      isTooLarge ? "response-too-large" : "content-type",
      `Cannot read ${withoutSecrets(url)}: ${isTooLarge ? `more than ${SIMPLE_PAGE_BYTES_MAX} bytes` : "it is not gzip"}`,
      { cause },
    );
  }
}

function pageOf({ url, body, fetchedAt }: Kept, project: string): IndexPage {
  const { name, status, files } = parseSimplePage(body);
  if (normalizeProjectName(name) === project) return { url, status, files, fetchedAt };
  throw new ClientError(
    "page-of-another-project",
    `Cannot use the page at ${withoutSecrets(url)}: it is of ${JSON.stringify(name)}, wanted ${JSON.stringify(project)}`,
  );
}

async function openProvenance(
  page: PageHead,
  { filename, sha256, provenance }: ListedFile,
  ports: PagePorts,
): Promise<ServedProvenance> {
  if (provenance === null) {
    throw new ClientError(
      "no-provenance",
      `Cannot verify ${filename}: the index serves no provenance for it`,
    );
  }
  const url = resolveListed(provenance, page.url);
  const kept = await ports.cache.readProvenance(sha256);
  // What is said of these bytes is verified again each time: its age adds nothing.
  if (kept !== null && kept.url === url) {
    const copy = servedCopy(kept);
    if (copy !== null) return copy;
  }
  if (ports.fetch === null) throw notCached(url, null);
  const [accept = ""] = INTEGRITY_TYPES;
  const body = await fetchTyped(
    ports.fetch,
    { url, headers: { accept }, bytesMax: PROVENANCE_BYTES_MAX },
    INTEGRITY_TYPES,
  );
  if (body === null) {
    throw new ClientError(
      "no-provenance",
      `Cannot verify ${filename}: the index lists provenance at ${withoutSecrets(url)}, and serves none`,
    );
  }
  const fetchedAt = ports.now();
  const fresh: Kept = { url, fetchedAt, etag: null, lastModified: null, body };
  const keep = async () => await ports.cache.writeProvenance(sha256, fresh);
  return { provenance: parseProvenance(body), url, fetchedAt, keep };
}

function servedCopy({ url, fetchedAt, body }: Kept): ServedProvenance | null {
  try {
    return { provenance: parseProvenance(body), url, fetchedAt, keep: async () => {} };
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

function notCached(url: string, ageSeconds: number | null): ClientError {
  const found =
    ageSeconds === null
      ? "it was never kept"
      : `what was kept is ${Math.round(ageSeconds / 3_600)} hours old`;
  return new ClientError(
    "not-cached",
    `Cannot ask for ${withoutSecrets(url)} offline: ${found}; --max-age says how old it may be`,
  );
}
