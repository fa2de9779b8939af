// SPDX-License-Identifier: Apache-2.0
// What only the operator does: erasing strings of a project's past, and ending the import phase.
import { type DetailErased, type Digest, indexKey } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { genesisOf, type LedgerState } from "@countermark/verify";
import { IndexRefusal } from "../failure.ts";
import { requestErased, requestImportClosed } from "../seal/request.ts";
import { readDetailEntries } from "../store/sealed.ts";
import { type ManagePorts, requireProject } from "./manage.ts";

export interface EraseRequest {
  /** Numbers of the entries whose details go. */
  readonly entries: readonly number[];
  readonly ground: DetailErased["ground"];
}

/**
 * Has the details of entries erased. Their bytes go when the entry is sealed; see `keepSealed`.
 *
 * @throws IndexRefusal `project-unknown`, `detail-unknown`, `not-released`; LedgerRefusal `detail-in-use`
 */
export async function eraseDetails(
  name: string,
  request: EraseRequest,
  ports: ManagePorts,
): Promise<{ readonly index: number }> {
  const { key } = requireProject(name, ports);
  const known = await readDetailEntries(ports.database, key);
  const details = request.entries.map((entry) => {
    const detail = known.get(entry);
    if (detail === undefined) {
      throw new IndexRefusal(
        "detail-unknown",
        `Entry ${entry} is not of this project, or has no detail to erase.`,
      );
    }
    return detail;
  });
  // Whoever audits later cannot see what is erased: those who audit now must have seen it.
  const require = (state: LedgerState): void => {
    const covered = state.anchors.last()?.size ?? 0;
    const early = request.entries.find((entry) => entry >= covered);
    if (early === undefined) return;
    throw new IndexRefusal("not-released", `Entry ${early} is not covered by an anchor of the ledger yet.`);
  };
  const statement = { project: key, details: [...new Set(details)].sort(), ground: request.ground };
  return await ports.seal({ ...requestErased(statement), require });
}

/** Ends the import phase. @throws LedgerRefusal `import-closed` */
export async function closeImports(ports: ManagePorts): Promise<{ readonly index: number }> {
  const genesis = genesisOf(ports.sealedState());
  if (genesis === null) throw new TypeError("Cannot close imports before the genesis");
  const project: Digest = indexKey(nodeCrypto.sha256);
  return await ports.seal(requestImportClosed({ project, log: genesis.facts.log }));
}
