// SPDX-License-Identifier: Apache-2.0
import { buildWheel, toyProject } from "@countermark/testkit";
import type { Random } from "../fuzz/random.ts";
import type { Book, FileRecord, ProjectRecord } from "./book.ts";
import type { CiRun } from "./ci.ts";
import type { Clients } from "./clients.ts";
import type { Findings } from "./findings.ts";
import { isDone, isForLater, type Outcome, wordsOf } from "./outcome.ts";
import { sleep } from "./sleep.ts";

/** One thing that somebody asked for and that was not answered yet: it is asked again, the same, until it is. */
export interface Unanswered {
  readonly words: string;
  again(): Promise<Outcome>;
}

/** What one worker of the load needs. */
export interface Worker {
  readonly random: Random;
  readonly clients: Clients;
  readonly book: Book;
  readonly findings: Findings;
  /** Its project, of which nobody else changes a file. */
  readonly project: ProjectRecord;
  /** Names the round, in versions. */
  readonly round: number;
  /** What it asked for in this round. */
  readonly touched: FileRecord[];
  readonly unanswered: Unanswered[];
  /** A CI job that has its file ready; null for an account with a token. */
  readonly ciRun: CiRun | null;
  /** Statuses of answers, for the summary. */
  readonly statuses: Map<string, number>;
}

const NO_ANSWER_PAUSE_MS = 150;

export interface Act {
  readonly weight: number;
  run(worker: Worker): Promise<void>;
}

/** What a publisher, and those who install, do. */
export const PUBLISHING: readonly Act[] = [
  { weight: 10, run: uploadNew },
  { weight: 2, run: yankOne },
  { weight: 2, run: withdrawOne },
  { weight: 4, run: async ({ clients, project }) => void (await clients.readPage(project)) },
  { weight: 3, run: installOne },
  { weight: 2, run: async ({ clients }) => void (await clients.readHead()) },
];

/** What becomes of the project that the operator puts into quarantine, and takes out again. */
export const OPERATING: readonly Act[] = [{ weight: 6, run: changeStatus }, ...PUBLISHING];

/** What a CI job does: it publishes the one file it has built, and others read. */
export const RELEASING: readonly Act[] = [{ weight: 6, run: publishBuilt }, ...PUBLISHING.slice(1)];

/** Does one thing after the other until `isOver`. */
export async function work(worker: Worker, acts: readonly Act[], isOver: () => boolean): Promise<void> {
  while (!isOver()) await worker.random.pickBy(acts, ({ weight }) => weight).run(worker);
}

async function uploadNew(worker: Worker): Promise<void> {
  const { project, book, clients, touched } = worker;
  if (!isOpen(project)) return;
  const version = `${worker.round}.${touched.length}`;
  // Incompressible filler of any size, so that disks fill up in the middle of things.
  const filler = Buffer.from(worker.random.bytes(worker.random.size(16_384))).toString("base64");
  const toy = toyProject(project.name, version);
  const file = book.addFile(
    project,
    version,
    buildWheel({ ...toy, modules: { ...toy.modules, "filler.py": filler } }),
  );
  touched.push(file);
  await attempt(worker, `the upload of ${file.file.filename}`, () => clients.upload(project, file));
}

async function publishBuilt(worker: Worker): Promise<void> {
  const { ciRun, touched, project, book, clients } = worker;
  if (ciRun === null || touched.length > 0) return;
  const file = book.addFile(project, ciRun.version, ciRun.file);
  touched.push(file);
  await attempt(worker, `publishing ${file.file.filename}`, () => clients.publish(project, file, ciRun));
}

async function yankOne(worker: Worker): Promise<void> {
  const { project, clients } = worker;
  const file = pickFile(worker, ({ yanked, withdrawn }) => yanked === "none" && withdrawn === "none");
  if (file === null) return;
  await attempt(worker, `the yank of ${file.file.filename}`, () => clients.yank(project, file));
}

async function withdrawOne(worker: Worker): Promise<void> {
  const { project, clients } = worker;
  // A yank that nobody answered would be refused once the file is withdrawn.
  const file = pickFile(worker, ({ yanked, withdrawn }) => yanked !== "sent" && withdrawn === "none");
  if (file === null) return;
  await attempt(worker, `the withdrawal of ${file.file.filename}`, () => clients.withdraw(project, file));
}

async function changeStatus(worker: Worker): Promise<void> {
  const { project, clients, unanswered } = worker;
  const hasFiles = [...project.files.values()].some(({ uploaded }) => uploaded === "done");
  // An upload that waits would be refused in a quarantine, and rightly.
  if (project.status.deed !== "done" || !hasFiles || unanswered.length > 0) return;
  const wanted = project.status.wanted === "active" ? "quarantined" : "active";
  await attempt(worker, `${project.name} becoming ${wanted}`, () => clients.changeStatus(project, wanted));
}

async function installOne({ random, project, clients }: Worker): Promise<void> {
  const files = [...project.files.values()];
  if (files.length === 0) return;
  const file = random.pick(files);
  await clients.fetchFile(project, file);
  if (file.uploaded === "done") await clients.fetchReceipt(file);
}

function isOpen({ status }: ProjectRecord): boolean {
  return status.wanted === "active" && status.deed === "done";
}

function pickFile(worker: Worker, isFit: (file: FileRecord) => boolean): FileRecord | null {
  if (!isOpen(worker.project)) return null;
  const files = [...worker.project.files.values()].filter((file) => file.uploaded === "done" && isFit(file));
  return files.length === 0 ? null : worker.random.pick(files);
}

/** Asks once; what is not answered for good is left for later, and what is refused was promised to nobody, and is a finding. */
async function attempt(worker: Worker, words: string, ask: () => Promise<Outcome>): Promise<void> {
  const outcome = await ask();
  note(worker.statuses, outcome);
  // Whoever gets no answer does not ask a thousand times a second.
  if (outcome.kind === "no-answer") await sleep(NO_ANSWER_PAUSE_MS);
  if (isForLater(outcome)) worker.unanswered.push({ words, again: ask });
  else if (!isDone(outcome)) worker.findings.add("stuck", `${words} was refused: ${wordsOf(outcome)}`);
}

function note(statuses: Map<string, number>, outcome: Outcome): void {
  const name = outcome.kind === "answered" ? String(outcome.status) : "no answer";
  statuses.set(name, (statuses.get(name) ?? 0) + 1);
}
