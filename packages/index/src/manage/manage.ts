// SPDX-License-Identifier: Apache-2.0
import {
  type ConfigRecord,
  type Consent,
  type Digest,
  EMPTY_CONFIG,
  fileId,
  type ProjectConfigured,
  type ProjectPolicy,
  type PublisherRecord,
  quote,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { findProject, type LedgerState, type ProjectState, passkeyPrincipal } from "@countermark/verify";
import { IndexRefusal, LedgerRefusal } from "../failure.ts";
import {
  detailOpenings,
  type LedgerRequest,
  requestConfiguration,
  requestFilesChange,
  requestProject,
  requestStatus,
} from "../seal/request.ts";
import type { Database } from "../store/database.ts";
import type { InTurn } from "../store/in-turn.ts";
import { isOwner, withOwner } from "../trust/accounts.ts";
import {
  type NewPeople,
  NOBODY_NEW,
  passkeyId,
  principalOpenings,
  sortOpenings,
  withPeople,
} from "../trust/passkeys.ts";
import { type PublisherOpening, withOpenings } from "../trust/publishers.ts";
import { type Manager, requireAdmin } from "./authorise.ts";
import { type Proposal, requireOpened } from "./proposal.ts";
import type { ConfigureRequest, FilesRequest, StatusRequest } from "./requests.ts";

/** What management asks of registry and ledger. */
export interface ManagePorts {
  readonly database: Database;
  sealedState(): LedgerState;
  projectKey(normalizedName: string): Digest;
  /**
   * Projects are created and configured one at a time: who owns one is decided together with whether it exists, and a publisher's
   * opening that a refused entry leaves behind is taken away before anybody else can rely on it.
   */
  readonly inTurn: InTurn;
  /** @throws LedgerRefusal with the void code of the rule that says no */
  seal(request: LedgerRequest): Promise<{ readonly index: number }>;
}

export interface WantedProject {
  /** Normalised. */
  readonly name: string;
  readonly publishers: readonly PublisherRecord[];
  readonly people: NewPeople;
  readonly policy: ProjectPolicy;
  /** Who owns it; null: nobody but the operator. */
  readonly ownerId: number | null;
}

export interface CreatedProject {
  /** Of its entry in the ledger. */
  readonly index: number;
  readonly key: Digest;
  readonly openings: readonly PublisherOpening[];
}

/** Creates a project. @throws LedgerRefusal `project-exists`, `bad-config` */
export async function createProject(wanted: WantedProject, ports: ManagePorts): Promise<CreatedProject> {
  const key = ports.projectKey(wanted.name);
  return await ports.inTurn(async () => {
    const existing = findProject(ports.sealedState(), key);
    if (existing !== null && existing.header.status !== "reserved") {
      throw new LedgerRefusal("project-exists", `There is a project ${quote(wanted.name)} already.`);
    }
    return await withOwner(ports.database, key, wanted.ownerId, () =>
      withPeople(ports.database, key, wanted.people, () =>
        withOpenings(ports.database, key, wanted.publishers, async (openings) => {
          const { name, policy, people } = wanted;
          const principals = [...new Set(people.passkeys.map(passkeyId))].sort();
          const config: ConfigRecord = { policy, publishers: idsOf(openings), principals };
          const opened = { publishers: detailOpenings(openings), principals: principalOpenings(people) };
          const { index } = await ports.seal(requestProject(key, config, { name, ...opened, reason: null }));
          return { index, key, openings };
        }),
      ),
    );
  });
}

/**
 * Creates the project of an account's first upload, with nobody but that account in charge. Two first uploads at once
 * are both of the account that came first.
 *
 * @throws IndexRefusal `token-project` when it is another account's by now
 */
export async function createOwnProject(name: string, ownerId: number, ports: ManagePorts): Promise<void> {
  try {
    const wanted = { name, publishers: [], people: NOBODY_NEW, policy: EMPTY_CONFIG.policy, ownerId };
    await createProject(wanted, ports);
  } catch (error) {
    if (!(error instanceof LedgerRefusal) || error.code !== "project-exists") throw error;
    if (await isOwner(ports.database, ports.projectKey(name), ownerId)) return;
    throw new IndexRefusal("token-project", `The project ${quote(name)} was created by somebody else.`);
  }
}

/**
 * Changes who may publish a project, or under which policy: at once where the rules let an account do that, as an ask that
 * waits a week in public otherwise.
 *
 * @throws LedgerRefusal with the rule's code
 */
export async function configureProject(
  name: string,
  request: ConfigureRequest,
  ports: ManagePorts,
): Promise<{ readonly index: number; readonly act: ProjectConfigured["act"] }> {
  return await ports.inTurn(async () => {
    const { key, project } = requireProject(name, ports);
    const { act, way } = chooseAct(request, project);
    if (request.proposal !== null) {
      const { consent, reason, proposal } = request;
      return await sealProposal({ name, act, way, consent, reason, proposal }, { key, project }, ports);
    }
    return await withOpenings(ports.database, key, request.publishers ?? [], async (openings) => {
      const config: ConfigRecord = {
        policy: request.policy ?? project.current.policy,
        publishers: request.publishers === null ? project.current.publishers : idsOf(openings),
        principals: project.current.principals,
      };
      const named = { change: config, ask: config, take: null, cancel: null, undo: project.base }[act];
      const detail = {
        name,
        publishers: detailOpenings(openings),
        principals: [],
        reason: request.reason,
      };
      const statement = { project: key, act, way, config: named, consent: request.consent };
      const { index } = await ports.seal(requestConfiguration(statement, detail));
      return { index, act };
    });
  });
}

interface ProposedAct extends Pick<ProjectConfigured, "act" | "way" | "consent"> {
  readonly name: string;
  readonly reason: string | null;
  readonly proposal: Proposal;
}

/** Seals the very configuration that was consented to. @throws IndexRefusal `opening-missing`; LedgerRefusal with the rule's code */
async function sealProposal(
  { name, act, way, consent, reason, proposal }: ProposedAct,
  { key, project }: { readonly key: Digest; readonly project: ProjectState },
  ports: ManagePorts,
): Promise<{ readonly index: number; readonly act: ProjectConfigured["act"] }> {
  const { config, people } = proposal;
  requireOpened(proposal, project);
  requireMember(consent, project);
  const detail = {
    name,
    publishers: sortOpenings(people.publishers),
    principals: principalOpenings(people),
    reason,
  };
  const statement = { project: key, act, way, config, consent };
  return await withPeople(ports.database, key, people, async () => {
    const { index } = await ports.seal(requestConfiguration(statement, detail));
    return { index, act };
  });
}

/** Nothing of a stranger is kept, not even until the ledger's rules refuse him. @throws LedgerRefusal `bad-consent` */
function requireMember(consent: Consent, { current, base }: ProjectState): void {
  if (consent.kind !== "passkey") return;
  const principal = passkeyPrincipal(consent, nodeCrypto);
  if ([...current.principals, ...base.principals].includes(principal)) return;
  throw new LedgerRefusal("bad-consent", "The passkey that consents is not of this project.");
}

/** Yanks, unyanks or withdraws files by name; all of them, or none. @throws LedgerRefusal `wrong-state` */
export async function changeFiles(
  name: string,
  kind: "yanked" | "unyanked" | "withdrawn",
  request: FilesRequest,
  ports: ManagePorts,
): Promise<{ readonly index: number }> {
  const { key } = requireProject(name, ports);
  const files = request.filenames.map((filename) => fileId(nodeCrypto.sha256, key, filename));
  const statement = { project: key, files: [...new Set(files)].sort(), reason: request.reason };
  return await ports.seal(requestFilesChange({ kind, ...statement }, request.text));
}

/**
 * Archives, deprecates, quarantines or reactivates a project. Only the operator quarantines, and ends a quarantine: that is
 * asked of the state that is sealed upon, since a quarantine may be on its way while its project's owner asks.
 *
 * @throws LedgerRefusal `same-status`; IndexRefusal `management-refused`
 */
export async function changeStatus(
  name: string,
  request: StatusRequest,
  manager: Manager,
  ports: ManagePorts,
): Promise<{ readonly index: number }> {
  const { key } = requireProject(name, ports);
  const require = (state: LedgerState): void => {
    const current = findProject(state, key)?.header.status;
    if (request.status === "quarantined" || current === "quarantined") requireAdmin(manager);
  };
  require(ports.sealedState());
  const sealed = requestStatus({ project: key, status: request.status }, request.text);
  return await ports.seal({ ...sealed, require });
}

/** @throws IndexRefusal `project-unknown` */
export function requireProject(
  name: string,
  ports: ManagePorts,
): { readonly key: Digest; readonly project: ProjectState } {
  const key = ports.projectKey(name);
  const project = findProject(ports.sealedState(), key);
  if (project === null) throw new IndexRefusal("project-unknown", `There is no project ${quote(name)}.`);
  return { key, project };
}

/** The mildest act: free before the first file, a stricter policy at once, everything else as an ask. */
function chooseAct(request: ConfigureRequest, project: ProjectState): Pick<ProjectConfigured, "act" | "way"> {
  if (request.act !== null) {
    const way = request.act === "take" ? "none" : request.act === "undo" ? "passkey" : "account";
    return { act: request.act, way: request.way ?? way };
  }
  if (project.header.firstFile === null) return { act: "change", way: "free" };
  // Whether it is tighter, the ledger's rule decides; naming publishers anew never is.
  return request.publishers === null ? { act: "change", way: "account" } : { act: "ask", way: "account" };
}

function idsOf(openings: readonly PublisherOpening[]): readonly Digest[] {
  return [...new Set(openings.map(({ id }) => id))].sort();
}
