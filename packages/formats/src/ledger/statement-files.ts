// SPDX-License-Identifier: Apache-2.0
// The kinds about files that are there already, about releases, and about what another index has.
import { ParseError } from "../failure.ts";
import type { JsonInput } from "../text/canonical-json.ts";
import type { JsonObject } from "../text/json.ts";
import { type ConfigRecord, isAscending } from "./config-record.ts";
import {
  type PasskeyConsent,
  type RootSignature,
  readConsent,
  readRootSignatures,
  writeConsent,
  writeRootSignatures,
} from "./consent.ts";
import { type Digest, NO_DIGEST } from "./ids.ts";
import { FILE_STATES } from "./project-records.ts";
import type { StatedAttestation, StatementCommon } from "./statement.ts";
import {
  at,
  FILE_BYTES_MAX,
  readAttestations,
  readConfig,
  readDigest,
  readDigestList,
  readDigestOrNone,
  readFiles,
  SAFE_INTEGER,
  writeAttestation,
  writeConfig,
} from "./statement-values.ts";

/** Staged files of one release that become visible together. */
export interface ReleasePublished extends StatementCommon {
  readonly kind: "release-published";
  readonly release: Digest;
  readonly files: readonly Digest[];
  readonly consent: { readonly kind: "none" } | PasskeyConsent;
}

export interface ReleaseClosed extends StatementCommon {
  readonly kind: "release-closed";
  readonly release: Digest;
}

/** Attestations of a file that was accepted without them. */
export interface FileAttested extends StatementCommon {
  readonly kind: "file-attested";
  readonly sha256: Digest;
  readonly file: Digest;
  readonly attestations: readonly StatedAttestation[];
}

export const ERASURE_GROUNDS = ["abuse", "legal", "person", "secret"] as const;

/** Details of the project's own entries that are served no longer. */
export interface DetailErased extends StatementCommon {
  readonly kind: "detail-erased";
  readonly details: readonly Digest[];
  readonly ground: (typeof ERASURE_GROUNDS)[number];
}

/** What offline root keys give back: files that were withdrawn, voided or yanked by an entry of `from`..`to`. */
export interface Amended extends StatementCommon {
  readonly kind: "amended";
  readonly from: number;
  readonly to: number;
  readonly root: readonly RootSignature[];
}

/** A state that a file of another index can be in. */
export type OutsideState = "published" | "yanked" | "withdrawn";

export interface ImportedItem {
  readonly file: Digest;
  readonly metadata: Digest | null;
  /** Whether its release takes more files, if this item brings the release. */
  readonly open: boolean;
  readonly release: Digest;
  /** `NO_DIGEST` for a name that was burnt before, of which nothing else is known. */
  readonly sha256: Digest;
  /** 0 where the digest is not known. */
  readonly size: number;
  readonly state: OutsideState;
}

export interface FilesImported extends StatementCommon {
  readonly kind: "imported";
  /** What the project begins with; null where it is there already. */
  readonly config: ConfigRecord | null;
  readonly items: readonly ImportedItem[];
}

export interface ImportClosed extends StatementCommon {
  readonly kind: "import-closed";
  /** The origin hash, as the subject says it. */
  readonly log: Digest;
}

export interface ObservedItem {
  readonly file: Digest;
  /** SHA-256 of the provenance as it was fetched; null where there is none. */
  readonly provenance: Digest | null;
  readonly release: Digest;
  readonly seen: OutsideState;
  readonly sha256: Digest;
  readonly size: number;
}

export interface FilesObserved extends StatementCommon {
  readonly kind: "observed";
  readonly items: readonly ObservedItem[];
}

export interface FilesPromoted extends StatementCommon {
  readonly kind: "promoted";
  readonly files: readonly Digest[];
}

export type FileStatement =
  | ReleasePublished
  | ReleaseClosed
  | FileAttested
  | DetailErased
  | Amended
  | FilesImported
  | ImportClosed
  | FilesObserved
  | FilesPromoted;

/** Items of one imported or observed. */
export const STATEMENT_ITEMS_MAX = 100;
/** Details of one detail-erased. */
export const STATEMENT_DETAILS_MAX = 256;

/** Reads the members that only `kind` has. @throws ParseError @spec specs/ledger-kinds.md */
export function readFileFields(
  kind: FileStatement["kind"],
  common: StatementCommon,
  body: JsonObject,
  subject: Digest,
): FileStatement {
  switch (kind) {
    case "release-published":
      return { kind, ...common, ...readPublished(body) };
    case "release-closed":
      return { kind, ...common, release: readDigest(body, "release") };
    case "file-attested":
      return { kind, ...common, sha256: subject, ...readAttested(body) };
    case "detail-erased":
      return { kind, ...common, ...readErased(body) };
    case "amended":
      return { kind, ...common, ...readAmended(body) };
    case "imported":
      return { kind, ...common, ...readImported(body) };
    case "import-closed":
      return { kind, ...common, log: subject };
    case "observed":
      return { kind, ...common, items: readItems(body, readObservedItem) };
    case "promoted":
      return { kind, ...common, files: readFiles(body) };
  }
}

/** The members that only the statement's kind has. */
export function writeFileFields(statement: FileStatement): Readonly<Record<string, JsonInput>> {
  switch (statement.kind) {
    case "release-published": {
      const { release, files, consent } = statement;
      return { release, files, consent: writeConsent(consent) };
    }
    case "release-closed":
      return { release: statement.release };
    case "file-attested":
      return { file: statement.file, attestations: statement.attestations.map(writeAttestation) };
    case "detail-erased":
      return { details: statement.details, ground: statement.ground };
    case "amended": {
      const { from, to, root } = statement;
      return { from, to, root: writeRootSignatures(root) };
    }
    case "imported": {
      const { config, items } = statement;
      return {
        config: config === null ? "none" : writeConfig(config),
        items: items.map(writeImportedItem),
      };
    }
    case "import-closed":
      return {};
    case "observed":
      return { items: statement.items.map(writeObservedItem) };
    case "promoted":
      return { files: statement.files };
  }
}

function readPublished(body: JsonObject): Pick<ReleasePublished, "release" | "files" | "consent"> {
  const consent = readConsent(body, body.value("consent") === "none" ? "none" : "passkey");
  if (consent.kind === "publisher")
    throw new TypeError("Cannot read consent: nobody asked for a publisher's");
  return { release: readDigest(body, "release"), files: readFiles(body), consent };
}

function readAttested(body: JsonObject): Pick<FileAttested, "file" | "attestations"> {
  const attestations = readAttestations(body);
  if (attestations.length === 0) {
    throw new ParseError("out-of-range", `Cannot read ${body.path}.attestations: none`);
  }
  return { file: readDigest(body, "file"), attestations };
}

function readErased(body: JsonObject): Pick<DetailErased, "details" | "ground"> {
  const details = readDigestList(body, "details", STATEMENT_DETAILS_MAX);
  if (details.length === 0) throw new ParseError("out-of-range", `Cannot read ${body.path}.details: none`);
  return { details, ground: body.choice("ground", ERASURE_GROUNDS) };
}

function readAmended(body: JsonObject): Pick<Amended, "from" | "to" | "root"> {
  const from = body.integer("from", SAFE_INTEGER);
  const to = body.integer("to", { min: from, max: Number.MAX_SAFE_INTEGER });
  return { from, to, root: readRootSignatures(body, "root") };
}

function readImported(body: JsonObject): Pick<FilesImported, "config" | "items"> {
  const config = body.value("config") === "none" ? null : readConfig(body.object("config"));
  return { config, items: readItems(body, readImportedItem) };
}

/** Reads 1..100 items, ascending by file id. */
function readItems<T extends { readonly file: Digest }>(
  body: JsonObject,
  readItem: (item: JsonObject) => T,
): readonly T[] {
  const items = body.objects("items", { itemsMax: STATEMENT_ITEMS_MAX }).map(readItem);
  if (items.length === 0) throw new ParseError("out-of-range", `Cannot read ${body.path}.items: none`);
  if (!isAscending(items.map((item) => item.file))) {
    throw new ParseError("not-canonical", `Cannot read ${body.path}.items: files not ascending and unique`);
  }
  return items;
}

function readImportedItem(body: JsonObject): ImportedItem {
  const item: ImportedItem = {
    file: readDigest(body, "file"),
    metadata: readDigestOrNone(body, "metadata"),
    open: at([false, true], body.integer("open", { min: 0, max: 1 })),
    release: readDigest(body, "release"),
    sha256: readDigest(body, "sha256"),
    size: body.integer("size", { min: 0, max: FILE_BYTES_MAX }),
    state: readOutsideState(body, "state"),
  };
  body.end();
  const isUnknown = item.sha256 === NO_DIGEST;
  if (isUnknown !== (item.size === 0) || (isUnknown && !isBurntName(item))) {
    throw new ParseError(
      "out-of-range",
      `Cannot read ${body.path}: only of a withdrawn file may digest, size and metadata be unknown, and all of them`,
    );
  }
  return item;
}

function isBurntName(item: ImportedItem): boolean {
  return item.state === "withdrawn" && item.metadata === null;
}

function readObservedItem(body: JsonObject): ObservedItem {
  const item: ObservedItem = {
    file: readDigest(body, "file"),
    provenance: readDigestOrNone(body, "provenance"),
    release: readDigest(body, "release"),
    seen: readOutsideState(body, "seen"),
    sha256: readDigest(body, "sha256"),
    size: body.integer("size", { min: 1, max: FILE_BYTES_MAX }),
  };
  body.end();
  if (item.sha256 === NO_DIGEST) {
    throw new ParseError("out-of-range", `Cannot read ${body.path}: a file that was seen has a digest`);
  }
  return item;
}

function writeImportedItem(item: ImportedItem): JsonInput {
  const { file, metadata, open, release, sha256, size, state } = item;
  const numbers = { open: Number(open), size, state: FILE_STATES.indexOf(state) };
  return { file, metadata: metadata ?? "none", release, sha256, ...numbers };
}

function writeObservedItem(item: ObservedItem): JsonInput {
  const { file, provenance, release, seen, sha256, size } = item;
  return {
    file,
    provenance: provenance ?? "none",
    release,
    seen: FILE_STATES.indexOf(seen),
    sha256,
    size,
  };
}

const OUTSIDE_STATES = [undefined, undefined, "published", "yanked", "withdrawn"] as const;

function readOutsideState(body: JsonObject, name: string): OutsideState {
  return at(OUTSIDE_STATES, body.integer(name, { min: 2, max: 4 }));
}
