// SPDX-License-Identifier: Apache-2.0
import type { LedgerEntry, Sha256 } from "@countermark/formats";
import type { CryptoPort } from "../port.ts";
import type { AppendList } from "./append-list.ts";
import type { IndexState, LedgerState, LogFacts, ProjectState, StatedAnchor } from "./state.ts";
import type { VoidCode } from "./void-codes.ts";

/** What a kind's rule looks at. The common checks have passed. */
export interface RuleContext {
  readonly state: LedgerState;
  readonly facts: LogFacts;
  readonly index: IndexState;
  readonly entry: LedgerEntry;
  /** The index of the entry. */
  readonly at: number;
  readonly crypto: CryptoPort;
  readonly sha256: Sha256;
}

/** What a kind's rule says: the project as it is after the entry, before the effects common to all. */
export type Ruling =
  | {
      readonly kind: "legal";
      readonly project: ProjectState | IndexState;
      readonly anchors: AppendList<StatedAnchor>;
    }
  | { readonly kind: "void"; readonly code: VoidCode };

export function legal(context: RuleContext, project: ProjectState | IndexState): Ruling {
  return { kind: "legal", project, anchors: context.state.anchors };
}

export function voided(code: VoidCode): Extract<Ruling, { kind: "void" }> {
  return { kind: "void", code };
}

/** The code of the first check, in order, that found its fault; null where none did. */
export function firstFault(...checks: readonly (readonly [boolean, VoidCode])[]): VoidCode | null {
  return checks.find(([isFault]) => isFault)?.[1] ?? null;
}
