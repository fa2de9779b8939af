// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { ENTRY_BYTES_MAX } from "../limits.ts";
import { type Bytes, equalBytes } from "../text/bytes.ts";
import { encodeCanonicalJson, type JsonInput } from "../text/canonical-json.ts";
import { encodeHex, quote } from "../text/hex.ts";
import { type JsonObject, jsonInput, parseJsonObject } from "../text/json.ts";
import type { ConfigRecord } from "./config-record.ts";
import type { Consent, RootSignature } from "./consent.ts";
import type { Digest } from "./ids.ts";
import { ROLES, type Role } from "./index-header.ts";
import type { FileReason, LedgerStatus, Predicate } from "./project-records.ts";
import { type ConfigureAct, type ConfigureWay, readFields, writeFields } from "./statement-fields.ts";
import type { FileStatement } from "./statement-files.ts";
import type { IndexStatement, ProjectRecovered } from "./statement-index.ts";
import { SAFE_INTEGER, SAFE_TEXT } from "./statement-values.ts";

/** What every statement says. @spec specs/ledger-entry.md#statement */
export interface StatementCommon {
  readonly origin: string;
  readonly role: Role;
  /** The map key of the project; the index key for statements about the index. */
  readonly project: Digest;
  /** Number of legal entries of that project before this one. */
  readonly seq: number;
  /** Unix seconds, assigned when the entry is sealed. */
  readonly time: number;
  /** The commitment of the detail. */
  readonly detail: Digest | null;
}

export interface LogGenesis extends StatementCommon {
  readonly kind: "log-genesis";
  /** The origin hash, as the subject says it. */
  readonly log: Digest;
  readonly countersign: readonly string[];
  readonly ecosystem: string;
  readonly import: "open" | "closed";
  readonly previous: PreviousLog | null;
  readonly root: readonly RootSignature[];
  readonly rootKeys: readonly Digest[];
  readonly rootVersion: number;
  readonly rpIdHash: Digest;
  readonly rules: number;
  readonly targetsVersion: number;
  readonly threshold: number;
  readonly trust: Digest | null;
  readonly visibility: "public" | "private";
  readonly webOrigin: string;
}

export interface PreviousLog {
  readonly map: Digest;
  readonly origin: string;
  readonly root: Digest;
  readonly size: number;
}

export interface ProjectReserved extends StatementCommon {
  readonly kind: "project-reserved";
}

export interface ProjectCreated extends StatementCommon {
  readonly kind: "project-created";
  readonly config: ConfigRecord;
}

export interface ProjectConfigured extends StatementCommon {
  readonly kind: "project-configured";
  readonly act: ConfigureAct;
  readonly way: ConfigureWay;
  /** Null for take and cancel. */
  readonly config: ConfigRecord | null;
  readonly consent: Consent;
}

export interface StatedAttestation {
  readonly digest: Digest;
  readonly predicate: Predicate;
  readonly publisher: Digest;
  /** Unix seconds, as its timestamp says. */
  readonly time: number;
}

export interface FileAccepted extends StatementCommon {
  readonly kind: "file-accepted";
  readonly sha256: Digest;
  readonly file: Digest;
  readonly release: Digest;
  readonly size: number;
  readonly metadata: Digest | null;
  readonly show: "now" | "staged";
  readonly uploader: "token" | "publisher";
  readonly publisher: Digest | null;
  readonly received: number;
  readonly attestations: readonly StatedAttestation[];
}

export interface FilesYanked extends StatementCommon {
  readonly kind: "yanked" | "unyanked";
  readonly files: readonly Digest[];
  readonly reason: FileReason;
}

export interface FilesWithdrawn extends StatementCommon {
  readonly kind: "withdrawn";
  readonly files: readonly Digest[];
  readonly reason: FileReason;
}

export interface StatusChanged extends StatementCommon {
  readonly kind: "status";
  readonly status: LedgerStatus;
}

export interface EntryVoided extends StatementCommon {
  readonly kind: "void";
  readonly target: number;
  /** The digest of the target's statement. */
  readonly statement: Digest;
  readonly root: readonly RootSignature[] | null;
}

/** A statement of a kind that these rules do not have: well-formed as far as every statement is. */
export interface UnknownStatement extends StatementCommon {
  readonly kind: "unknown";
  readonly name: string;
  readonly subject: JsonInput;
  readonly predicate: JsonInput;
}

export type KnownStatement =
  | LogGenesis
  | ProjectReserved
  | ProjectCreated
  | ProjectConfigured
  | FileAccepted
  | FilesYanked
  | FilesWithdrawn
  | StatusChanged
  | EntryVoided
  | ProjectRecovered
  | IndexStatement
  | FileStatement;
export type LedgerStatement = KnownStatement | UnknownStatement;

/** What a kind's subject is: the file's digest, the project's key, or the log's hash. */
const SUBJECTS = {
  "log-genesis": "countermarkLog",
  "project-reserved": "countermarkProject",
  "project-created": "countermarkProject",
  "project-configured": "countermarkProject",
  "file-accepted": "sha256",
  yanked: "countermarkProject",
  unyanked: "countermarkProject",
  withdrawn: "countermarkProject",
  status: "countermarkProject",
  void: "countermarkProject",
  "project-recovered": "countermarkProject",
  "trust-changed": "countermarkLog",
  "rules-changed": "countermarkLog",
  "index-role": "countermarkLog",
  sunset: "countermarkLog",
  "log-succeeded": "countermarkLog",
  "release-published": "countermarkProject",
  "release-closed": "countermarkProject",
  "file-attested": "sha256",
  "detail-erased": "countermarkProject",
  amended: "countermarkProject",
  imported: "countermarkProject",
  "import-closed": "countermarkLog",
  observed: "countermarkProject",
  promoted: "countermarkProject",
} as const satisfies Record<KnownStatement["kind"], string>;

/** The kinds that these rules have. */
export const LEDGER_KINDS = Object.keys(SUBJECTS) as readonly KnownStatement["kind"][]; // the keys of a closed table

const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
const PREDICATE_PREFIX = "https://countermark.dev/ledger/";

/**
 * Reads a statement from its canonical JSON. A kind that is not known is read as {@link UnknownStatement}.
 *
 * @throws ParseError as `parseJsonObject`; `not-canonical` where the bytes are not the canonical form of what they say
 * @spec specs/ledger-entry.md#statement
 */
export function parseStatement(payload: Uint8Array): LedgerStatement {
  const limits = { bytesMax: ENTRY_BYTES_MAX, depthMax: 6 };
  const body = parseJsonObject(payload, limits, "statement");
  body.choice("_type", [STATEMENT_TYPE]);
  const predicateType = body.text("predicateType", SAFE_TEXT);
  const predicate = body.object("predicate");
  const subject = readSubject(body);
  body.end();
  const name = new RegExp(`^${PREDICATE_PREFIX}([a-z]+(?:-[a-z]+)*)/v1$`).exec(predicateType)?.[1];
  if (name === undefined) {
    throw new ParseError("malformed", `Cannot read statement: predicateType ${quote(predicateType)}`);
  }
  const common = readCommon(predicate);
  const kind = LEDGER_KINDS.find((known) => known === name);
  const statement: LedgerStatement =
    kind === undefined
      ? {
          kind: "unknown",
          ...common,
          name,
          subject: { [subject.member]: subject.digest },
          predicate: jsonInput(body.value("predicate")),
        }
      : readKnown(kind, common, predicate, subject);
  if (!equalBytes(encodeStatement(statement), payload)) {
    throw new ParseError("not-canonical", "Cannot read statement: not in its canonical form");
  }
  return statement;
}

/** The canonical JSON of `statement`: the payload that is signed. */
export function encodeStatement(statement: LedgerStatement): Bytes {
  if (statement.kind === "unknown")
    return encodeWhole(statement.name, statement.subject, statement.predicate);
  const { origin, role, project, seq, time, detail } = statement;
  const common = { origin, role, project, seq, time, detail: detail ?? "none" };
  const predicate = { ...common, ...writeFields(statement) };
  return encodeWhole(statement.kind, writeSubject(statement), predicate);
}

/** `{"predicate":{...},"predicateType":...}` in canonical JSON, the predicate without its members `root` and `time`. */
export function encodeRootSigned(statement: KnownStatement): Bytes {
  return encodePredicate(statement, ["root", "time"]);
}

/**
 * The same of a genesis without `previous` too: what a log can say of its successor, whose genesis names the log's end.
 *
 * @spec specs/ledger-records.md#ids
 */
export function encodeSuccessor(genesis: LogGenesis): Bytes {
  return encodePredicate(genesis, ["previous", "root", "time"]);
}

function encodePredicate(statement: KnownStatement, without: readonly string[]): Bytes {
  const body = parseJsonObject(encodeStatement(statement), { bytesMax: 1 << 20, depthMax: 6 }, "statement");
  const predicate = body.object("predicate");
  const members = predicate.names().filter((name) => !without.includes(name));
  return encodeCanonicalJson({
    predicate: Object.fromEntries(members.map((name) => [name, jsonInput(predicate.value(name))])),
    predicateType: `${PREDICATE_PREFIX}${statement.kind}/v1`,
  });
}

function encodeWhole(name: string, digest: JsonInput, predicate: JsonInput): Bytes {
  const predicateType = `${PREDICATE_PREFIX}${name}/v1`;
  return encodeCanonicalJson({ _type: STATEMENT_TYPE, predicate, predicateType, subject: [{ digest }] });
}

interface Subject {
  readonly member: (typeof SUBJECTS)[keyof typeof SUBJECTS];
  readonly digest: Digest;
}

function readSubject(body: JsonObject): Subject {
  const [subject, ...more] = body.objects("subject", { itemsMax: 1 });
  if (subject === undefined || more.length > 0) {
    throw new ParseError("malformed", "Cannot read statement: it has not exactly one subject");
  }
  const digests = subject.object("digest");
  subject.end();
  const [name = ""] = digests.names();
  const member = (["sha256", "countermarkProject", "countermarkLog"] as const).find(
    (known) => known === name,
  );
  if (member === undefined)
    throw new ParseError("malformed", `Cannot read statement: subject ${quote(name)}`);
  const digest = encodeHex(digests.hex(member, 32));
  digests.end();
  return { member, digest };
}

function writeSubject(statement: KnownStatement): JsonInput {
  const member = SUBJECTS[statement.kind];
  if (member === "countermarkLog" && "log" in statement) return { countermarkLog: statement.log };
  if (member === "sha256" && "sha256" in statement) return { sha256: statement.sha256 };
  return { countermarkProject: statement.project };
}

function readCommon(body: JsonObject): StatementCommon {
  return {
    origin: body.text("origin", SAFE_TEXT),
    role: body.choice("role", ROLES),
    project: encodeHex(body.hex("project", 32)),
    seq: body.integer("seq", SAFE_INTEGER),
    time: body.integer("time", SAFE_INTEGER),
    detail: body.value("detail") === "none" ? null : encodeHex(body.hex("detail", 32)),
  };
}

function readKnown(
  kind: KnownStatement["kind"],
  common: StatementCommon,
  predicate: JsonObject,
  subject: Subject,
): KnownStatement {
  if (subject.member !== SUBJECTS[kind]) {
    throw new ParseError("malformed", `Cannot read statement: a subject of ${kind} is a ${SUBJECTS[kind]}`);
  }
  if (subject.member === "countermarkProject" && subject.digest !== common.project) {
    throw new ParseError("malformed", "Cannot read statement: subject and project differ");
  }
  const statement = readFields(kind, common, predicate, subject.digest);
  predicate.end();
  return statement;
}
