// SPDX-License-Identifier: Apache-2.0
// Entries that the online key alone cannot make: the index writes what is to be signed, offline root keys sign it elsewhere,
// and the index seals what comes back. It never holds those keys.
import {
  type Bytes,
  type ConfigRecord,
  type Digest,
  detailCommitment,
  EMPTY_CONFIG,
  encodeBase64,
  encodeHex,
  encodeProjectDetail,
  encodeStatement,
  encodeTrustDetail,
  indexKey,
  type KnownStatement,
  ParseError,
  type PublisherRecord,
  parseEd25519Spki,
  parseTrust,
  quote,
  type StatementCommon,
  utf8,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { findProject, type IndexState, type LedgerState, nextSeq } from "@countermark/verify";
import { IndexRefusal, LedgerRefusal } from "../failure.ts";
import { detailOpenings, type LedgerRequest, type Unsealed } from "../seal/request.ts";
import { createSalt } from "../store/secret.ts";
import { withOpenings } from "../trust/publishers.ts";
import type { DraftRequest, RecoverRequest, SignedDraft } from "./ceremony-requests.ts";
import { type ManagePorts, requireProject } from "./manage.ts";

const { sha256 } = nodeCrypto;

/** What is taken to whoever holds root keys: a statement that nobody signed, and the detail that it commits to. */
export interface CeremonyDraft {
  /** Canonical JSON; its `time` is 0, which the signatures leave out. */
  readonly statement: string;
  /** In base64. */
  readonly detail: string | null;
}

/**
 * Writes a statement for the place where it would come next. Another entry about the same project in between makes it void
 * (`wrong-seq`, as a signature covers its place), and then it is drafted and signed anew.
 *
 * @throws IndexRefusal `request-malformed`, `project-unknown`
 */
export async function draftCeremony(request: DraftRequest, ports: ManagePorts): Promise<CeremonyDraft> {
  const state = ports.sealedState();
  const { statement, detail } = await statementOf(request, state, ports);
  const common: Omit<StatementCommon, "project"> = {
    origin: factsOf(state).origin,
    role: indexOf(state).header.role,
    seq: nextSeq(state, statement.project),
    time: 0,
    detail: detail === null ? null : detailCommitment(sha256, detail),
  };
  const drafted = { ...statement, ...common } as KnownStatement; // a request's statement and the common members
  return {
    statement: new TextDecoder().decode(encodeStatement(drafted)),
    detail: detail === null ? null : encodeBase64(detail),
  };
}

/** Seals a draft with the signatures that it came back with. @throws LedgerRefusal the rule's code, `bad-root` first of all */
export async function sealCeremony(
  { statement, signatures, detail }: SignedDraft,
  ports: ManagePorts,
): Promise<{ readonly index: number }> {
  if (!("root" in statement) || statement.kind === "log-genesis") {
    throw new IndexRefusal("request-malformed", `A ${statement.kind} is not signed by root keys.`);
  }
  const { origin, role, seq, time, detail: commitment, ...own } = statement;
  const require = (state: LedgerState): void => {
    const next = nextSeq(state, statement.project);
    if (next === seq) return;
    throw new LedgerRefusal(
      "wrong-seq",
      `It was signed as entry ${seq} of its project, and the next one is ${next}: draft and sign it anew.`,
    );
  };
  return await ports.seal({
    statement: { ...own, root: signatures } as LedgerRequest["statement"],
    detail,
    require,
  });
}

/** A recovery by staff: three weeks in public, which whoever can still sign for the project cancels. @throws LedgerRefusal */
export async function recoverProject(
  name: string,
  request: RecoverRequest,
  ports: ManagePorts,
): Promise<{ readonly index: number }> {
  const project = ports.projectKey(name);
  const kind = "project-recovered";
  if (request.act === "take") {
    const take = { kind, project, act: "take", way: "none", config: null, root: null } as const;
    return await ports.seal({ statement: take, detail: null });
  }
  return await ports.inTurn(() =>
    withConfig(name, request.publishers, request.reason, ports, async (config, detail) => {
      const ask = { kind, project, act: "ask", way: "staff", config, root: null } as const;
      return await ports.seal({ statement: ask, detail });
    }),
  );
}

interface Drafted {
  readonly statement: LedgerRequest["statement"];
  readonly detail: Bytes | null;
}

async function statementOf(request: DraftRequest, state: LedgerState, ports: ManagePorts): Promise<Drafted> {
  const about = { project: indexKey(sha256), log: factsOf(state).log, root: [] } as const;
  switch (request.kind) {
    case "trust-changed":
      return draftTrust(request, state, about);
    case "rules-changed":
      return { statement: { ...about, ...request }, detail: null };
    case "index-role": {
      const { kind, role, import: phase } = request;
      return { statement: { ...about, kind, role2: role, import: phase }, detail: null };
    }
    case "sunset":
    case "log-succeeded":
      return { statement: { ...about, ...request }, detail: null };
    case "project-recovered":
      return await ports.inTurn(() =>
        withConfig(request.name, request.publishers, request.reason, ports, async (config, detail) => {
          const project = ports.projectKey(request.name);
          const kind = "project-recovered";
          return { statement: { kind, project, act: "ask", way: "root", config, root: [] }, detail };
        }),
      );
    case "amended": {
      const { kind, name, from, to } = request;
      const { key } = requireProject(name, ports);
      return { statement: { kind, project: key, from, to, root: [] }, detail: null };
    }
    case "void":
      return draftVoid(request, state, ports);
  }
}

/** The keys that the description gives from now on, in the place of those that are in force. */
function draftTrust(
  request: Extract<DraftRequest, { kind: "trust-changed" }>,
  state: LedgerState,
  about: { readonly project: Digest; readonly log: Digest; readonly root: readonly [] },
): Drafted {
  const { rootKeys, threshold, rpIdHash, webOrigin, ...header } = indexOf(state).header;
  const bytes = utf8(request.description);
  const open = readDescription(bytes).countersign.filter(({ to }) => to === null);
  const described = open.map(({ spki }) => encodeHex(parseEd25519Spki(spki))).sort();
  // A key that ends has an open range until it is known where it does: it is the new ones that come into force.
  const fresh = described.filter((key) => !header.countersign.includes(key));
  const { rootVersion, targetsVersion } = request;
  const statement: Unsealed<Extract<KnownStatement, { kind: "trust-changed" }>> = {
    ...about,
    kind: "trust-changed",
    countersign: fresh.length > 0 ? fresh : described,
    rootKeys,
    threshold,
    rootVersion: rootVersion ?? header.rootVersion,
    targetsVersion: targetsVersion ?? header.targetsVersion + 1,
    rpIdHash,
    webOrigin,
    trust: encodeHex(sha256(bytes)),
  };
  const { description, text } = request;
  return { statement, detail: encodeTrustDetail(createSalt(), { description, text }) };
}

function readDescription(bytes: Uint8Array): ReturnType<typeof parseTrust> {
  try {
    return parseTrust(bytes, sha256);
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw new IndexRefusal("request-malformed", cause.message, { cause });
  }
}

function draftVoid(
  { entry, name }: Extract<DraftRequest, { kind: "void" }>,
  state: LedgerState,
  ports: ManagePorts,
): Drafted {
  const project = name === null ? indexKey(sha256) : ports.projectKey(name);
  const known = [...(state.projects.get(project)?.entries ?? []), ...(name === null ? state.states : [])];
  const past = known.find(({ index }) => index === entry);
  if (past === undefined) {
    throw new IndexRefusal("request-malformed", `There is no legal entry ${entry} of that project.`);
  }
  const { statement } = past;
  return { statement: { kind: "void", project, target: entry, statement, root: [] }, detail: null };
}

/** The configuration with these publishers and no principals, and the detail that opens it. */
async function withConfig<T>(
  name: string,
  publishers: readonly PublisherRecord[],
  reason: string,
  ports: ManagePorts,
  use: (config: ConfigRecord, detail: Bytes) => Promise<T>,
): Promise<T> {
  const key = ports.projectKey(name);
  const project = findProject(ports.sealedState(), key);
  if (project === null) throw new IndexRefusal("project-unknown", `There is no project ${quote(name)}.`);
  return await withOpenings(ports.database, key, publishers, async (openings) => {
    const ids = [...new Set(openings.map(({ id }) => id))].sort();
    const policy = ids.length > 0 ? project.current.policy : EMPTY_CONFIG.policy;
    // Passkeys of whom the project is taken from go, and with them what only they can do.
    const release = policy.release === "staged-passkey" ? "staged" : policy.release;
    const config = { policy: { ...policy, release }, publishers: ids, principals: [] };
    const detail = { name, publishers: detailOpenings(openings), principals: [], reason };
    return await use(config, encodeProjectDetail(createSalt(), detail));
  });
}

function indexOf({ index }: LedgerState): IndexState {
  if (index === null) throw new TypeError("Cannot draft before the genesis");
  return index;
}

function factsOf({ facts }: LedgerState): NonNullable<LedgerState["facts"]> {
  if (facts === null) throw new TypeError("Cannot draft before the genesis");
  return facts;
}
