// SPDX-License-Identifier: Apache-2.0
// What happens to files after they were uploaded.
import { answerEntry, manager, owned, ownedOrUnsigned, requirePasskey } from "./handlers.ts";
import { requireAdmin } from "./manage/authorise.ts";
import { closeImports, eraseDetails } from "./manage/operate.ts";
import { closeRelease, describeApproval, publishRelease } from "./manage/releases.ts";
import {
  parseAttestRequest,
  parseCloseRequest,
  parseEraseRequest,
  parseReleaseRequest,
} from "./manage/requests.ts";
import { readBody } from "./request-body.ts";
import { answerJson } from "./serve/respond.ts";
import type { Services } from "./services.ts";
import { authenticateUploader } from "./trust/upload-tokens.ts";
import { attestLater } from "./upload/attest.ts";

/** `POST /_/manage/projects/<name>/publish`: shows staged files. */
export async function handlePublishRelease(
  request: Request,
  name: string,
  services: Services,
): Promise<Response> {
  const account = await ownedOrUnsigned(request, name, services);
  const wanted = parseReleaseRequest(await readBody(request));
  const project = account ?? requirePasskey(wanted.consent.kind, wanted.consent, name);
  const { index } = await publishRelease(project, wanted, services.manage);
  return await answerEntry(200, index, services);
}

/** `POST /_/manage/projects/<name>/approval`: what a passkey signs before that. */
export async function handleApproval(request: Request, name: string, services: Services): Promise<Response> {
  const project = await owned(request, name, services);
  const wanted = parseReleaseRequest(await readBody(request));
  const { challenge, files } = describeApproval(project, wanted, services.manage);
  return answerJson(200, { challenge, files: files.map((file) => ({ ...file })) });
}

/** `POST /_/manage/projects/<name>/close`: the release takes no more files. */
export async function handleCloseRelease(
  request: Request,
  name: string,
  services: Services,
): Promise<Response> {
  const project = await owned(request, name, services);
  const wanted = parseCloseRequest(await readBody(request));
  const { index } = await closeRelease(project, wanted, services.manage);
  return await answerEntry(200, index, services);
}

/** `POST /_/manage/projects/<name>/erase`, by the operator. */
export async function handleErase(request: Request, name: string, services: Services): Promise<Response> {
  requireAdmin(await manager(request, services));
  const project = await owned(request, name, services);
  const wanted = parseEraseRequest(await readBody(request));
  const { index } = await eraseDetails(project, wanted, services.manage);
  return await answerEntry(200, index, services);
}

/** `POST /_/manage/import-closed`, by the operator. */
export async function handleCloseImports(request: Request, services: Services): Promise<Response> {
  requireAdmin(await manager(request, services));
  const { index } = await closeImports(services.manage);
  return await answerEntry(200, index, services);
}

/** `POST /_/attest`, with an upload token: attestations of a file that is there. */
export async function handleAttest(request: Request, services: Services): Promise<Response> {
  const { database, options } = services;
  const authorization = request.headers.get("authorization");
  const uploader = await authenticateUploader(database, authorization, options.clock());
  const wanted = parseAttestRequest(await readBody(request));
  const { index } = await attestLater(wanted, uploader, services.attest);
  return await answerEntry(200, index, services);
}
