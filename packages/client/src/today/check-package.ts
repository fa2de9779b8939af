// SPDX-License-Identifier: Apache-2.0
import type { ProjectStatus, SimpleFile } from "@countermark/formats";
import { decideHistory, type History } from "@countermark/verify";
import { ClientError } from "../failure.ts";
import type { LockedFile, LockedPackage } from "../lockfile/lock-file.ts";
import { chooseIndexes, type IndexPolicy } from "./choose-index.ts";
import { isOfVersion, versionInName } from "./file-name.ts";
import type { IndexPage, IndexPages, ListedFile, PageHead } from "./index-pages.ts";

/** A file of the lock beside what its index lists. */
export type ComparedFile = {
  /** As the lock names it, else as the index does; for a digest that nothing names, the digest. */
  readonly filename: string;
  readonly sha256: string | null;
  /** Null: the index does not list it as it is in the lock, and `problem` says how not. */
  readonly listed: ListedFile | null;
  readonly problem: unknown;
};

/** A package of the lock beside what its index lists. */
export type ComparedPackage = {
  readonly item: LockedPackage;
  /** Where it was looked up, by the name that the lock has for it; null: nowhere. */
  readonly index: string | null;
  readonly page: PageHead | null;
  readonly files: readonly ComparedFile[];
  /** What the index says of other files; null where no file was found. */
  readonly history: History | null;
  /** What is wrong with all of it. */
  readonly problem: unknown;
};

export type ComparePorts = { readonly pages: IndexPages; readonly policy: IndexPolicy };

/** Compares every file of a package with its index. Never throws for what the lock or the index says: it is in the result. */
export async function comparePackage(item: LockedPackage, ports: ComparePorts): Promise<ComparedPackage> {
  const nothing = { item, index: null, page: null, files: [], history: null, problem: null };
  try {
    requireComplete(item);
    if (item.source.kind !== "index") return nothing;
    const indexes = chooseIndexes(nameOf(item), item.source, ports.policy);
    let last: ComparedPackage = nothing;
    for (const index of indexes) {
      last = await compareAt(index, item, ports);
      if (last.problem === null && last.files.every(({ problem }) => problem === null)) break;
    }
    return last;
  } catch (problem) {
    return { ...nothing, problem };
  }
}

/** `name version`, for people. */
export function nameOf({ name, version }: Pick<LockedPackage, "name" | "version">): string {
  return version === null ? name : `${name} ${version}`;
}

/** @throws ClientError `lock-not-pinned`, `lock-no-hash`, `lock-inconsistent` */
function requireComplete(item: LockedPackage): void {
  const { source, version, files } = item;
  // What is not on an index and not one file has no digest that could be compared: it is named, not verified.
  if (source.kind !== "index" && source.kind !== "url") return;
  if (source.kind === "index" && version === null) {
    throw new ClientError(
      "lock-not-pinned",
      `Cannot check ${nameOf(item)}: the lock names no single version of it`,
    );
  }
  const bare = files.find(({ sha256 }) => sha256 === null);
  if (files.length === 0 || bare !== undefined) {
    const what = bare?.filename ?? nameOf(item);
    throw new ClientError("lock-no-hash", `Cannot check ${what}: the lock has no SHA-256 for it`);
  }
  if (source.kind !== "index" || version === null) return;
  const odd = files.find(({ filename }) => filename !== null && !isOfVersion(filename, item.name, version));
  if (odd === undefined) return;
  throw new ClientError(
    "lock-inconsistent",
    `Cannot check ${nameOf(item)}: the lock gives it the file ${JSON.stringify(odd.filename)}, which is of another project or version`,
  );
}

async function compareAt(
  index: string,
  item: LockedPackage,
  { pages, policy }: ComparePorts,
): Promise<ComparedPackage> {
  const found = { item, index, page: null, files: [], history: null, problem: null };
  try {
    const page = await pages.fetchPage(policy.mirrors.get(index) ?? index, item.name);
    if (page === null) {
      const problem = new ClientError(
        "not-hosted",
        `Cannot find ${item.name}: the index ${index} has no such project`,
      );
      return { ...found, problem };
    }
    const files = item.files.map((file) => compareFile(file, item, page));
    const { url, status, fetchedAt } = page;
    return { ...found, page: { url, status, fetchedAt }, files, history: historyOf(item, page) };
  } catch (problem) {
    return { ...found, problem };
  }
}

function compareFile(file: LockedFile, item: LockedPackage, page: IndexPage): ComparedFile {
  const { sha256 } = file;
  try {
    if (sha256 === null) throw new TypeError("A lock without digests was refused before");
    const found = file.filename === null ? findDigest(file, item, page) : findName(file.filename, file, page);
    const filename = detached(found.filename);
    const listed = {
      filename,
      sha256,
      provenance: detached(found.provenance),
      yanked: detached(found.yanked),
    };
    return { filename, sha256, listed, problem: null };
  } catch (problem) {
    return { filename: file.filename ?? `sha256:${sha256}`, sha256, listed: null, problem };
  }
}

/** The same text with memory of its own: a part of a page holds the whole page. */
function detached<Text extends string | null>(text: Text): Text {
  // A text gives a text, and null null: the compiler cannot follow that.
  return (text === null ? null : Buffer.from(text).toString()) as Text;
}

function findName(filename: string, { sha256 }: LockedFile, page: IndexPage): SimpleFile {
  const [listed, ...more] = page.files.filter((file) => file.filename === filename);
  if (listed === undefined) {
    const note = page.status === "active" ? "" : `, and says that the project is ${page.status}`;
    throw new ClientError("not-hosted", `Cannot find ${filename}: the index does not list it${note}`);
  }
  if (more.length === 0 && listed.sha256 === sha256) return listed;
  const found = [listed, ...more].map((file) => file.sha256 ?? "none").join(" and ");
  throw new ClientError(
    "digest-not-listed",
    `Cannot accept ${filename}: the lock has the SHA-256 ${sha256}, the index lists ${found}`,
  );
}

/** A digest without a name is that of a file of this version. */
function findDigest({ sha256 }: LockedFile, { name, version }: LockedPackage, page: IndexPage): SimpleFile {
  const same = page.files.filter((file) => file.sha256 === sha256);
  const listed = same.find((file) => version !== null && isOfVersion(file.filename, name, version));
  if (listed !== undefined) return listed;
  const found = same.length === 0 ? "for no file" : `for ${same.map((file) => file.filename).join(", ")}`;
  throw new ClientError(
    "digest-not-listed",
    `Cannot accept the SHA-256 ${sha256} for ${name} ${version}: the index lists it ${found}`,
  );
}

function historyOf({ name, version }: LockedPackage, page: IndexPage): History | null {
  if (version === null) return null;
  const attested = page.files.filter(({ provenance }) => provenance !== null);
  const listed = attested.flatMap(({ filename }) => versionInName(filename, name) ?? []);
  return decideHistory(
    version,
    listed.map((text) => ({ version: text, isAttested: true })),
  );
}

/** What a reader should know of a project's own word on its state. */
export function statusRemark(status: ProjectStatus): string | null {
  return status === "active" ? null : `the index says that the project is ${status}`;
}
