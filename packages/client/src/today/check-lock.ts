// SPDX-License-Identifier: Apache-2.0
import type { History } from "@countermark/verify";
import { ClientError } from "../failure.ts";
import type { LockedPackage, LockFile } from "../lockfile/lock-file.ts";
import type { SigstoreTrust } from "../trust/read-trusted-root.ts";
import { atMost } from "./at-most.ts";
import { type AttestedFile, verifyProvenance } from "./attested-file.ts";
import {
  type ComparedFile,
  type ComparedPackage,
  type ComparePorts,
  comparePackage,
} from "./check-package.ts";
import type { PageHead } from "./index-pages.ts";
import { requireRecorded } from "./recorded-identity.ts";

/** A file after everything that can be asked of it was asked. */
export type CheckedFile = {
  readonly filename: string;
  readonly sha256: string | null;
  /** Who published it, verified; null: nothing attests it, or something does not hold. */
  readonly attested: AttestedFile | null;
  /** Unix seconds of the copy of its provenance that was kept, where the index no longer lists any; else null. */
  readonly hiddenSince: number | null;
  /** The reason, perhaps empty; null for a file that is not yanked. */
  readonly yanked: string | null;
  readonly problem: unknown;
};

export type CheckedPackage = {
  readonly item: LockedPackage;
  readonly index: string | null;
  readonly page: PageHead | null;
  readonly files: readonly CheckedFile[];
  readonly history: History | null;
  readonly problem: unknown;
};

export type CheckPorts = ComparePorts & {
  readonly sigstore: SigstoreTrust;
  /** Whether a file without an attestation is refused where others like it have one. */
  readonly refuseDowngrade: boolean;
  /** Told as work goes on. */
  readonly progress: (done: number, total: number, what: string) => void;
};

/** Requests under way at a time. */
const REQUESTS_MAX = 16;

/** Compares every package with its index, then verifies everything that the indexes say of its files. */
export async function checkLock(lock: LockFile, ports: CheckPorts): Promise<readonly CheckedPackage[]> {
  const counted = counter(lock.packages.length, "packages", ports);
  const compared = await atMost(REQUESTS_MAX, lock.packages, async (item) => {
    const done = await comparePackage(item, ports);
    counted();
    return done;
  });
  const files = compared.flatMap((found) => found.files.map((file) => ({ file, found })));
  const countedFiles = counter(files.length, "files", ports);
  const checked = await atMost(REQUESTS_MAX, files, async ({ file, found }) => {
    const done = await checkFile(file, found, ports);
    countedFiles();
    return [file, done] as const;
  });
  const results = new Map(checked);
  return compared.map((found) => requireNothingLost(withFiles(found, results)));
}

function withFiles(
  { files, ...found }: ComparedPackage,
  results: ReadonlyMap<ComparedFile, CheckedFile>,
): CheckedPackage {
  return { ...found, files: files.flatMap((file) => results.get(file) ?? []) };
}

async function checkFile(
  { filename, sha256, listed, problem }: ComparedFile,
  { item, page, history }: ComparedPackage,
  ports: CheckPorts,
): Promise<CheckedFile> {
  const unproved = { filename, sha256, attested: null, hiddenSince: null, yanked: null, problem };
  if (listed === null || page === null || sha256 === null) return unproved;
  const compared = { ...unproved, yanked: listed.yanked };
  const file = { filename, sha256 };
  try {
    if (listed.provenance === null) {
      const kept = await verifyKept(file, ports);
      if (kept === null && ports.refuseDowngrade) requireUsual(filename, history);
      if (kept !== null && item.identities !== null)
        requireRecorded(filename, kept.attested.identity, item.identities);
      return { ...compared, ...kept };
    }
    const served = await ports.pages.fetchProvenance(page, listed);
    const attested = await verifyProvenance(file, served, ports.sigstore);
    await served.keep();
    if (item.identities !== null) requireRecorded(filename, attested.identity, item.identities);
    return { ...compared, attested };
  } catch (failure) {
    return { ...compared, problem: failure };
  }
}

/** What the index once served for this file, if it was kept and still holds. */
async function verifyKept(
  file: { readonly filename: string; readonly sha256: string },
  { pages, sigstore }: CheckPorts,
): Promise<{ readonly attested: AttestedFile; readonly hiddenSince: number } | null> {
  const kept = await pages.readKeptProvenance(file.sha256);
  if (kept === null) return null;
  return { attested: await verifyProvenance(file, kept, sigstore), hiddenSince: kept.fetchedAt };
}

/** @throws ClientError `attestation-downgrade` */
function requireUsual(filename: string, history: History | null): void {
  if (history === null || history.kind === "never-attested") return;
  const others = history.kind === "partly-attested" ? "others of its version are" : `${history.version} is`;
  throw new ClientError(
    "attestation-downgrade",
    `Cannot accept ${filename}: it is not attested, and ${others}`,
  );
}

/** A lock that records publishers for a package says that some file of it was attested. */
function requireNothingLost(found: CheckedPackage): CheckedPackage {
  const { item, files } = found;
  const isExpected = item.identities !== null && item.identities.length > 0 && item.source.kind === "index";
  if (
    !isExpected ||
    found.problem !== null ||
    files.some((file) => file.attested !== null || file.problem !== null)
  ) {
    return found;
  }
  const problem = new ClientError(
    "recorded-identity-differs",
    `Cannot accept ${item.name}: the lock records who attests it, and no file of it is attested`,
  );
  return { ...found, problem };
}

function counter(total: number, what: string, { progress }: Pick<CheckPorts, "progress">): () => void {
  let done = 0;
  return () => {
    done++;
    progress(done, total, what);
  };
}
