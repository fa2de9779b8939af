// SPDX-License-Identifier: Apache-2.0
import {
  ID_TOKEN_CHARS_MAX,
  type IdToken,
  JSON_DEPTH_MAX,
  ParseError,
  parseIdToken,
  parseJsonObject,
  quote,
} from "@countermark/formats";
import type { IssuerKeys } from "@countermark/log";
import { nodeCrypto } from "@countermark/log";
import {
  type CiIdentity,
  findProvider,
  identityFromIdToken,
  type ProviderRow,
  RefusedError,
  type Verified,
  VerifyError,
  verifyIdToken,
} from "@countermark/verify";
import { IndexRefusal } from "../failure.ts";
import { ID_TOKEN_LEEWAY_SECONDS, REQUEST_BYTES_MAX } from "../limits.ts";
import type { Database } from "../store/database.ts";
import { tokenHash } from "../store/secret.ts";
import { findPending, findPublishers, type PendingPublisher, removePending } from "./publishers.ts";
import { rememberTokenId } from "./replay.ts";
import { issueUploadToken } from "./upload-tokens.ts";

/** What an exchange needs of the world. */
export interface ExchangePorts {
  readonly database: Database;
  readonly issuerKeys: IssuerKeys;
  readonly providers: readonly ProviderRow[];
  /** The one audience of tokens for this index. */
  readonly audience: string;
  now(): number;
  /** Whether the ledger has this publisher in the project's configuration in force. */
  isRegistered(project: string, publisherId: string): boolean;
  /**
   * Creates the project that a pending publisher waits for; null when it exists already.
   *
   * @returns map key of the project and id of its publisher
   */
  createProject(pending: PendingPublisher): Promise<{ project: string; publisherId: string } | null>;
}

export interface UploadGrant {
  readonly token: string;
  /** Unix seconds. */
  readonly expires: number;
}

/**
 * Exchanges an identity token for an upload token: scoped to the projects that have this identity as a publisher, bound
 * to its run.
 *
 * @throws IndexRefusal `id-token-malformed`, `id-token-issuer`, `id-token-invalid`, `id-token-reused`, `no-publisher`,
 * `pending-publisher-late`, `issuer-unavailable`
 */
export async function exchangeIdToken(text: string, ports: ExchangePorts): Promise<UploadGrant> {
  const token = await believeIdToken(text, ports);
  const identity = identify(token, ports);
  const registered = await findRegistered(identity, ports);
  const pending = await findPending(ports.database, identity, ports.now());
  if (registered.size === 0 && pending.length === 0) {
    throw new IndexRefusal(
      "no-publisher",
      `valid token, but no corresponding publisher (${describe(identity)})`,
    );
  }
  // Durable before anything is granted: a second exchange of this token finds it, whatever fails below.
  await rememberTokenId(
    ports.database,
    { issuer: token.issuer, tokenId: token.tokenId ?? tokenHash(text), expires: token.expires },
    ports.now(),
  );
  const created = await createPendingProjects(pending, ports);
  const projects = new Map([...registered, ...created]);
  if (projects.size === 0) {
    throw new IndexRefusal(
      "pending-publisher-late",
      `The project ${quote(pending[0]?.name ?? "")} exists already; its owner has to add this publisher.`,
    );
  }
  return await issueUploadToken(ports.database, { identity, projects }, ports.now());
}

/** What is compared, the ids too: names alone would look like a publisher that is registered. */
function describe(identity: CiIdentity): string {
  const { issuer, project, projectId, ownerId, workflow, calledWorkflow, environment } = identity;
  const called = calledWorkflow === null ? "" : `, which calls ${calledWorkflow}`;
  return (
    `issuer ${issuer}, project ${project} with id ${projectId} and owner id ${ownerId}, ` +
    `workflow ${workflow}${called}, environment ${environment}`
  );
}

/** The member `token` of a request's body. Members that we do not know are ignored. @throws IndexRefusal `id-token-malformed` @spec PEP 807 */
export function parseMintRequest(bytes: Uint8Array): string {
  try {
    const limits = { bytesMax: REQUEST_BYTES_MAX, depthMax: JSON_DEPTH_MAX };
    const body = parseJsonObject(bytes, limits, "mint request");
    const token = body.text("token", { charsMax: ID_TOKEN_CHARS_MAX });
    body.ignoreRest();
    return token;
  } catch (cause) {
    throw malformed(cause);
  }
}

async function believeIdToken(text: string, ports: ExchangePorts): Promise<Verified<IdToken>> {
  const token = parseToken(text);
  const row = findProvider(ports.providers, token.issuer);
  if (row === null) {
    throw new IndexRefusal("id-token-issuer", `unknown trusted publishing issuer ${quote(token.issuer)}`);
  }
  const keys = await ports.issuerKeys.keysOf(row.issuer, token.keyId);
  const expected = {
    row,
    keys,
    audience: ports.audience,
    now: ports.now(),
    leewaySeconds: ID_TOKEN_LEEWAY_SECONDS,
  };
  try {
    return await verifyIdToken(token, expected, nodeCrypto);
  } catch (cause) {
    throw invalid(cause);
  }
}

function identify(token: Verified<IdToken>, ports: ExchangePorts): CiIdentity {
  const row = findProvider(ports.providers, token.issuer);
  if (row === null) throw new IndexRefusal("id-token-issuer", "unknown trusted publishing issuer");
  try {
    return identityFromIdToken(row, token);
  } catch (cause) {
    throw invalid(cause);
  }
}

function parseToken(text: string): IdToken {
  try {
    return parseIdToken(text);
  } catch (cause) {
    throw malformed(cause);
  }
}

async function findRegistered(
  identity: CiIdentity,
  ports: ExchangePorts,
): Promise<ReadonlyMap<string, string>> {
  const openings = await findPublishers(ports.database, identity);
  // The publisher that names an environment is the closer one: it comes last and wins.
  const ordered = [...openings].sort(
    (a, b) => Number(a.record.environment !== null) - Number(b.record.environment !== null),
  );
  return new Map(
    ordered
      .filter(({ project, id }) => ports.isRegistered(project, id))
      .map(({ project, id }) => [project, id]),
  );
}

async function createPendingProjects(
  pending: readonly PendingPublisher[],
  ports: ExchangePorts,
): Promise<ReadonlyMap<string, string>> {
  const created = new Map<string, string>();
  for (const waiting of pending) {
    const project = await ports.createProject(waiting);
    await removePending(ports.database, waiting);
    if (project !== null) created.set(project.project, project.publisherId);
  }
  return created;
}

function malformed(cause: unknown): unknown {
  if (!(cause instanceof ParseError)) return cause;
  return new IndexRefusal("id-token-malformed", `malformed JWT or request: ${cause.message}`, { cause });
}

function invalid(cause: unknown): unknown {
  const isRefusal =
    cause instanceof VerifyError || cause instanceof RefusedError || cause instanceof ParseError;
  return isRefusal ? new IndexRefusal("id-token-invalid", cause.message, { cause }) : cause;
}
