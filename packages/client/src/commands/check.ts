// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import { normalizeProjectName } from "@countermark/formats";
import { isThere } from "../evidence/artifact.ts";
import { ClientError, EXIT } from "../failure.ts";
import { openFetch } from "../fetch/open.ts";
import { readLock, writeLock } from "../lock/read-lock.ts";
import type { LockFile } from "../lockfile/lock-file.ts";
import { isLockFileName, readLockFile } from "../lockfile/read-lock-file.ts";
import {
  checkedLockJson,
  coverageLine,
  coverageOf,
  problemsOf,
  sayCheckedLock,
} from "../show/checked-lock.ts";
import { describeError } from "../show/describe-error.ts";
import { createProgress } from "../show/progress.ts";
import { readAge, showAge } from "../today/age.ts";
import { openAnswerCache } from "../today/cache.ts";
import { checkLock } from "../today/check-lock.ts";
import { type IndexPolicy, readIndexPolicy } from "../today/choose-index.ts";
import { type IndexPages, openIndexPages } from "../today/index-pages.ts";
import { lockOfProject } from "../today/lock-of-project.ts";
import { recordIdentities } from "../today/record-identities.ts";
import { type Remembered, rememberPackages } from "../today/remember.ts";
import { readSigstoreTrust } from "../trust/sigstore-trust.ts";
import type { CommandContext } from "../world.ts";

type CheckOptions = {
  readonly trustedRoot?: string;
  readonly simpleIndex?: readonly string[];
  readonly mirror?: readonly string[];
  readonly acceptChange?: readonly string[];
  readonly locked?: boolean;
  /** Commander's for `--no-downgrade`: false where it is given. */
  readonly downgrade?: boolean;
  readonly write?: boolean;
  readonly offline?: boolean;
  readonly maxAge?: string;
};

const RECORD_FILE = "identities.lock";
/** How old pages may be that nothing can be asked about, unless the user says. */
const OFFLINE_AGE_SECONDS_MAX = 7 * 86_400;
/** When several things are wrong: the gravest decides. */
const GRAVEST_FIRST: readonly number[] = [
  EXIT.internal,
  EXIT.refused,
  EXIT.malformed,
  EXIT.usage,
  EXIT.unavailable,
];

/**
 * Checks every file of another tool's lock file, or of one version of a project, against an index as it is today: that it lists
 * the file with the same SHA-256, who published it by its attestations, and whether that is who published it before.
 */
export async function checkCommand(
  context: CommandContext,
  args: readonly string[],
  given: Readonly<Record<string, unknown>>,
): Promise<number> {
  const { out, world, settings } = context;
  const options: CheckOptions = given; // the table of options in cli.ts says these types
  const [argument = ""] = args;
  const policy = readIndexPolicy(options.simpleIndex ?? [], options.mirror ?? []);
  const sigstore = await readSigstoreTrust(options.trustedRoot, context);
  const pages = await openPages(options, context);
  const isFile = isLockFileName(argument) || (await isThere(argument));
  requireWritable(argument, options);
  const lock = await openSubject(argument, isFile, { context, pages, policy });
  const progress = createProgress(world);
  const ports = {
    pages,
    policy,
    sigstore,
    refuseDowngrade: options.downgrade === false,
    progress: progress.show,
  };
  const checked = await checkLock(lock, ports).finally(() => progress.clear());
  const recordFile = join(settings.stateFolder, RECORD_FILE);
  const remembered = rememberPackages(checked, {
    lock: await readLock(settings.lockFile),
    local: await readLock(recordFile),
    acceptChange: new Set((options.acceptChange ?? []).map(normalizeProjectName)),
    refuseNew: options.locked === true,
  });
  for (const remark of lock.remarks) out.say(`${out.paint("warning", "note:")} ${remark}`);
  sayCheckedLock(remembered.packages, out);
  const exit = exitOf(remembered);
  if (exit === EXIT.ok) await remember(remembered, { context, isFile, recordFile, argument, options });
  sayAge(remembered, context);
  const line = coverageLine(coverageOf(remembered.packages));
  out.say(out.paint(exit === EXIT.ok ? "strong" : "bad", line));
  out.result({
    checked: argument,
    format: isFile ? lock.format : null,
    trustedRoot: sigstore.sha256,
    remarks: [...lock.remarks],
    ...checkedLockJson(remembered.packages),
  });
  return exit;
}

/** @throws ClientError `usage` */
function requireWritable(argument: string, { write = false }: CheckOptions): void {
  if (!write || argument.endsWith(".toml")) return;
  throw new ClientError(
    "usage",
    `Cannot write into ${argument}: only a pylock.toml has attestation-identities`,
  );
}

async function openPages(options: CheckOptions, context: CommandContext): Promise<IndexPages> {
  const { world, settings } = context;
  const isOffline = options.offline === true;
  const ageSecondsMax =
    options.maxAge === undefined ? (isOffline ? OFFLINE_AGE_SECONDS_MAX : -1) : readAge(options.maxAge);
  return openIndexPages({
    fetch: isOffline ? null : await openFetch(context),
    cache: openAnswerCache(join(settings.cacheFolder, "today")),
    now: world.now,
    ageSecondsMax,
  });
}

type Subject = { readonly context: CommandContext; readonly pages: IndexPages; readonly policy: IndexPolicy };

async function openSubject(
  argument: string,
  isFile: boolean,
  { context, pages, policy }: Subject,
): Promise<LockFile> {
  if (!isFile) return await lockOfProject(argument, { pages, policy });
  if (!isLockFileName(argument)) {
    throw new ClientError(
      "usage",
      `Cannot check ${argument}: wanted a uv.lock, pylock.toml, poetry.lock, pdm.lock or requirements.txt, or a project`,
    );
  }
  return await readLockFile(argument, context.world.env);
}

/** @throws ClientError `nothing-verified` */
function exitOf({ packages }: Remembered): number {
  const exits = problemsOf(packages).map((problem) => describeError(problem).exit);
  const exit = GRAVEST_FIRST.find((grave) => exits.includes(grave));
  if (exit !== undefined) return exit;
  if (coverageOf(packages).held > 0) return EXIT.ok;
  throw new ClientError("nothing-verified", "Nothing was checked: no package of it is on an index");
}

type Remembering = {
  readonly context: CommandContext;
  readonly isFile: boolean;
  readonly recordFile: string;
  readonly argument: string;
  readonly options: CheckOptions;
};

/** Nothing is remembered of a run in which anything was refused. */
async function remember(remembered: Remembered, to: Remembering): Promise<void> {
  const { context, isFile, recordFile, argument, options } = to;
  const { out, settings } = context;
  if (options.write === true) {
    const written = await recordIdentities(argument, remembered.packages);
    out.say(`${argument}: attestation-identities written for ${written} package${written === 1 ? "" : "s"}`);
  }
  if (options.locked === true) return;
  await writeLock(recordFile, remembered.local);
  if (isFile && (await writeLock(settings.lockFile, remembered.lock))) {
    out.say(`${settings.lockFile} written: commit it, so that a change is shown`);
  }
}

/** An answer that was kept is no answer of today. */
function sayAge({ packages }: Remembered, { out, world }: CommandContext): void {
  const times = packages.flatMap(({ page }) => page?.fetchedAt ?? []);
  const oldest = Math.min(...times);
  if (times.length > 0 && world.now() - oldest >= 60) {
    out.say(`by pages that the index served up to ${showAge(world.now() - oldest)} ago`);
  }
}
