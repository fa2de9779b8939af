// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { parseTrust } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { type ProcessWorld, postUpload, toyProject, uploadForm } from "@countermark/testkit";
import type { Book, FileRecord, ProjectRecord } from "./book.ts";
import type { CiRun } from "./ci.ts";
import type { Findings } from "./findings.ts";
import type { Observer } from "./observer.ts";
import { ask, fetchInTime, isDone, type Outcome, outcomeOf } from "./outcome.ts";
import { fetchFile, fetchProvenance, fetchReceipt, JSON_PAGE, readHead, readPage } from "./reading.ts";

/** What users of the index do, each noting in the book what was answered and complaining of what may not be. */
export interface Clients {
  upload(project: ProjectRecord, file: FileRecord): Promise<Outcome>;
  /** Uploads the attested file of a CI run, as its trusted publisher. */
  publish(project: ProjectRecord, file: FileRecord, run: CiRun): Promise<Outcome>;
  yank(project: ProjectRecord, file: FileRecord): Promise<Outcome>;
  withdraw(project: ProjectRecord, file: FileRecord): Promise<Outcome>;
  changeStatus(project: ProjectRecord, status: "active" | "quarantined"): Promise<Outcome>;
  /** Reads the project's page; false when there was no answer to judge. */
  readPage(project: ProjectRecord): Promise<boolean>;
  /** Fetches the file as an installer does; false when there was no answer to judge. */
  fetchFile(project: ProjectRecord, file: FileRecord): Promise<boolean>;
  /** Fetches the receipt of an accepted file and verifies it; false when there was no answer to judge. */
  fetchReceipt(file: FileRecord): Promise<boolean>;
  /** Fetches the provenance of a file that was published with an attestation; false when there was no answer to judge. */
  fetchProvenance(project: ProjectRecord, file: FileRecord): Promise<boolean>;
  readHead(): Promise<boolean>;
}

export interface ClientsOptions {
  readonly world: ProcessWorld;
  readonly book: Book;
  readonly observer: Observer;
  readonly findings: Findings;
  /** Account -> API token. */
  readonly tokens: ReadonlyMap<string, string>;
}

export function openClients(options: ClientsOptions): Clients {
  const { world, findings, observer } = options;
  const trust = parseTrust(new Uint8Array(readFileSync(world.trustFile)), nodeCrypto.sha256);
  const reading = { world, findings, observer, trust, released: { size: 0 } };
  const manage = async (path: string, token: string, body: unknown): Promise<Outcome> =>
    await ask(`${world.indexUrl}/_/manage/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const tokenOf = (account: string): string => options.tokens.get(account) ?? "";
  return {
    async upload(project, file) {
      if (file.uploaded === "none") file.uploaded = "sent";
      const form = uploadForm(toyProject(project.name, file.version), file.file);
      const outcome = await outcomeOf(() =>
        postUpload(fetchInTime, world.indexUrl, tokenOf(file.account), form),
      );
      if (outcome.kind === "answered" && outcome.status === 200)
        noteUploaded(file, outcome.receipt, findings);
      return outcome;
    },
    async publish(project, file, run) {
      if (file.uploaded === "none") file.uploaded = "sent";
      // An index that was started with a wrong clock cannot judge an identity token: the job asks again, as for a 503.
      const token = await run.exchangeToken().catch(() => null);
      if (token === null) return { kind: "no-answer", why: "no upload token" };
      const form = {
        ...uploadForm(toyProject(project.name, file.version), file.file),
        attestations: [run.attestation],
      };
      const outcome = await outcomeOf(() => postUpload(fetchInTime, world.indexUrl, token, form));
      if (outcome.kind !== "answered") return outcome;
      if (outcome.status === 200) noteUploaded(file, outcome.receipt, findings);
      return outcome.text.includes("token-expired")
        ? { kind: "no-answer", why: "the token expired" }
        : outcome;
    },
    async yank(project, file) {
      if (file.yanked === "none") file.yanked = "sent";
      const body = { files: [file.file.filename], text: "no longer" };
      const outcome = await manage(`projects/${project.name}/yank`, tokenOf(file.account), body);
      if (isDone(outcome)) file.yanked = "done";
      return outcome;
    },
    async withdraw(project, file) {
      if (file.withdrawn === "none") file.withdrawn = "sent";
      const body = { files: [file.file.filename], text: "never again" };
      const outcome = await manage(`projects/${project.name}/withdraw`, tokenOf(file.account), body);
      if (isDone(outcome)) file.withdrawn = "done";
      return outcome;
    },
    async changeStatus(project, status) {
      project.status = { wanted: status, deed: "sent" };
      const outcome = await manage(`projects/${project.name}/status`, world.adminToken, { status });
      if (!isDone(outcome)) return outcome;
      // A quarantine holds from its seal on. Its end adds something: it is promised when it is released, and that is said, or seen.
      const isPromised =
        status === "quarantined" ||
        /"released":true/.test(outcome.text) ||
        (await showsActive(project, world));
      if (!isPromised) return { kind: "no-answer", why: "sealed, and not released yet" };
      project.status = { wanted: status, deed: "done" };
      return outcome;
    },
    readPage: (project) => readPage(project, reading),
    fetchFile: (project, file) => fetchFile(project, file, reading),
    fetchReceipt: (file) => fetchReceipt(file, reading),
    fetchProvenance: (project, file) => fetchProvenance(project, file, reading),
    readHead: () => readHead(reading),
  };
}

async function showsActive({ name }: ProjectRecord, world: ProcessWorld): Promise<boolean> {
  const outcome = await ask(`${world.indexUrl}/simple/${name}/`, { headers: { accept: JSON_PAGE } });
  return outcome.kind === "answered" && outcome.status === 200 && /"status":"active"/.test(outcome.text);
}

function noteUploaded(file: FileRecord, receipt: string | null, findings: Findings): void {
  if (receipt === null)
    findings.add("lost", `${file.file.filename}: accepted without saying where its receipt is`);
  if (file.receiptUrl !== null && file.receiptUrl !== receipt) {
    findings.add(
      "lost",
      `${file.file.filename}: the same upload was answered with ${file.receiptUrl}, then ${receipt}`,
    );
  }
  file.uploaded = "done";
  file.receiptUrl = receipt;
}
