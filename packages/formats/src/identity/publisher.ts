// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { PUBLISHER_BYTES_MAX } from "../limits.ts";
import { type Bytes, equalBytes } from "../text/bytes.ts";
import { encodeCanonicalJson } from "../text/canonical-json.ts";
import { type JsonObject, parseJsonObject } from "../text/json.ts";

/**
 * Who may publish: one CI identity (or e-mail identity) as its provider names it. Ids decide, names are for people.
 * Null means that the provider has no such thing; a null `environment` means any.
 *
 * @spec specs/ledger-records.md#publisher-record
 */
export interface PublisherRecord {
  readonly provider: string;
  readonly issuer: string;
  readonly owner: string | null;
  readonly ownerId: string | null;
  readonly project: string | null;
  readonly projectId: string | null;
  /** Path of the workflow that the run started from. */
  readonly workflow: string | null;
  /** Path of the reusable workflow that signs, where it is another one. */
  readonly calledWorkflow: string | null;
  readonly environment: string | null;
  /** The token's `sub`, or an e-mail address, for providers without projects. */
  readonly subject: string | null;
}

const TEXT = { charsMax: PUBLISHER_BYTES_MAX } as const;
const ID = { charsMax: 128, pattern: /^[0-9A-Za-z_-]+$/ } as const;

/**
 * Reads a publisher record, from canonical JSON bytes or as part of a document already parsed.
 *
 * @throws ParseError as `parseJsonObject`; `too-large` above 2,048 bytes of canonical JSON; `not-canonical` where the bytes
 *   are not the canonical form
 */
export function parsePublisher(input: Uint8Array | JsonObject): PublisherRecord {
  if (!(input instanceof Uint8Array)) {
    const record = readPublisher(input);
    // What is read can be written: an id or a lock is made of it next.
    const { length } = encodeRecord(record);
    if (length > PUBLISHER_BYTES_MAX) {
      throw new ParseError("too-large", `Cannot read ${input.path}: a publisher record of ${length} bytes`);
    }
    return record;
  }
  const limits = { bytesMax: PUBLISHER_BYTES_MAX, depthMax: 1 };
  const record = readPublisher(parseJsonObject(input, limits, "publisher record"));
  if (!equalBytes(encodePublisher(record), input)) {
    throw new ParseError("not-canonical", "Cannot read publisher record: not in its canonical form");
  }
  return record;
}

/** The canonical JSON of `record`. @throws TypeError above 2,048 bytes */
export function encodePublisher(record: PublisherRecord): Bytes {
  const bytes = encodeRecord(record);
  if (bytes.length > PUBLISHER_BYTES_MAX) {
    throw new TypeError(`Cannot encode a publisher record of ${bytes.length} bytes`);
  }
  return bytes;
}

function encodeRecord(record: PublisherRecord): Bytes {
  const { provider, issuer, owner, ownerId, project, projectId } = record;
  const { workflow, calledWorkflow, environment, subject } = record;
  const names = { provider, issuer, owner, ownerId, project, projectId };
  return encodeCanonicalJson({ ...names, workflow, calledWorkflow, environment, subject, v: 1 });
}

function readPublisher(body: JsonObject): PublisherRecord {
  body.integer("v", { min: 1, max: 1 });
  const record = {
    provider: body.text("provider", { charsMax: 64, pattern: /^[a-z][a-z0-9-]*$/ }),
    issuer: body.text("issuer", TEXT),
    owner: body.textOrNull("owner", TEXT),
    ownerId: body.textOrNull("ownerId", ID),
    project: body.textOrNull("project", TEXT),
    projectId: body.textOrNull("projectId", ID),
    workflow: body.textOrNull("workflow", TEXT),
    calledWorkflow: body.textOrNull("calledWorkflow", TEXT),
    environment: body.textOrNull("environment", TEXT),
    subject: body.textOrNull("subject", TEXT),
  };
  body.end();
  return record;
}
