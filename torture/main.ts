// SPDX-License-Identifier: Apache-2.0
// The chain is killed, again and again. `npm run torture -- --help`
import { mkdirSync, rmSync } from "node:fs";
import { writeAvailability } from "./availability/run.ts";
import { openBook } from "./book.ts";
import { openClients } from "./clients.ts";
import { type Findings, openFindings } from "./findings.ts";
import { unmountBelow } from "./hosts.ts";
import { readOptions, TORTURE_HELP, type TortureOptions } from "./options.ts";
import { checkEverything, type RoundReport, runRound } from "./round.ts";
import { openTown, type Town } from "./town.ts";

const ACCOUNTS = ["operated", "ann", "bob", "cat"] as const;
const RELEASE_WAIT_SECONDS = 1;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let options: TortureOptions | null;
  try {
    options = readOptions(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${TORTURE_HELP}`);
    return 2;
  }
  if (options === null) {
    process.stdout.write(TORTURE_HELP);
    return 0;
  }
  unmountBelow(options.dir);
  rmSync(options.dir, { recursive: true, force: true });
  mkdirSync(options.dir, { recursive: true, mode: 0o700 });
  return options.table ? await tabulate(options) : await torture(options);
}

/** No rounds: the table of what works while something is down. */
async function tabulate({ dir, keep }: TortureOptions): Promise<number> {
  const findings = openFindings(say);
  const town = await openTown({ dir, findings, releaseWaitSeconds: RELEASE_WAIT_SECONDS });
  const closing = closeOnSignals((isDone) => town.close(keep || !isDone));
  try {
    await writeAvailability(town, dir, say);
    await closing.close(true);
  } finally {
    await closing.close(false);
  }
  if (!keep) rmSync(dir, { recursive: true, force: true });
  return findings.list.length === 0 ? 0 : 1;
}

/** Closes once, whoever asks first: the end, or a signal. */
function closeOnSignals(run: (isDone: boolean) => Promise<void>): { close(isDone: boolean): Promise<void> } {
  let closing: Promise<void> | null = null;
  const close = (isDone: boolean): Promise<void> => {
    closing ??= run(isDone);
    return closing;
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => void close(false).finally(() => process.exit(1)));
  }
  return { close };
}

async function torture(options: TortureOptions): Promise<number> {
  const { rounds, seed, dir, keep } = options;
  const findings = openFindings(say);
  const town = await openTown({ dir, findings, releaseWaitSeconds: RELEASE_WAIT_SECONDS });
  const state = { done: 0 };
  const closing = closeOnSignals((isDone) => town.close(keep || !isDone || findings.list.length > 0));
  say(`seed ${seed}: the same troubles again with  npm run torture -- --rounds ${rounds} --seed ${seed}`);
  say(`(what they meet depends on the machine: the load is as fast as it is)`);
  say(`disks: ${town.disks.words}`);
  try {
    await runRounds(town, options, findings, state);
    await closing.close(true);
  } finally {
    await closing.close(false);
  }
  const isClean = findings.list.length === 0 && state.done === rounds;
  if (isClean && !keep) rmSync(dir, { recursive: true, force: true });
  else say(`Everything that was written, logs included, is in ${dir}`);
  const count = (harm: "lost" | "forked" | "stuck"): string => `${findings.count(harm)} ${harm}`;
  say(`${state.done} rounds: ${count("lost")}, ${count("forked")}, ${count("stuck")}`);
  return isClean ? 0 : 1;
}

async function runRounds(
  town: Town,
  { rounds, seed, dir }: TortureOptions,
  findings: Findings,
  state: { done: number },
): Promise<void> {
  const { world, observer } = town;
  const tokens = new Map<string, string>();
  for (const account of ACCOUNTS) tokens.set(account, (await world.createAccount(account)).token);
  // Nobody's account owns what CI jobs publish: the operator yanks and withdraws there.
  tokens.set("ci", world.adminToken);
  const book = openBook();
  const clients = openClients({ world, book, observer, findings, tokens });
  const parts = { town, book, clients, findings, accounts: ACCOUNTS, tokens, dir };
  const started = performance.now();
  for (let number = 1; number <= rounds; number++) {
    findings.round = number;
    const report = await runRound({ ...parts, number, seed });
    state.done = number;
    say(lineOf(number, report, observer.largest()));
    if (findings.count("stuck") > 0) break;
  }
  await checkEverything(parts);
  const files = book.files();
  const done = files.filter(({ uploaded }) => uploaded === "done").length;
  const seconds = ((performance.now() - started) / 1_000).toFixed(0);
  say(
    `${done} files accepted, ${files.filter(({ withdrawn }) => withdrawn === "done").length} withdrawn, all looked at once more;`,
  );
  say(
    `${observer.count()} heads seen, all beginnings of the one of ${observer.largest()} leaves; ${seconds} s`,
  );
}

function lineOf(number: number, report: RoundReport, size: number): string {
  const { troubles, statuses, again, isRolledBack, settledMs } = report;
  const struck = [
    ...troubles.map(({ words, atMs }) => `${words} at ${atMs} ms`),
    ...(isRolledBack ? ["then the index's folder restored from a backup, and put right"] : []),
  ].join("; ");
  const answers = [...statuses]
    .sort()
    .map(([name, count]) => `${count} x ${name}`)
    .join(", ");
  return `round ${number}: ${struck} | ${answers}; ${again} asked again; well after ${(settledMs / 1_000).toFixed(1)} s; head ${size}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
