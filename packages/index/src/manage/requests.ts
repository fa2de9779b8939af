// SPDX-License-Identifier: Apache-2.0
import {
  type Consent,
  ERASURE_GROUNDS,
  encodeCanonicalJson,
  FILENAME_CHARS_MAX,
  type FileReason,
  JSON_DEPTH_MAX,
  type JsonObject,
  type JsonValue,
  jsonInput,
  type LedgerStatus,
  normalizeProjectName,
  ParseError,
  PROJECT_NAME_CHARS_MAX,
  type ProjectConfigured,
  type ProjectPolicy,
  type PublisherRecord,
  parseJsonObject,
  parsePublisher,
  readConsent,
  STATEMENT_DETAILS_MAX,
  VERSION_CHARS_MAX,
} from "@countermark/formats";
import { IndexRefusal } from "../failure.ts";
import {
  FILES_PER_REQUEST_MAX,
  PUBLISHERS_PER_PROJECT_MAX,
  REASON_CHARS_MAX,
  REQUEST_BYTES_MAX,
} from "../limits.ts";
import type { NewPeople } from "../trust/passkeys.ts";
import type { AttestRequest } from "../upload/attest.ts";
import type { EraseRequest } from "./operate.ts";
import { type Proposal, readCredential, readPeople, readPolicy, readProposal } from "./proposal.ts";
import type { ReleaseRequest } from "./releases.ts";

/** A project as somebody wants it. Null: leave as it is. */
export interface WantedConfig {
  readonly publishers: readonly PublisherRecord[] | null;
  readonly policy: ProjectPolicy | null;
}

export interface ConfigureRequest extends WantedConfig {
  /** The configuration that was consented to, whole; null: it follows from `publishers` and `policy`. */
  readonly proposal: Proposal | null;
  /** Null: the index chooses the mildest act that the rules can take. */
  readonly act: ProjectConfigured["act"] | null;
  readonly way: ProjectConfigured["way"] | null;
  readonly consent: Consent;
  readonly reason: string | null;
}

export interface FilesRequest {
  readonly filenames: readonly string[];
  readonly reason: FileReason;
  readonly text: string;
}

export interface StatusRequest {
  readonly status: LedgerStatus;
  readonly text: string;
}

const POLICY_DEFAULT: ProjectPolicy = {
  uploads: "any",
  attestations: "optional",
  release: "direct",
  closeDays: null,
};
const ACTS = ["change", "ask", "take", "cancel", "undo"] as const;
const WAYS = ["free", "passkey", "account", "none"] as const;
const REASONS = ["owner", "mistake", "malware", "spam", "legal", "canceled"] as const;
const STATUSES = ["active", "archived", "deprecated", "quarantined"] as const;

/** `{"name"}` */
export function parseAccountRequest(bytes: Uint8Array): { readonly name: string } {
  return parseRequest(bytes, (body) => ({
    name: body.text("name", { charsMax: 64, pattern: /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/ }),
  }));
}

/** `{"project","publisher"}`, the publisher as its whole record. */
export function parsePendingRequest(bytes: Uint8Array): {
  readonly name: string;
  readonly publisher: PublisherRecord;
} {
  return parseRequest(bytes, (body) => ({
    name: readName(body),
    publisher: parsePublisher(body.object("publisher")),
  }));
}

/** `{"project","publishers"?,"policy"?,"people"?}`, with passkeys in `people`. */
export function parseProjectRequest(bytes: Uint8Array): {
  readonly name: string;
  readonly publishers: readonly PublisherRecord[];
  readonly people: NewPeople;
  readonly policy: ProjectPolicy;
} {
  return parseRequest(bytes, (body) => ({
    name: readName(body),
    publishers: readPublishers(body) ?? [],
    people: readPeople(body),
    policy: readPolicy(body) ?? POLICY_DEFAULT,
  }));
}

/** `{"publishers"?,"policy"?,"act"?,"way"?,"consent"?,"reason"?}`, or with `"config","people"?` in the place of the first two. */
export function parseConfigureRequest(bytes: Uint8Array): ConfigureRequest {
  return parseRequest(bytes, (body) => ({
    proposal: readProposal(body),
    publishers: readPublishers(body),
    policy: readPolicy(body),
    act: body.has("act") ? body.choice("act", ACTS) : null,
    way: body.has("way") ? body.choice("way", WAYS) : null,
    consent: body.has("consent") ? readConsent(body, "passkey") : { kind: "none" },
    reason: body.has("reason") ? body.text("reason", { charsMax: REASON_CHARS_MAX }) : null,
  }));
}

/** `{"credential"}`: a passkey by the name that browsers have for it. */
export function parsePasskeyRequest(bytes: Uint8Array): { readonly credential: Uint8Array } {
  return parseRequest(bytes, (body) => ({ credential: readCredential(body) }));
}

/** `{"files":[filename],"reason"?,"text"?}` */
export function parseFilesRequest(bytes: Uint8Array): FilesRequest {
  return parseRequest(bytes, (body) => {
    const filenames = readFilenames(body);
    const reason = body.has("reason") ? body.choice("reason", REASONS) : "owner";
    return { filenames, reason, text: readText(body) };
  });
}

/** `{"status","text"?}` */
export function parseStatusRequest(bytes: Uint8Array): StatusRequest {
  return parseRequest(bytes, (body) => ({ status: body.choice("status", STATUSES), text: readText(body) }));
}

/** `{"version","files"?:[filename],"consent"?,"text"?}` */
export function parseReleaseRequest(bytes: Uint8Array): ReleaseRequest {
  return parseRequest(bytes, (body) => {
    const consent = body.has("consent") ? readConsent(body, "passkey") : ({ kind: "none" } as const);
    if (consent.kind === "publisher")
      throw new TypeError("Cannot read consent: nobody asked for a publisher's");
    return {
      version: readVersion(body),
      filenames: body.has("files") ? readFilenames(body) : null,
      consent,
      text: readText(body),
    };
  });
}

/** `{"version","text"?}` */
export function parseCloseRequest(bytes: Uint8Array): { readonly version: string; readonly text: string } {
  return parseRequest(bytes, (body) => ({ version: readVersion(body), text: readText(body) }));
}

/** `{"entries":[number],"ground"}` */
export function parseEraseRequest(bytes: Uint8Array): EraseRequest {
  return parseRequest(bytes, (body) => ({
    entries: body.list("entries", { itemsMax: STATEMENT_DETAILS_MAX }).map(readEntry),
    ground: body.choice("ground", ERASURE_GROUNDS),
  }));
}

/** `{"filename","attestations":[PEP 740 attestation]}` */
export function parseAttestRequest(bytes: Uint8Array): AttestRequest {
  return parseRequest(bytes, (body) => ({
    filename: body.text("filename", { charsMax: FILENAME_CHARS_MAX }),
    attestations: new TextDecoder().decode(encodeCanonicalJson(jsonInput(body.value("attestations")))),
  }));
}

/** Reads a body whole: nothing in it that is not asked for. @throws IndexRefusal `request-malformed` */
export function parseRequest<T>(bytes: Uint8Array, read: (body: JsonObject) => T): T {
  try {
    const body = parseJsonObject(bytes, { bytesMax: REQUEST_BYTES_MAX, depthMax: JSON_DEPTH_MAX }, "request");
    const request = read(body);
    body.end();
    return request;
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw new IndexRefusal("request-malformed", cause.message, { cause });
  }
}

function readName(body: JsonObject): string {
  return normalizeProjectName(body.text("project", { charsMax: PROJECT_NAME_CHARS_MAX }));
}

function readPublishers(body: JsonObject): readonly PublisherRecord[] | null {
  if (!body.has("publishers")) return null;
  return body.objects("publishers", { itemsMax: PUBLISHERS_PER_PROJECT_MAX }).map(parsePublisher);
}

function readFilenames(body: JsonObject): readonly string[] {
  const filenames = body.texts("files", { itemsMax: FILES_PER_REQUEST_MAX, charsMax: FILENAME_CHARS_MAX });
  if (filenames.length === 0) throw new ParseError("out-of-range", "Cannot read request.files: it is empty");
  return filenames;
}

function readVersion(body: JsonObject): string {
  return body.text("version", { charsMax: VERSION_CHARS_MAX });
}

function readEntry(value: JsonValue): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new ParseError("wrong-type", "Cannot read request.entries: not the number of an entry");
}

function readText(body: JsonObject): string {
  return body.has("text") ? body.text("text", { charsMax: REASON_CHARS_MAX }) : "";
}
