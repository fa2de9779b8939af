// SPDX-License-Identifier: Apache-2.0
import { compareVersions, encodeHex, type JsonInput, parseVersion } from "@countermark/formats";
import { publisherRecordFor, showIdentity } from "@countermark/verify";
import { type Distribution, readDistributions } from "../dist/read-distribution.ts";
import { ClientError, EXIT } from "../failure.ts";
import { openFetch } from "../fetch/open.ts";
import { openHeadMemory } from "../proxy/head-memory.ts";
import { openIndexSource } from "../proxy/index-source.ts";
import type { ProjectSource, VerifiedProject } from "../proxy/source.ts";
import { indexUrl } from "../settings.ts";
import { describeError } from "../show/describe-error.ts";
import type { Output } from "../show/output.ts";
import { describePending } from "../show/pending.ts";
import { encodePublisherJson } from "../show/publisher-json.ts";
import { readTrust } from "../trust/read-trust.ts";
import type { CommandContext } from "../world.ts";

/** Tells a publisher whether the index hosts exactly these files: these bytes, and nothing else in their releases. */
export async function checkMineCommand(context: CommandContext, args: readonly string[]): Promise<number> {
  const { settings, world, out } = context;
  const index = indexUrl(settings);
  const trust = await readTrust(context);
  const fetch = await openFetch(context);
  const source = openIndexSource({
    index,
    trust,
    fetch,
    now: world.now,
    timeoutSeconds: settings.timeoutSeconds,
    memory: openHeadMemory(settings),
  });
  const mine = await readDistributions(args);
  const found: JsonInput[] = [];
  const failures: ClientError[] = [];
  for (const [name, files] of groupByProject(mine)) {
    const project = await source.fetchProject(name);
    if (project === null) {
      failures.push(new ClientError("not-hosted", `The index has no project ${name}`));
      continue;
    }
    for (const remark of project.remarks) out.say(`${out.paint("warning", "note:")} ${remark}`);
    for (const file of files) found.push(await checkFile(source, project, file, { out, failures }));
    failures.push(...foreignFiles(project, files));
    const pending = describePending(name, project.view.header);
    if (pending !== null) failures.push(new ClientError("change-pending", `Is it you? ${pending}`));
    const headKind = project.head.kind === "audited" ? "audited" : "witnessed";
    out.say(`checked at head ${project.head.size} of ${project.origin}, ${headKind}`);
  }
  for (const failure of failures)
    out.say(`${out.paint("bad", "differs:")} ${failure.message} [${failure.code}]`);
  const [first] = failures;
  if (first === undefined) {
    out.say(
      out.paint(
        "strong",
        `${mine.length} of ${mine.length} files hosted as they are here, and nothing else in their releases`,
      ),
    );
  }
  out.result({ files: found, differences: failures.map(({ code, message }) => ({ code, message })) });
  return first === undefined ? EXIT.ok : first.exit;
}

function groupByProject(files: readonly Distribution[]): ReadonlyMap<string, readonly Distribution[]> {
  const groups = new Map<string, Distribution[]>();
  for (const file of files) groups.set(file.project, [...(groups.get(file.project) ?? []), file]);
  return groups;
}

async function checkFile(
  source: ProjectSource,
  project: VerifiedProject,
  file: Distribution,
  { out, failures }: { readonly out: Output; readonly failures: ClientError[] },
): Promise<JsonInput> {
  const { filename } = file;
  const sha256 = encodeHex(file.sha256);
  const fail = (message: string): JsonInput => {
    failures.push(new ClientError("not-hosted", `${filename}: ${message}`));
    return { filename, sha256, hosted: false };
  };
  const listed = project.listing.files.get(filename);
  if (listed === undefined) return fail("expected it in the ledger, seen nothing under that name");
  if (listed.record.sha256 !== sha256)
    return fail(`expected the SHA-256 ${sha256}, seen ${listed.record.sha256}`);
  if (!project.urls.has(filename)) return fail("recorded in the ledger, but the index does not list it");
  try {
    const attested = await source.fetchAttestations(project, listed);
    out.say(out.paint("strong", filename));
    out.say(`  hosted with the SHA-256 ${sha256}, recorded at index ${listed.record.firstEntry}`);
    const identities = attested.map((item) => publisherRecordFor(item.identity));
    for (const identity of identities) out.say(`  attested by ${showIdentity(identity)}`);
    if (identities.length === 0) out.say("  not attested");
    if (listed.yanked !== null) out.say("  yanked");
    return {
      filename,
      sha256,
      hosted: true,
      index: listed.record.firstEntry,
      yanked: listed.yanked !== null,
      attestedBy: identities.map(encodePublisherJson),
    };
  } catch (error) {
    const shown = describeError(error);
    if (shown.exit !== EXIT.refused) throw error;
    return fail(`${shown.message} (${shown.code})`);
  }
}

/** Files in the releases of `mine` that are not among them: what a publisher does not know of, somebody else put there. */
function foreignFiles(project: VerifiedProject, mine: readonly Distribution[]): readonly ClientError[] {
  // Compared as installers do: a file of 1.0.0 is one of 1.0 to them, whatever release the ledger has it in.
  const versions = mine.map(({ version }) => parseVersion(version));
  const known = new Set(mine.map((file) => file.filename));
  const foreign = [...project.listing.files.values()].filter(
    (file) =>
      !known.has(file.filename) &&
      versions.some((version) => compareVersions(version, parseVersion(file.version)) === 0),
  );
  return foreign.map(
    (file) =>
      new ClientError(
        "not-mine",
        `${file.filename}: expected nothing else in release ${file.version}, seen this file (SHA-256 ${file.record.sha256}, ` +
          `recorded at index ${file.record.firstEntry})`,
      ),
  );
}
