// SPDX-License-Identifier: Apache-2.0
// What readers ask for, and what they complain of when it is not as it was promised.
import type { TrustDescription } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import type { ProcessWorld } from "@countermark/testkit";
import { VerifyError, verifyReceipt } from "@countermark/verify";
import { both, expected, type FileRecord, type ProjectRecord } from "./book.ts";
import type { Findings } from "./findings.ts";
import type { Observer } from "./observer.ts";
import { ask, fetchInTime } from "./outcome.ts";

export const JSON_PAGE = "application/vnd.pypi.simple.v1+json";

export interface Reading {
  readonly world: ProcessWorld;
  readonly findings: Findings;
  readonly observer: Observer;
  readonly trust: TrustDescription;
  /** The largest head that was ever served as released. */
  readonly released: { size: number };
}

export async function readPage(project: ProjectRecord, { world, findings }: Reading): Promise<boolean> {
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

export async function fetchFile(
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

export async function fetchReceipt(
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

export async function fetchProvenance(
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
export async function readHead({ world, observer, findings, released }: Reading): Promise<boolean> {
  const known = released.size;
  const outcome = await ask(`${world.indexUrl}/checkpoint`, {});
  if (outcome.kind === "no-answer" || outcome.status !== 200) return false;
  const size = await observer.see(new TextEncoder().encode(outcome.text), "index");
  if (size === null) return true;
  if (size < known) findings.add("lost", `the released head went back from ${known} to ${size}`);
  released.size = Math.max(released.size, size);
  return true;
}
