// SPDX-License-Identifier: Apache-2.0
import { LogError } from "@countermark/log";
import { IndexRefusal, LedgerRefusal } from "./failure.ts";
import { chooseOffer } from "./serve/negotiate.ts";
import { encodeJson } from "./serve/respond.ts";

/** A refusal as any client sees it. */
export interface Refusal {
  readonly code: string;
  readonly status: number;
  readonly message: string;
}

/** How the client at hand wants to be told. */
export type RefusalShape = "legacy" | "mint" | "json";

const RETRY_AFTER_SECONDS = "10";

/** What to say for an error: a refusal's own words, and nothing of what was not meant for strangers. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof IndexRefusal || error instanceof LedgerRefusal) {
    return { code: error.code, status: error.status, message: error.message };
  }
  if (error instanceof LogError) {
    return { code: "ledger-unavailable", status: 503, message: "The ledger cannot take entries now." };
  }
  if (isStorageFull(error)) {
    return { code: "storage-full", status: 503, message: "The index has no space left. Try again later." };
  }
  return { code: "internal", status: 500, message: "The index failed; its operator has been told." };
}

/** SQLITE_FULL, as `node:sqlite` says it. */
const SQLITE_FULL = 13;
const FULL_CODES: readonly unknown[] = ["ENOSPC", "EDQUOT", "EFBIG"];

/** Whether a disk, a quota or a limit on files left no room: that passes, and the same request completes it. */
function isStorageFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown }; // members that errors of Node and SQLite have
  return FULL_CODES.includes(code) || errcode === SQLITE_FULL || isStorageFull(error.cause);
}

/** The response to a refused request, in the shape that the clients of that endpoint read. */
export function respondRefusal(shape: RefusalShape, refusal: Refusal, accept: string | null): Response {
  switch (shape) {
    case "legacy":
      return respondLegacy(refusal, accept);
    case "mint":
      return respondMint(refusal);
    case "json":
      return respondJson(refusal);
  }
}

const LEGACY_OFFERS = [
  { type: "text/plain", also: [] },
  { type: "application/json", also: [] },
];

/**
 * twine reads the reason phrase; uv reads the member `code`, and only when the content type is exactly
 * `application/json`.
 */
function respondLegacy(refusal: Refusal, accept: string | null): Response {
  const { status, message } = refusal;
  const isJson = chooseOffer(accept, LEGACY_OFFERS)?.type === "application/json";
  const body = isJson
    ? encodeJson({
        message: `The server could not comply with the request.\n\n\n${message}\n\n`,
        code: `${status} ${message}`,
        title: titleOf(status),
      })
    : Buffer.from(`${status} ${message}\n\n${refusal.code}\n`);
  return new Response(body, {
    status,
    statusText: reasonPhrase(message),
    headers: {
      ...retryHeaders(status),
      "content-type": isJson ? "application/json" : "text/plain; charset=utf-8",
      "countermark-code": refusal.code,
      vary: "Accept",
    },
  });
}

/** Trusted publishing's own words for our codes. */
const MINT_CODES: Readonly<Record<string, string>> = {
  "id-token-invalid": "invalid-token",
  "id-token-issuer": "invalid-payload",
  "id-token-malformed": "invalid-payload",
  "id-token-reused": "invalid-reuse-token",
  "no-publisher": "invalid-publisher",
  "pending-publisher-late": "invalid-pending-publisher",
};

/** Both forms in one object: `errors` for the clients there are, problem details for those of PEP 807. @spec rfc9457 */
function respondMint(refusal: Refusal): Response {
  const { code, status, message } = refusal;
  const body = encodeJson({
    message: "Token request failed",
    errors: [{ code: MINT_CODES[code] ?? code, description: message }],
    type: `https://countermark.dev/refusals#${code}`,
    title: "Token request failed",
    status,
    detail: message,
    code,
  });
  return new Response(body, {
    status,
    headers: { ...retryHeaders(status), "cache-control": "no-store", "content-type": "application/json" },
  });
}

function respondJson(refusal: Refusal): Response {
  const { code, status, message } = refusal;
  return new Response(encodeJson({ code, message }), {
    status,
    headers: {
      ...retryHeaders(status),
      "access-control-allow-origin": "*",
      "cache-control": "no-store",
      "content-type": "application/json",
    },
  });
}

function retryHeaders(status: number): Readonly<Record<string, string>> {
  return status === 503 ? { "retry-after": RETRY_AFTER_SECONDS } : {};
}

function titleOf(status: number): string {
  const titles: Readonly<Record<number, string>> = {
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    410: "Gone",
    503: "Service Unavailable",
  };
  return titles[status] ?? "Error";
}

/** `message` on one line, without what a status line cannot carry. @spec rfc9112#4 */
export function reasonPhrase(message: string): string {
  let phrase = "";
  for (const character of message) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0x20 && code !== 0x7f) phrase += code <= 0xff ? character : "?";
    else phrase += " ";
  }
  return phrase;
}
