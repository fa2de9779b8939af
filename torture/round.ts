// SPDX-License-Identifier: Apache-2.0
import { Random } from "../fuzz/random.ts";
import { type Book, expected, type FileRecord, type ProjectRecord } from "./book.ts";
import { type CiRun, registerPublisher, startCiRun } from "./ci.ts";
import type { Clients } from "./clients.ts";
import type { Findings } from "./findings.ts";
import { type Act, OPERATING, PUBLISHING, RELEASING, type Unanswered, type Worker, work } from "./load.ts";
import { isDone, isForLater, type Outcome, wordsOf } from "./outcome.ts";
import { restoreBackup, takeBackup } from "./rollback.ts";
import { sleep } from "./sleep.ts";
import { type Town, VICTIMS } from "./town.ts";
import { drawTroubles, endTroubles, shuffle, type Trouble } from "./troubles.ts";

export interface RoundOptions {
  readonly number: number;
  readonly seed: string;
  readonly town: Town;
  readonly book: Book;
  readonly clients: Clients;
  readonly findings: Findings;
  readonly accounts: readonly string[];
  readonly tokens: ReadonlyMap<string, string>;
  /** Where the world's folders are. */
  readonly dir: string;
}

/** What happened in a round, for its line. */
export interface RoundReport {
  readonly troubles: readonly Trouble[];
  readonly statuses: ReadonlyMap<string, number>;
  /** Things asked for a second time. */
  readonly again: number;
  /** Whether the index's folder was restored from a backup that was made before the load. */
  readonly isRolledBack: boolean;
  readonly settledMs: number;
}

const LOAD_MS = 1_100;
/** How long after the end of all troubles everything must work again: a few ticks of the index, on a busy machine. */
const SETTLE_MS_MAX = 60_000;
/** A project gets no more files after this many rounds: pages stay short. */
const ROUNDS_PER_PROJECT = 10;
const OLD_FILES_CHECKED = 8;
/** Its projects are published by CI jobs; no account owns them. */
const CI_ACCOUNT = "ci";
const ROUNDS_PER_ROLLBACK = 20;

/** Load, troubles, the end of the troubles, and a look at everything that was promised. */
export async function runRound(options: RoundOptions): Promise<RoundReport> {
  const { number, seed, town } = options;
  const random = new Random(`${seed} round ${number}`);
  const troubles = drawTroubles(random, LOAD_MS);
  const accounts = options.accounts.map((account, i) => createWorker(account, i, null, options));
  const workers = [...accounts, await createCiWorker(options)];
  const isRolledBack = number % ROUNDS_PER_ROLLBACK === ROUNDS_PER_ROLLBACK / 2;
  const backup = isRolledBack ? await takeBackup(town, options.dir) : null;
  const started = performance.now();
  const isOver = (): boolean => performance.now() - started > LOAD_MS;
  await Promise.all([
    ...workers.map((worker, i) => work(worker, actsOf(worker, i), isOver)),
    ...troubles.map(async (trouble) => {
      await sleep(trouble.atMs);
      await trouble.strike(town);
    }),
  ]);
  const settling = performance.now();
  const again = workers.reduce((sum, { unanswered }) => sum + unanswered.length, 0);
  endTroubles(town);
  const isSettled = await settle(workers, random, options);
  if (isSettled) await check(workers, random, options);
  if (isSettled && backup !== null) {
    await restoreBackup(backup, { ...options, token: options.tokens.get(options.accounts[0] ?? "") ?? "" });
    await check(workers, random, options);
  }
  const statuses = new Map<string, number>();
  for (const worker of workers) {
    for (const [name, count] of worker.statuses) statuses.set(name, (statuses.get(name) ?? 0) + count);
  }
  return { troubles, statuses, again, isRolledBack, settledMs: performance.now() - settling };
}

function projectNameOf(account: string, round: number): string {
  return `${account}-${Math.floor((round - 1) / ROUNDS_PER_PROJECT)}`;
}

function actsOf({ ciRun }: Worker, position: number): readonly Act[] {
  if (ciRun !== null) return RELEASING;
  return position === 0 ? OPERATING : PUBLISHING;
}

/** The job has attested its file before the troubles begin. */
async function createCiWorker(options: RoundOptions): Promise<Worker> {
  const { number, town, book, dir } = options;
  const name = projectNameOf(CI_ACCOUNT, number);
  if (!book.projects.has(name)) await registerPublisher(town.world, name);
  const ciRun = await startCiRun(town.world, dir, name, number);
  return createWorker(CI_ACCOUNT, options.accounts.length, ciRun, options);
}

function createWorker(account: string, position: number, ciRun: CiRun | null, options: RoundOptions): Worker {
  const { number, seed, book, clients, findings } = options;
  const name = projectNameOf(account, number);
  return {
    random: new Random(`${seed} round ${number} worker ${position}`),
    clients,
    book,
    findings,
    project: book.projects.get(name) ?? book.addProject(name, account),
    round: number,
    touched: [],
    unanswered: [],
    ciRun,
    statuses: new Map(),
  };
}

/** Starts what is dead, in any order, and asks for everything again that was not answered, until it is. */
async function settle(
  workers: readonly Worker[],
  random: Random,
  { town, findings }: RoundOptions,
): Promise<boolean> {
  const deadline = performance.now() + SETTLE_MS_MAX;
  const said = { last: "" };
  const complete = async ({ unanswered, project }: Worker): Promise<void> => {
    for (const one of unanswered) {
      const outcome = await askUntilAnswered(one, town, deadline);
      said.last = wordsOf(outcome);
      if (isForLater(outcome)) findings.add("stuck", `${one.words} is not completed: ${said.last}`);
      else if (!isDone(outcome))
        findings.add("stuck", `${one.words}, asked again, was refused: ${said.last}`);
      else await askOnceMore(one, project, findings);
    }
  };
  await keepRunning(town, shuffle(random, VICTIMS));
  await Promise.all(workers.map(complete));
  return performance.now() < deadline;
}

/** Identical once more: the answer is the same. */
async function askOnceMore(one: Unanswered, project: ProjectRecord, findings: Findings): Promise<void> {
  if (project.status.wanted !== "active") return;
  const outcome = await one.again();
  if (!isForLater(outcome) && !isDone(outcome) && !/previously used/.test(wordsOf(outcome))) {
    findings.add("lost", `${one.words} was completed, and then refused: ${wordsOf(outcome)}`);
  }
}

async function askUntilAnswered(one: Unanswered, town: Town, deadline: number): Promise<Outcome> {
  for (let waitMs = 20; ; waitMs = Math.min(2 * waitMs, 500)) {
    const outcome = await one.again();
    if (!isForLater(outcome) || performance.now() > deadline) return outcome;
    await sleep(waitMs);
    await keepRunning(town, VICTIMS);
  }
}

/** As whoever supervises processes does: what has ended is started again. */
async function keepRunning(town: Town, order: readonly (typeof VICTIMS)[number][]): Promise<void> {
  await Promise.all(
    order.filter((name) => !town.isRunning(name)).map((name) => town.start(name).catch(() => {})),
  );
}

/** Everything of this round, and some of what was promised long ago. */
async function check(workers: readonly Worker[], random: Random, options: RoundOptions): Promise<void> {
  const { book, findings, number } = options;
  const files: { project: ProjectRecord; file: FileRecord }[] = workers.flatMap(({ project, touched }) =>
    touched.map((file) => ({ project, file })),
  );
  const old = book.files();
  for (let i = 0; i < OLD_FILES_CHECKED && old.length > 0; i++) {
    const file = random.pick(old);
    const project = book.projects.get(file.project);
    if (project !== undefined) files.push({ project, file });
  }
  const isWhole = number % ROUNDS_PER_PROJECT === 0;
  const projects = isWhole ? [...book.projects.values()] : workers.map(({ project }) => project);
  for (const { file } of files) {
    if (file.uploaded === "sent" && !file.seen)
      findings.add("stuck", `${file.file.filename} was never answered`);
  }
  await checkThese({ projects, files }, options);
}

/** Looks at everything that was ever promised. */
export async function checkEverything(options: Omit<RoundOptions, "number" | "seed">): Promise<void> {
  const { book } = options;
  const projects = [...book.projects.values()];
  const files = projects.flatMap((project) => [...project.files.values()].map((file) => ({ project, file })));
  await checkThese({ projects, files }, options);
}

async function checkThese(
  what: {
    readonly projects: readonly ProjectRecord[];
    readonly files: readonly { readonly project: ProjectRecord; readonly file: FileRecord }[];
  },
  { town, clients, findings }: Pick<RoundOptions, "town" | "clients" | "findings">,
): Promise<void> {
  const deadline = performance.now() + SETTLE_MS_MAX;
  const answered = async (words: string, ask: () => Promise<boolean>): Promise<void> => {
    while (!(await ask())) {
      if (performance.now() > deadline) return findings.add("stuck", `no answer about ${words}`);
      await keepRunning(town, VICTIMS);
      await sleep(50);
    }
  };
  for (const project of what.projects) {
    await answered(`the page of ${project.name}`, () => clients.readPage(project));
  }
  for (const { project, file } of what.files) {
    const name = file.file.filename;
    if (expected(project, file) === "unknown")
      findings.add("stuck", `nobody can say whether ${name} is shown`);
    await answered(name, () => clients.fetchFile(project, file));
    await answered(`the receipt of ${name}`, () => clients.fetchReceipt(file));
    if (file.account !== CI_ACCOUNT) continue;
    await answered(`the provenance of ${name}`, () => clients.fetchProvenance(project, file));
  }
  await answered("the head", () => clients.readHead());
  try {
    await town.observer.compare();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const harm = code === "not-authentic" ? "forked" : code === "not-found" ? "lost" : "stuck";
    findings.add(harm, `the log cannot be read up to the largest head that was seen: ${String(error)}`);
  }
}
