// SPDX-License-Identifier: Apache-2.0
import { type Consent, encodeHex, normalizeProjectName, ParseError } from "@countermark/formats";
import { IndexRefusal } from "./failure.ts";
import { authenticateManager, type Manager, requireAdmin, requireOwner } from "./manage/authorise.ts";
import { changeFiles, changeStatus, configureProject, createProject } from "./manage/manage.ts";
import {
  parseAccountRequest,
  parseConfigureRequest,
  parseFilesRequest,
  parsePasskeyRequest,
  parsePendingRequest,
  parseProjectRequest,
  parseStatusRequest,
} from "./manage/requests.ts";
import { publish } from "./release/publish.ts";
import { readBody } from "./request-body.ts";
import { answerJson } from "./serve/respond.ts";
import { receiptUrl } from "./serve/urls.ts";
import type { Services } from "./services.ts";
import { createAccount } from "./trust/accounts.ts";
import { exchangeIdToken, parseMintRequest } from "./trust/exchange.ts";
import { findPasskeys } from "./trust/passkeys.ts";
import { addPending } from "./trust/publishers.ts";
import { authenticateUploader, burnUploadToken } from "./trust/upload-tokens.ts";
import { receiveUpload } from "./upload/receive.ts";

/** `POST /legacy/`: one file, from the wire to every page. @spec warehouse/upload */
export async function handleUpload(request: Request, services: Services): Promise<Response> {
  const { database, blobs, options } = services;
  const uploader = await authenticateUploader(
    database,
    request.headers.get("authorization"),
    services.clock.present(),
  );
  const contentType = request.headers.get("content-type");
  const received = await receiveUpload({ headers: { contentType }, body: request.body }, blobs);
  try {
    const file = await publish(received, uploader, services.publish);
    const receipt = receiptUrl(options.publicUrl, file.sha256, file.filename);
    const headers = {
      "cache-control": "no-store",
      "content-type": "text/plain; charset=utf-8",
      "countermark-receipt": receipt,
    };
    const text = file.isStaged ? "Staged: nobody sees the file before its release is published.\n" : "";
    return new Response(text, { status: 200, headers });
  } finally {
    await received.discard();
  }
}

/** `POST /_/oidc/mint-token`. */
export async function handleMint(request: Request, services: Services): Promise<Response> {
  const token = parseMintRequest(await readBody(request));
  const grant = await exchangeIdToken(token, services.exchange);
  return answerJson(200, { success: true, token: grant.token, expires: grant.expires });
}

/** `POST /_/oidc/burn-token` `{"token"}`: says the same whether there was such a token or not. */
export async function handleBurn(request: Request, services: Services): Promise<Response> {
  await burnUploadToken(services.database, parseMintRequest(await readBody(request)));
  return answerJson(200, { success: true });
}

/** `GET /.well-known/pytp`: where tokens for this index come from. @spec PEP 807 */
export function handleDiscovery(request: Request, services: Services): Response {
  const accept = request.headers.get("accept");
  const type = "application/vnd.pypi.pytp.v1+json";
  if (accept !== null && !accept.includes("*/*") && !accept.includes(type)) {
    throw new IndexRefusal("not-acceptable", `This is served as ${type} only.`);
  }
  const discover = new URL(request.url).searchParams.get("discover") ?? "/legacy/";
  if (discover !== "/legacy/" && discover !== "/legacy") {
    throw new IndexRefusal("not-found", "There is no upload endpoint of that path.");
  }
  const { publicUrl } = services.options;
  const response = answerJson(200, {
    "audience-endpoint": `${publicUrl}/_/oidc/audience`,
    "token-mint-endpoint": `${publicUrl}/_/oidc/mint-token`,
    features: ["multi-use-token"],
    "default-features": ["multi-use-token"],
  });
  response.headers.set("content-type", type);
  return response;
}

/** `POST /_/manage/accounts` `{"name"}` -> `{"token"}` */
export async function handleCreateAccount(request: Request, services: Services): Promise<Response> {
  requireAdmin(await manager(request, services));
  const { name } = parseAccountRequest(await readBody(request));
  const { token } = await createAccount(services.database, name, services.clock.present());
  return answerJson(201, { name, token });
}

/** `POST /_/manage/pending-publishers` `{"project","publisher"}` */
export async function handleAddPending(request: Request, services: Services): Promise<Response> {
  const by = await manager(request, services);
  const { name, publisher } = parsePendingRequest(await readBody(request));
  const pending = { name, accountId: accountIdOf(by), record: publisher };
  await addPending(services.database, pending, services.clock.present());
  return answerJson(201, { project: name });
}

/** `POST /_/manage/projects` `{"project","publishers"?,"policy"?}` */
export async function handleCreateProject(request: Request, services: Services): Promise<Response> {
  const by = await manager(request, services);
  const wanted = parseProjectRequest(await readBody(request));
  const { index } = await createProject({ ...wanted, ownerId: accountIdOf(by) }, services.manage);
  return await answerEntry(201, index, services);
}

/** `POST /_/manage/projects/<name>/configure` */
export async function handleConfigure(request: Request, name: string, services: Services): Promise<Response> {
  const account = await ownedOrUnsigned(request, name, services);
  const wanted = parseConfigureRequest(await readBody(request));
  // Without an account the act is named too: the index chooses none for a stranger.
  const way = wanted.act === null ? null : wanted.way;
  const project = account ?? requirePasskey(way, wanted.consent, name);
  const { index, act } = await configureProject(project, wanted, services.manage);
  return await answerEntry(200, index, services, act);
}

/** The project, where an account asks; null where nobody says which account he has. @throws as {@link owned} */
export async function ownedOrUnsigned(
  request: Request,
  name: string,
  services: Services,
): Promise<string | null> {
  return request.headers.has("authorization") ? await owned(request, name, services) : null;
}

/**
 * The project, for who brings its passkey's consent instead of an account: whoever lost the account, or shares it with a thief.
 * That the consent is one, the ledger's rules say.
 *
 * @throws IndexRefusal `token-missing`
 */
export function requirePasskey(way: string | null, consent: Consent, name: string): string {
  if (way === "passkey" && consent.kind === "passkey") return normalizeName(name);
  throw new IndexRefusal("token-missing", "That takes an account's token, or the consent of a passkey.");
}

/** `POST /_/owner/<name>/passkey` `{"credential"}` -> `{"passkeys"}`: what the passkey with which somebody just signed is to the ledger. */
export async function handlePasskey(request: Request, name: string, services: Services): Promise<Response> {
  const { credential } = parsePasskeyRequest(await readBody(request));
  const key = services.manage.projectKey(normalizeName(name));
  const found = await findPasskeys(services.database, key, credential);
  if (found.length === 0) throw new IndexRefusal("passkey-unknown", "The project has no such passkey.");
  const passkeys = found.map(({ record, salt }) => ({
    alg: record.algorithm,
    key: encodeHex(record.key),
    salt: encodeHex(salt),
  }));
  return answerJson(200, { passkeys });
}

const FILE_KINDS = { yank: "yanked", unyank: "unyanked", withdraw: "withdrawn" } as const;

/** `POST /_/manage/projects/<name>/yank`, `/unyank`, `/withdraw` */
export async function handleFilesChange(
  request: Request,
  name: string,
  act: keyof typeof FILE_KINDS,
  services: Services,
): Promise<Response> {
  const project = await owned(request, name, services);
  const wanted = parseFilesRequest(await readBody(request));
  const { index } = await changeFiles(project, FILE_KINDS[act], wanted, services.manage);
  return await answerEntry(200, index, services);
}

/** `POST /_/manage/projects/<name>/status`. Only the operator quarantines, and ends a quarantine. */
export async function handleStatus(request: Request, name: string, services: Services): Promise<Response> {
  const project = await owned(request, name, services);
  const by = await manager(request, services);
  const wanted = parseStatusRequest(await readBody(request));
  const { index } = await changeStatus(project, wanted, by, services.manage);
  return await answerEntry(200, index, services);
}

/** Who manages. @throws IndexRefusal `token-missing`, `management-refused` */
export async function manager(request: Request, services: Services): Promise<Manager> {
  const { database, options } = services;
  return await authenticateManager(database, request.headers.get("authorization"), options.adminToken);
}

/** The normal form of the project's name, for who may manage it. */
export async function owned(request: Request, name: string, services: Services): Promise<string> {
  const by = await manager(request, services);
  const normalized = normalizeName(name);
  const key = services.manage.projectKey(normalized);
  await requireOwner(services.database, by, { key, name: normalized });
  return normalized;
}

/** @throws IndexRefusal `project-unknown` */
export function normalizeName(name: string): string {
  try {
    return normalizeProjectName(name);
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw new IndexRefusal("project-unknown", cause.message, { cause });
  }
}

function accountIdOf(by: Manager): number | null {
  return by.kind === "account" ? by.account.id : null;
}

/**
 * Says where the entry is, and whether a released head covers it yet. What the entry takes away is out of service
 * already; what it adds is seen when it is released.
 */
export async function answerEntry(
  status: number,
  index: number,
  services: Services,
  act: string | null = null,
): Promise<Response> {
  const isReleased = await services.publish.awaitEntry(index).then(
    () => true,
    (error: unknown) => {
      if (error instanceof IndexRefusal) return false;
      throw error;
    },
  );
  return answerJson(status, { entry: index, released: isReleased, ...(act === null ? {} : { act }) });
}
