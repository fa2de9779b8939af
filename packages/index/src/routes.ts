// SPDX-License-Identifier: Apache-2.0
import { IndexRefusal } from "./failure.ts";
import {
  handleAddPending,
  handleBurn,
  handleConfigure,
  handleCreateAccount,
  handleCreateProject,
  handleDiscovery,
  handleFilesChange,
  handleMint,
  handlePasskey,
  handleStatus,
  handleUpload,
} from "./handlers.ts";
import { handleDraft, handleRecover, handleSeal } from "./handlers-ceremony.ts";
import {
  handleApproval,
  handleAttest,
  handleCloseImports,
  handleCloseRelease,
  handleErase,
  handlePublishRelease,
} from "./handlers-files.ts";
import type { RefusalShape } from "./refusals.ts";
import { serveEvidence, serveSealed } from "./serve/evidence.ts";
import { serveFile } from "./serve/files.ts";
import { serveProvenance } from "./serve/integrity.ts";
import { serveJsonApi } from "./serve/json-api.ts";
import {
  serveAnchorNote,
  serveDetailsFile,
  serveProjectProof,
  serveReceipt,
  serveStateFile,
} from "./serve/ledger.ts";
import { serveTimes } from "./serve/owner-times.ts";
import { serveAsset } from "./serve/pages.ts";
import { answerJson, FRESH, serveBytes } from "./serve/respond.ts";
import { normalizeOrNull, redirect, serveProjectList, serveProjectPage } from "./serve/simple.ts";
import type { Services } from "./services.ts";

export interface Route {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** How this endpoint's clients read a refusal. */
  readonly refusals: RefusalShape;
  serve(request: Request, param: (name: string) => string, services: Services): Response | Promise<Response>;
}

function get(path: string, serve: Route["serve"]): Route {
  return { method: "GET", path, refusals: "json", serve };
}

function post(path: string, refusals: RefusalShape, serve: Route["serve"]): Route {
  return { method: "POST", path, refusals, serve };
}

/** Every route of the index but those of the log's own files, which `serveLog` has. */
export const ROUTES: readonly Route[] = [
  // Upload and trusted publishing
  post("/legacy/", "legacy", (request, _param, services) => handleUpload(request, services)),
  post("/legacy", "legacy", (_request, _param, { options }) =>
    Response.redirect(`${options.publicUrl}/legacy/`, 308),
  ),
  get("/_/oidc/audience", (_request, _param, { options }) => answerJson(200, { audience: options.audience })),
  post("/_/oidc/mint-token", "mint", (request, _param, services) => handleMint(request, services)),
  post("/_/oidc/github/mint-token", "mint", (request, _param, services) => handleMint(request, services)),
  post("/_/oidc/burn-token", "mint", (request, _param, services) => handleBurn(request, services)),
  get("/.well-known/pytp", (request, _param, services) => handleDiscovery(request, services)),

  // What installers read
  get("/simple/", (request, _param, { simple }) => serveProjectList(request, simple)),
  get("/simple", (_request, _param, { options }) => redirect(`${options.publicUrl}/simple/`)),
  get("/simple/:name/", (request, param, { simple }) => serveProjectPage(request, param("name"), simple)),
  get("/simple/:name", (_request, param, { options }) => {
    const name = normalizeOrNull(param("name"));
    if (name === null) throw new IndexRefusal("not-found", "There is no project of that name.");
    return redirect(`${options.publicUrl}/simple/${name}/`);
  }),
  get("/files/:prefix/:sha256/:filename", (request, param, { files }) => {
    const sha256 = param("sha256");
    if (param("prefix") !== sha256.slice(0, 2)) throw new IndexRefusal("not-found", "There is no such file.");
    return serveFile(request, { sha256, filename: param("filename") }, files);
  }),
  get("/integrity/:project/:version/:filename/provenance", async (request, param, services) => {
    const path = { version: param("version"), filename: param("filename") };
    const ports = { blobs: services.blobs, findPublisher: services.publish.findPublisher };
    return await serveProvenance(request, await readNamed(param("project"), services), path, ports);
  }),
  ...["/pypi/:name/json", "/pypi/:name/json/"].map((path) =>
    get(path, async (request, param, services) =>
      serveJsonApi(request, await readNamed(param("name"), services), null, services.options.publicUrl),
    ),
  ),
  ...["/pypi/:name/:version/json", "/pypi/:name/:version/json/"].map((path) =>
    get(path, async (request, param, services) => {
      const project = await readNamed(param("name"), services);
      return serveJsonApi(request, project, param("version"), services.options.publicUrl);
    }),
  ),

  // What anybody can verify
  get("/map/at/:size/:key", (request, param, { ledgerServe }) =>
    serveProjectProof(request, param("size"), param("key"), ledgerServe),
  ),
  get("/map/latest/:key", (request, param, { ledgerServe }) =>
    serveProjectProof(request, "latest", param("key"), ledgerServe),
  ),
  get("/state/sha256/:value", (request, param, { ledgerServe }) =>
    serveStateFile(request, param("value"), ledgerServe),
  ),
  get("/details/sha256/:value", (request, param, { ledgerServe }) =>
    serveDetailsFile(request, param("value"), ledgerServe),
  ),
  get("/receipt/:sha256/:receipt", (request, param, { ledgerServe }) => {
    const receipt = param("receipt");
    if (!receipt.endsWith(".tlog-proof")) throw new IndexRefusal("not-found", "There is no such receipt.");
    const filename = receipt.slice(0, -".tlog-proof".length);
    return serveReceipt(request, { sha256: param("sha256"), filename }, ledgerServe);
  }),
  get("/checkpoint/sha256/:digest", (request, param, { options }) =>
    serveAnchorNote(request, param("digest"), options.storage),
  ),
  get("/trust.json", (request, _param, { options }) => serveDocument(request, options.documents.trust)),
  get("/trusted_root.json", (request, _param, { options }) =>
    serveDocument(request, options.documents.trustedRoot),
  ),

  // What auditors read
  get("/_/audit/sealed", (request, _param, { evidence }) => serveSealed(request, evidence)),
  get("/_/audit/:kind/:digest", (request, param, { evidence }) =>
    serveEvidence(request, param("kind"), param("digest"), evidence),
  ),

  // What owners and the operator do
  post("/_/manage/accounts", "json", (request, _param, services) => handleCreateAccount(request, services)),
  post("/_/manage/pending-publishers", "json", (request, _param, services) =>
    handleAddPending(request, services),
  ),
  post("/_/manage/projects", "json", (request, _param, services) => handleCreateProject(request, services)),
  post("/_/manage/projects/:name/configure", "json", (request, param, services) =>
    handleConfigure(request, param("name"), services),
  ),
  ...(["yank", "unyank", "withdraw"] as const).map((act) =>
    post(`/_/manage/projects/:name/${act}`, "json", (request, param, services) =>
      handleFilesChange(request, param("name"), act, services),
    ),
  ),
  post("/_/owner/:name/passkey", "json", (request, param, services) =>
    handlePasskey(request, param("name"), services),
  ),
  get("/_/owner/:name/times", (_request, param, services) => serveTimes(param("name"), services)),
  post("/_/manage/projects/:name/recover", "json", (request, param, services) =>
    handleRecover(request, param("name"), services),
  ),
  post("/_/manage/ceremony/draft", "json", (request, _param, services) => handleDraft(request, services)),
  post("/_/manage/ceremony/seal", "json", (request, _param, services) => handleSeal(request, services)),
  post("/_/manage/projects/:name/status", "json", (request, param, services) =>
    handleStatus(request, param("name"), services),
  ),

  post("/_/manage/projects/:name/publish", "json", (request, param, services) =>
    handlePublishRelease(request, param("name"), services),
  ),
  post("/_/manage/projects/:name/approval", "json", (request, param, services) =>
    handleApproval(request, param("name"), services),
  ),
  post("/_/manage/projects/:name/close", "json", (request, param, services) =>
    handleCloseRelease(request, param("name"), services),
  ),
  post("/_/manage/projects/:name/erase", "json", (request, param, services) =>
    handleErase(request, param("name"), services),
  ),
  post("/_/manage/import-closed", "json", (request, _param, services) =>
    handleCloseImports(request, services),
  ),
  post("/_/attest", "json", (request, _param, services) => handleAttest(request, services)),

  // What people read
  get("/project/:name/", (request, _param, { options }) =>
    serveAsset(request, "project.html", options.webDir),
  ),
  get("/project/:name/:filename", (request, _param, { options }) =>
    serveAsset(request, "file.html", options.webDir),
  ),
  get("/web/:asset", (request, param, { options }) => serveAsset(request, param("asset"), options.webDir)),
];

async function readNamed(name: string, services: Services): ReturnType<Services["readProject"]> {
  const normalized = normalizeOrNull(name);
  return normalized === null ? null : await services.readProject(normalized);
}

function serveDocument(request: Request, bytes: Uint8Array | null): Response {
  if (bytes === null) throw new IndexRefusal("not-found", "This index does not serve that document.");
  return serveBytes(request, { type: "application/json", bytes, cacheControl: FRESH });
}
