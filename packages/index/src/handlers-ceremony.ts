// SPDX-License-Identifier: Apache-2.0
import { answerEntry, manager, normalizeName } from "./handlers.ts";
import { requireAdmin } from "./manage/authorise.ts";
import { draftCeremony, recoverProject, sealCeremony } from "./manage/ceremony.ts";
import { parseDraftRequest, parseRecoverRequest, parseSignedDraft } from "./manage/ceremony-requests.ts";
import { readBody } from "./request-body.ts";
import { answerJson } from "./serve/respond.ts";
import type { Services } from "./services.ts";

/** `POST /_/manage/ceremony/draft`: what offline root keys are to sign. Nothing changes by it. */
export async function handleDraft(request: Request, services: Services): Promise<Response> {
  requireAdmin(await manager(request, services));
  const draft = await draftCeremony(parseDraftRequest(await readBody(request)), services.manage);
  return answerJson(200, { ...draft });
}

/** `POST /_/manage/ceremony/seal`: a draft that came back signed. */
export async function handleSeal(request: Request, services: Services): Promise<Response> {
  requireAdmin(await manager(request, services));
  const { index } = await sealCeremony(parseSignedDraft(await readBody(request)), services.manage);
  return await answerEntry(200, index, services);
}

/** `POST /_/manage/projects/<name>/recover`: by staff, three weeks in public. */
export async function handleRecover(request: Request, name: string, services: Services): Promise<Response> {
  requireAdmin(await manager(request, services));
  const wanted = parseRecoverRequest(await readBody(request));
  const { index } = await recoverProject(normalizeName(name), wanted, services.manage);
  return await answerEntry(200, index, services, wanted.act);
}
