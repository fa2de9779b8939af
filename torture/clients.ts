// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from "node:fs";
import { parseTrust, type TrustDescription } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { type ProcessWorld, postUpload, toyProject, uploadForm } from "@countermark/testkit";
import { VerifyError, verifyReceipt } from "@countermark/verify";
import { type Book, both, expected, type FileRecord, type ProjectRecord } from "./book.ts";
import type { CiRun } from "./ci.ts";
import type { Findings } from "./findings.ts";
import type { Observer } from "./observer.ts";

/** How a request ended: answered, or without an answer. */
export type Outcome =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly text: string;
      readonly receipt: string | null;
    }
  | { readonly kind: "no-answer"; readonly why: string };

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

/** Longer than the index lets a request wait for its cosigners. */
const TIMEOUT_MS = 8_000;
const JSON_PAGE = "application/vnd.pypi.simple.v1+json";

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

/**
 * Whether the answer means that it is so now: done, or done before and asked again.
 *
 * A sealed change whose cosigners are away takes effect at once, and is answered 503: it is not promised, and may not be taken back either;
 * asked again it is found done.
 */
export function isDone(outcome: Outcome): outcome is Extract<Outcome, { kind: "answered" }> {
  if (outcome.kind !== "answered") return false;
  return outcome.status === 200 || /"(wrong-state|same-status)"/.test(outcome.text);
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

interface Reading {
  readonly world: ProcessWorld;
  readonly findings: Findings;
  readonly observer: Observer;
  readonly trust: TrustDescription;
  /** The largest head that was ever served as released. */
  readonly released: { size: number };
}

async function readPage(project: ProjectRecord, { world, findings }: Reading): Promise<boolean> {
  const before = new Map(
    [...project.files].map(([name, file]) => [name, { is: expected(project, file), yanked: file.yanked }]),
  );
  const outcome = await ask(`${world.indexUrl}/simple/${project.name}/`, { headers: { accept: JSON_PAGE } });
  if (outcome.kind === "no-answer" || outcome.status >= 500) return false;
  const listed = outcome.status === 200 ? listedOn(outcome.text) : new Map<string, Listed>();
  for (const [name, file] of project.files) {
    const known = before.get(name);
    const wanted = both(known?.is ?? "unknown", expected(project, file));
    const found = listed.get(name);
    if (wanted === "shown" && found === undefined) {
      findings.add("lost", `${name} is gone from its page (status ${outcome.status})`);
    }
    if (found === undefined) continue;
    if (wanted === "hidden") findings.add("lost", `the removal of ${name} is lost: it is on its page again`);
    if (found.sha256 !== file.sha256)
      findings.add("forked", `${name} is shown with other bytes: ${found.sha256}`);
    if (known?.yanked === "done" && !found.yanked) findings.add("lost", `the yank of ${name} is lost`);
    file.seen = true;
  }
  for (const name of listed.keys()) {
    if (!project.files.has(name)) findings.add("forked", `${name} is shown, and nobody uploaded it`);
  }
  return true;
}

interface Listed {
  readonly sha256: string;
  readonly yanked: boolean;
}

function listedOn(page: string): Map<string, Listed> {
  const { files } = JSON.parse(page) as {
    files: { filename: string; hashes: { sha256: string }; yanked: boolean | string }[];
  }; // our own index's answer
  return new Map(
    files.map(({ filename, hashes, yanked }) => [
      filename,
      { sha256: hashes.sha256, yanked: yanked !== false },
    ]),
  );
}

async function fetchFile(
  project: ProjectRecord,
  file: FileRecord,
  { world, findings }: Reading,
): Promise<boolean> {
  const before = expected(project, file);
  const url = `${world.indexUrl}/files/${file.sha256.slice(0, 2)}/${file.sha256}/${file.file.filename}`;
  let status: number;
  let bytes: Buffer;
  try {
    const response = await fetchInTime(url);
    status = response.status;
    bytes = Buffer.from(await response.arrayBuffer());
  } catch {
    return false;
  }
  if (status >= 500) return false;
  const wanted = both(before, expected(project, file));
  const name = file.file.filename;
  if (wanted === "shown" && status !== 200) findings.add("lost", `${name} cannot be fetched: ${status}`);
  if (wanted === "hidden" && status === 200)
    findings.add("lost", `the removal of ${name} is lost: it is served`);
  if (status === 200 && !bytes.equals(Buffer.from(file.file.bytes))) {
    findings.add("lost", `${name} is served with other bytes`);
  }
  return true;
}

async function fetchReceipt(
  file: FileRecord,
  { world, findings, trust, observer }: Reading,
): Promise<boolean> {
  const name = file.file.filename;
  const isPromised = file.uploaded === "done" || file.seen;
  const outcome = await ask(`${world.indexUrl}/receipt/${file.sha256}/${name}.tlog-proof`, {});
  if (outcome.kind === "no-answer" || outcome.status >= 500) return false;
  if (outcome.status !== 200) {
    if (isPromised) findings.add("lost", `the receipt of ${name} is gone: ${outcome.status}`);
    return true;
  }
  const bytes = new TextEncoder().encode(outcome.text);
  // A cosigner's clock may have been ahead in this round: what is asked here is whether the entry is there, not when it was.
  const now = 4_000_000_000;
  try {
    const logged = await verifyReceipt(bytes, { trust, now, fileSha256: file.sha256 }, nodeCrypto);
    if (file.entry !== null && file.entry !== logged.index) {
      findings.add("forked", `${name} is entry ${file.entry} and entry ${logged.index}`);
    }
    file.entry = logged.index;
    await observer.see(logged.head.checkpoint.noteBytes, `receipt of ${name}`);
  } catch (error) {
    // The cosigners' clocks were behind when they saw this head: the index has it cosigned anew at its next tick.
    if (error instanceof VerifyError && error.code === "entry-ahead") return false;
    findings.add("lost", `the receipt of ${name} does not verify: ${String(error)}`);
  }
  return true;
}

async function fetchProvenance(
  project: ProjectRecord,
  file: FileRecord,
  { world, findings }: Reading,
): Promise<boolean> {
  const before = expected(project, file);
  const name = file.file.filename;
  const outcome = await ask(
    `${world.indexUrl}/integrity/${project.name}/${file.version}/${name}/provenance`,
    {},
  );
  if (outcome.kind === "no-answer" || outcome.status >= 500) return false;
  const isShown = both(before, expected(project, file)) === "shown";
  if (isShown && !outcome.text.includes('"attestation_bundles"')) {
    findings.add("lost", `the provenance of ${name} is gone: ${outcome.status}`);
  }
  return true;
}

/** The released head: what was served once is never followed by an older one. */
async function readHead({ world, observer, findings, released }: Reading): Promise<boolean> {
  const known = released.size;
  const outcome = await ask(`${world.indexUrl}/checkpoint`, {});
  if (outcome.kind === "no-answer" || outcome.status !== 200) return false;
  const size = await observer.see(new TextEncoder().encode(outcome.text), "index");
  if (size === null) return true;
  if (size < known) findings.add("lost", `the released head went back from ${known} to ${size}`);
  released.size = Math.max(released.size, size);
  return true;
}

async function ask(url: string, init: RequestInit): Promise<Outcome> {
  return await outcomeOf(() => fetchInTime(url, init));
}

async function outcomeOf(send: () => Promise<Response>): Promise<Outcome> {
  try {
    const response = await send();
    const text = await response.text();
    return {
      kind: "answered",
      status: response.status,
      text,
      receipt: response.headers.get("countermark-receipt"),
    };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { kind: "no-answer", why: String(cause) };
  }
}

function fetchInTime(url: string, init: RequestInit = {}): Promise<Response> {
  return fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
}

/** Whether a request ended in one of the ways that a client may meet in trouble: later, or no answer at all. */
export function isForLater(outcome: Outcome): boolean {
  return outcome.kind === "no-answer" || outcome.status >= 500;
}
