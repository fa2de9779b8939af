// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import type { JsonInput } from "../text/canonical-json.ts";
import { encodeHex } from "../text/hex.ts";
import type { JsonObject } from "../text/json.ts";
import {
  ATTESTATIONS,
  CLOSE_DAYS_MAX,
  CLOSE_NEVER,
  CONFIG_KEYS_MAX,
  type ConfigRecord,
  isAscending,
  RELEASES,
  UPLOADS,
} from "./config-record.ts";
import { type Consent, readConsent, readRootSignatures, writeConsent } from "./consent.ts";
import type { Digest } from "./ids.ts";
import { COUNTERSIGN_KEYS_MAX, ROOT_KEYS_MAX } from "./index-header.ts";
import { FILE_REASONS, type FileReason, LEDGER_STATUSES, PREDICATES } from "./project-records.ts";
import type {
  KnownStatement,
  PreviousLog,
  ProjectConfigured,
  StatedAttestation,
  StatementCommon,
} from "./statement.ts";

export type ConfigureAct = "change" | "ask" | "take" | "cancel" | "undo";
export type ConfigureWay = "free" | "passkey" | "publisher" | "account" | "none";

/** Files of one statement. */
export const STATEMENT_FILES_MAX = 512;
/** Attestations of one statement. */
export const STATEMENT_ATTESTATIONS_MAX = 4;
/** Bytes of one file: 1 TiB. */
export const FILE_BYTES_MAX = 2 ** 40;

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

const SAFE_TEXT = { charsMax: 128, pattern: /^[\x21-\x7e]{1,128}$/ } as const;
const SAFE_INTEGER = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;
const U32 = { min: 0, max: 0xffff_ffff } as const;

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
        root: root.map((item) => ({ ...item })),
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
      const signatures = root === null ? "none" : root.map((item) => ({ ...item }));
      return { target, statement: statement.statement, root: signatures };
    }
  }
}

/** Reads a configuration as statements hold it. @throws ParseError */
export function readConfig(body: JsonObject): ConfigRecord {
  const policy = body.object("policy");
  const closeDays = policy.integer("closeDays", { min: 1, max: CLOSE_NEVER });
  if (closeDays > CLOSE_DAYS_MAX && closeDays !== CLOSE_NEVER) {
    throw new ParseError("out-of-range", `Cannot read ${policy.path}.closeDays: ${closeDays}`);
  }
  const config: ConfigRecord = {
    policy: {
      attestations: at(ATTESTATIONS, policy.integer("attestations", { min: 0, max: 1 })),
      closeDays: closeDays === CLOSE_NEVER ? null : closeDays,
      release: at(RELEASES, policy.integer("release", { min: 0, max: 2 })),
      uploads: at(UPLOADS, policy.integer("uploads", { min: 0, max: 1 })),
    },
    principals: readDigestList(body, "principals", CONFIG_KEYS_MAX),
    publishers: readDigestList(body, "publishers", CONFIG_KEYS_MAX),
  };
  policy.end();
  body.end();
  return config;
}

export function writeConfig(config: ConfigRecord): JsonInput {
  const { attestations, closeDays, release, uploads } = config.policy;
  return {
    policy: {
      attestations: ATTESTATIONS.indexOf(attestations),
      closeDays: closeDays ?? CLOSE_NEVER,
      release: RELEASES.indexOf(release),
      uploads: UPLOADS.indexOf(uploads),
    },
    principals: config.principals,
    publishers: config.publishers,
  };
}

function readGenesis(body: JsonObject) {
  const rootKeys = readDigestList(body, "rootKeys", ROOT_KEYS_MAX);
  const countersign = readDigestList(body, "countersign", COUNTERSIGN_KEYS_MAX);
  if (countersign.length === 0)
    throw new ParseError("out-of-range", "Cannot read log-genesis: no countersign key");
  return {
    countersign,
    ecosystem: body.text("ecosystem", SAFE_TEXT),
    import: body.choice("import", ["open", "closed"]),
    previous: body.value("previous") === "none" ? null : readPrevious(body.object("previous")),
    root: readRootSignatures(body, "root"),
    rootKeys,
    rootVersion: body.integer("rootVersion", U32),
    rpIdHash: readDigest(body, "rpIdHash"),
    rules: body.integer("rules", U32),
    targetsVersion: body.integer("targetsVersion", U32),
    threshold: body.integer("threshold", { min: 1, max: rootKeys.length }),
    trust: readDigestOrNone(body, "trust"),
    visibility: body.choice("visibility", ["public", "private"]),
    webOrigin: body.text("webOrigin", { charsMax: 128, pattern: /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/ }),
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
  const attestations = body
    .objects("attestations", { itemsMax: STATEMENT_ATTESTATIONS_MAX })
    .map(readAttestation);
  if (!isAscending(attestations.map((item) => `${PREDICATES.indexOf(item.predicate)}${item.digest}`))) {
    throw new ParseError(
      "not-canonical",
      "Cannot read attestations: not ascending by predicate, then digest",
    );
  }
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

function readAttestation(body: JsonObject): StatedAttestation {
  const attestation = {
    digest: readDigest(body, "digest"),
    predicate: at(PREDICATES, body.integer("predicate", { min: 1, max: 3 })),
    publisher: readDigest(body, "publisher"),
    time: body.integer("time", SAFE_INTEGER),
  };
  body.end();
  return attestation;
}

function writeAttestation(item: StatedAttestation): JsonInput {
  const { digest, publisher, time } = item;
  return { digest, predicate: PREDICATES.indexOf(item.predicate), publisher, time };
}

function readVoid(body: JsonObject) {
  return {
    target: body.integer("target", SAFE_INTEGER),
    statement: readDigest(body, "statement"),
    root: body.value("root") === "none" ? null : readRootSignatures(body, "root"),
  };
}

function readFiles(body: JsonObject): readonly Digest[] {
  const files = readDigestList(body, "files", STATEMENT_FILES_MAX);
  if (files.length === 0) throw new ParseError("out-of-range", "Cannot read files: none");
  return files;
}

function readReason(body: JsonObject, range: { readonly min: number; readonly max: number }): FileReason {
  return at(FILE_REASONS, body.integer("reason", range));
}

function readDigest(body: JsonObject, name: string): Digest {
  return encodeHex(body.hex(name, 32));
}

function readDigestOrNone(body: JsonObject, name: string): Digest | null {
  return body.value(name) === "none" ? null : readDigest(body, name);
}

function readDigestList(body: JsonObject, name: string, itemsMax: number): readonly Digest[] {
  const digests = body.texts(name, { itemsMax, charsMax: 64 });
  if (!digests.every((digest) => /^[0-9a-f]{64}$/.test(digest)) || !isAscending(digests)) {
    throw new ParseError("not-canonical", `Cannot read ${body.path}.${name}: not ascending unique digests`);
  }
  return digests;
}

/** The value at a place that the caller has checked to be in range. */
function at<T>(values: readonly (T | undefined)[], index: number): T {
  const value = values[index];
  if (value === undefined)
    throw new ParseError("out-of-range", `Cannot read a number: ${index} has no meaning`);
  return value;
}
