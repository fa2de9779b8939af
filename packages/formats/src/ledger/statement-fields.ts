// SPDX-License-Identifier: Apache-2.0
import type { JsonInput } from "../text/canonical-json.ts";
import type { JsonObject } from "../text/json.ts";
import {
  type Consent,
  readConsent,
  readRootSignatures,
  writeConsent,
  writeRootSignatures,
} from "./consent.ts";
import type { Digest } from "./ids.ts";
import { FILE_REASONS, type FileReason, LEDGER_STATUSES } from "./project-records.ts";
import type { KnownStatement, PreviousLog, ProjectConfigured, StatementCommon } from "./statement.ts";
import { readFileFields, writeFileFields } from "./statement-files.ts";
import {
  readIndexFields,
  readKeys,
  readRecovered,
  writeIndexFields,
  writeRecovered,
} from "./statement-index.ts";
import {
  at,
  FILE_BYTES_MAX,
  readAttestations,
  readConfig,
  readDigest,
  readDigestOrNone,
  readFiles,
  SAFE_INTEGER,
  SAFE_TEXT,
  U32,
  writeAttestation,
  writeConfig,
} from "./statement-values.ts";

export type ConfigureAct = "change" | "ask" | "take" | "cancel" | "undo";
export type ConfigureWay = "free" | "passkey" | "publisher" | "account" | "none";

/** Every act with the ways in which it can be done; anything else is malformed. @spec specs/ledger-kinds.md#project-configured */
const CONFIGURE_WAYS: Record<ConfigureAct, readonly ConfigureWay[]> = {
  change: ["free", "passkey", "account"],
  ask: ["passkey", "publisher", "account"],
  take: ["none"],
  cancel: ["passkey", "publisher", "account"],
  undo: ["passkey"],
};
const CONSENT_OF_WAY: Record<ConfigureWay, Consent["kind"]> = {
  free: "none",
  passkey: "passkey",
  publisher: "publisher",
  account: "none",
  none: "none",
};

/** Reads the members that only `kind` has. @throws ParseError @spec specs/ledger-kinds.md */
export function readFields(
  kind: KnownStatement["kind"],
  common: StatementCommon,
  body: JsonObject,
  subject: Digest,
): KnownStatement {
  switch (kind) {
    case "log-genesis":
      return { kind, ...common, log: subject, ...readGenesis(body) };
    case "project-reserved":
      return { kind, ...common };
    case "project-created":
      return { kind, ...common, config: readConfig(body.object("config")) };
    case "project-configured":
      return { kind, ...common, ...readConfigured(body) };
    case "file-accepted":
      return { kind, ...common, sha256: subject, ...readAccepted(body) };
    case "yanked":
    case "unyanked":
      return { kind, ...common, files: readFiles(body), reason: readReason(body, { min: 1, max: 5 }) };
    case "withdrawn":
      return { kind, ...common, files: readFiles(body), reason: readReason(body, { min: 1, max: 6 }) };
    case "status":
      return { kind, ...common, status: at(LEDGER_STATUSES, body.integer("status", { min: 1, max: 4 })) };
    case "void":
      return { kind, ...common, ...readVoid(body) };
    case "project-recovered":
      return { kind, ...common, ...readRecovered(body) };
    case "trust-changed":
    case "rules-changed":
    case "index-role":
    case "sunset":
    case "log-succeeded":
      return readIndexFields(kind, common, body, subject);
    case "release-published":
    case "release-closed":
    case "file-attested":
    case "detail-erased":
    case "amended":
    case "imported":
    case "import-closed":
    case "observed":
    case "promoted":
      return readFileFields(kind, common, body, subject);
  }
}

/** The members that only the statement's kind has. */
export function writeFields(statement: KnownStatement): Readonly<Record<string, JsonInput>> {
  switch (statement.kind) {
    case "log-genesis": {
      const { kind, log, origin, role, project, seq, time, detail, previous, root, trust, ...rest } =
        statement;
      return {
        ...rest,
        previous: writePrevious(previous),
        root: writeRootSignatures(root),
        trust: trust ?? "none",
      };
    }
    case "project-reserved":
      return {};
    case "project-created":
      return { config: writeConfig(statement.config) };
    case "project-configured": {
      const { act, way, config, consent } = statement;
      return {
        act,
        way,
        config: config === null ? "none" : writeConfig(config),
        consent: writeConsent(consent),
      };
    }
    case "file-accepted": {
      const { file, release, size, metadata, show, uploader, publisher, received } = statement;
      const attestations = statement.attestations.map(writeAttestation);
      const texts = { metadata: metadata ?? "none", publisher: publisher ?? "none" };
      return { attestations, file, received, release, show, size, uploader, ...texts };
    }
    case "yanked":
    case "unyanked":
    case "withdrawn":
      return { files: statement.files, reason: FILE_REASONS.indexOf(statement.reason) };
    case "status":
      return { status: LEDGER_STATUSES.indexOf(statement.status) };
    case "void": {
      const { target, root } = statement;
      return { target, statement: statement.statement, root: writeRootSignatures(root) };
    }
    case "project-recovered":
      return writeRecovered(statement);
    case "trust-changed":
    case "rules-changed":
    case "index-role":
    case "sunset":
    case "log-succeeded":
      return writeIndexFields(statement);
    case "release-published":
    case "release-closed":
    case "file-attested":
    case "detail-erased":
    case "amended":
    case "imported":
    case "import-closed":
    case "observed":
    case "promoted":
      return writeFileFields(statement);
  }
}

function readGenesis(body: JsonObject) {
  return {
    ...readKeys(body),
    ecosystem: body.text("ecosystem", SAFE_TEXT),
    import: body.choice("import", ["open", "closed"]),
    previous: body.value("previous") === "none" ? null : readPrevious(body.object("previous")),
    root: readRootSignatures(body, "root"),
    rules: body.integer("rules", U32),
    trust: readDigestOrNone(body, "trust"),
    visibility: body.choice("visibility", ["public", "private"]),
  } as const;
}

function readPrevious(body: JsonObject): PreviousLog {
  const map = readDigest(body, "map");
  const origin = body.text("origin", SAFE_TEXT);
  const root = readDigest(body, "root");
  const size = body.integer("size", SAFE_INTEGER);
  body.end();
  return { map, origin, root, size };
}

function writePrevious(previous: PreviousLog | null): JsonInput {
  return previous === null ? "none" : { ...previous };
}

function readConfigured(body: JsonObject): Pick<ProjectConfigured, "act" | "way" | "config" | "consent"> {
  const act = body.choice("act", ["change", "ask", "take", "cancel", "undo"]);
  const way = body.choice("way", CONFIGURE_WAYS[act]);
  const hasConfig = act !== "take" && act !== "cancel";
  if (!hasConfig) body.choice("config", ["none"]);
  const config = hasConfig ? readConfig(body.object("config")) : null;
  return { act, way, config, consent: readConsent(body, CONSENT_OF_WAY[way]) };
}

function readAccepted(body: JsonObject) {
  const attestations = readAttestations(body);
  return {
    file: readDigest(body, "file"),
    release: readDigest(body, "release"),
    size: body.integer("size", { min: 1, max: FILE_BYTES_MAX }),
    metadata: readDigestOrNone(body, "metadata"),
    show: body.choice("show", ["now", "staged"]),
    uploader: body.choice("uploader", ["token", "publisher"]),
    publisher: readDigestOrNone(body, "publisher"),
    received: body.integer("received", SAFE_INTEGER),
    attestations,
  } as const;
}

function readVoid(body: JsonObject) {
  return {
    target: body.integer("target", SAFE_INTEGER),
    statement: readDigest(body, "statement"),
    root: body.value("root") === "none" ? null : readRootSignatures(body, "root"),
  };
}

function readReason(body: JsonObject, range: { readonly min: number; readonly max: number }): FileReason {
  return at(FILE_REASONS, body.integer("reason", range));
}
