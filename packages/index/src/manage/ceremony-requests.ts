// SPDX-License-Identifier: Apache-2.0
// What the operator sends for kinds that offline root keys sign, and for recoveries by staff.
import {
  type Bytes,
  type Digest,
  ENTRY_BYTES_MAX,
  encodeHex,
  type JsonObject,
  type KnownStatement,
  normalizeProjectName,
  ParseError,
  PROJECT_NAME_CHARS_MAX,
  type PublisherRecord,
  parsePublisher,
  parseStatement,
  ROLES,
  type Role,
  type RootSignature,
  readRootSignatures,
  TRUST_BYTES_MAX,
  utf8,
} from "@countermark/formats";
import { PUBLISHERS_PER_PROJECT_MAX, REASON_CHARS_MAX } from "../limits.ts";
import { parseRequest } from "./requests.ts";

/** What the operator wants root keys to sign. */
export type DraftRequest =
  | {
      readonly kind: "trust-changed";
      /** The trust description, as clients will get it. */
      readonly description: string;
      readonly rootVersion: number | null;
      readonly targetsVersion: number | null;
      readonly text: string;
    }
  | { readonly kind: "rules-changed"; readonly rules: number; readonly spec: Digest }
  | { readonly kind: "index-role"; readonly role: Role; readonly import: "open" | "closed" }
  | { readonly kind: "sunset" }
  | { readonly kind: "log-succeeded"; readonly origin2: Digest; readonly genesis: Digest }
  | {
      readonly kind: "project-recovered";
      readonly name: string;
      readonly publishers: readonly PublisherRecord[];
      readonly reason: string;
    }
  | { readonly kind: "amended"; readonly name: string; readonly from: number; readonly to: number }
  | { readonly kind: "void"; readonly entry: number; readonly name: string | null };

const SAFE_INTEGER = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;
const U32 = { min: 0, max: 0xffff_ffff } as const;
const DRAFT_KINDS = [
  "trust-changed",
  "rules-changed",
  "index-role",
  "sunset",
  "log-succeeded",
  "project-recovered",
  "amended",
  "void",
] as const;

/** `{"kind", ...}`. @throws IndexRefusal `request-malformed` */
export function parseDraftRequest(bytes: Uint8Array): DraftRequest {
  return parseRequest(bytes, (body) => readDraft(body.choice("kind", DRAFT_KINDS), body));
}

function readDraft(kind: (typeof DRAFT_KINDS)[number], body: JsonObject): DraftRequest {
  switch (kind) {
    case "trust-changed":
      return {
        kind,
        description: body.text("description", { charsMax: TRUST_BYTES_MAX }),
        rootVersion: body.has("rootVersion") ? body.integer("rootVersion", U32) : null,
        targetsVersion: body.has("targetsVersion") ? body.integer("targetsVersion", U32) : null,
        text: readText(body),
      };
    case "rules-changed":
      return { kind, rules: body.integer("rules", U32), spec: readDigest(body, "spec") };
    case "index-role":
      return {
        kind,
        role: body.choice("role", ROLES),
        import: body.choice("import", ["open", "closed"]),
      };
    case "sunset":
      return { kind };
    case "log-succeeded":
      return { kind, origin2: readDigest(body, "origin2"), genesis: readDigest(body, "genesis") };
    case "project-recovered":
      return { kind, name: readName(body), publishers: readPublishers(body), reason: readText(body) };
    case "amended": {
      const from = body.integer("from", SAFE_INTEGER);
      const to = body.integer("to", { min: from, max: Number.MAX_SAFE_INTEGER });
      return { kind, name: readName(body), from, to };
    }
    case "void":
      return {
        kind,
        entry: body.integer("entry", SAFE_INTEGER),
        name: body.has("project") ? readName(body) : null,
      };
  }
}

/** A draft that comes back signed. */
export interface SignedDraft {
  readonly statement: KnownStatement;
  readonly signatures: readonly RootSignature[];
  readonly detail: Bytes | null;
}

/** `{"statement":text,"signatures":[{"key","sig"}],"detail":base64|null}`. @throws IndexRefusal `request-malformed` */
export function parseSignedDraft(bytes: Uint8Array): SignedDraft {
  return parseRequest(bytes, (body) => {
    const statement = parseStatement(utf8(body.text("statement", { charsMax: ENTRY_BYTES_MAX })));
    if (statement.kind === "unknown") {
      throw new ParseError("unsupported", `Cannot seal ${statement.name}: the rules have no such kind`);
    }
    return {
      statement,
      signatures: readRootSignatures(body, "signatures"),
      detail: body.value("detail") === null ? null : body.base64("detail", { bytesMax: TRUST_BYTES_MAX }),
    };
  });
}

export type RecoverRequest =
  | { readonly act: "ask"; readonly publishers: readonly PublisherRecord[]; readonly reason: string }
  | { readonly act: "take" };

/** `{"act":"ask","publishers","text"}` or `{"act":"take"}`. @throws IndexRefusal `request-malformed` */
export function parseRecoverRequest(bytes: Uint8Array): RecoverRequest {
  return parseRequest(bytes, (body) => {
    const act = body.choice("act", ["ask", "take"]);
    return act === "take" ? { act } : { act, publishers: readPublishers(body), reason: readText(body) };
  });
}

function readDigest(body: JsonObject, name: string): Digest {
  return encodeHex(body.hex(name, 32));
}

function readName(body: JsonObject): string {
  return normalizeProjectName(body.text("project", { charsMax: PROJECT_NAME_CHARS_MAX }));
}

function readPublishers(body: JsonObject): readonly PublisherRecord[] {
  return body.objects("publishers", { itemsMax: PUBLISHERS_PER_PROJECT_MAX }).map(parsePublisher);
}

/** Why, for people: what is done without anybody's consent is not done without a word. */
function readText(body: JsonObject): string {
  return body.text("text", { charsMax: REASON_CHARS_MAX });
}
