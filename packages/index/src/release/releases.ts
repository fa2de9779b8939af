// SPDX-License-Identifier: Apache-2.0
import { type Anchor, type Digest, encodeHex, projectValue } from "@countermark/formats";
import { type CosignedHead, LogError, nodeCrypto, type Releaser, type SealedHead } from "@countermark/log";
import {
  type IndexState,
  type LedgerState,
  type ProjectState,
  projectCommitments,
} from "@countermark/verify";
import { IndexRefusal } from "../failure.ts";

/** A sealed head that a quorum of cosigners has seen: the only kind that anything is shown under. */
export interface ReleasedHead {
  readonly size: number;
  /** The cosigned checkpoint, as served. */
  readonly note: Uint8Array;
  /** How a later state leaf names it. */
  readonly anchor: Anchor;
  readonly state: LedgerState;
}

/** A project with its key in the map. */
export interface FoundProject {
  readonly key: Digest;
  readonly project: ProjectState | IndexState;
}

/** What is released, with the ledger's state at each head. */
export interface Releases {
  newest(): ReleasedHead | null;
  /** Whether a quorum has cosigned since we opened. */
  isFresh(): boolean;
  /** A released head of the recent past. */
  at(size: number): ReleasedHead | null;
  /** A project by the value under which a recent released head's map commits to it. */
  findValue(value: Digest): FoundProject | null;
  /** Remembers the state at a sealed head, until it is released or passed by. */
  keepState(state: LedgerState): void;
  /** Asks the cosigners about the newest sealed head, once. Null when they are no quorum. */
  release(): Promise<ReleasedHead | null>;
  /** Has the newest head cosigned again. Null when there is no quorum, or nothing was released yet. */
  refresh(): Promise<ReleasedHead | null>;
  /**
   * Resolves when a released head covers the entry.
   *
   * @throws IndexRefusal `not-released` after `timeoutMs`
   */
  awaitEntry(entry: number, timeoutMs: number): Promise<ReleasedHead>;
}

export interface ReleasesOptions {
  readonly releaser: Releaser;
  /** The newest sealed head, signed by the log alone. */
  sealedHead(): SealedHead;
  /** Told of each head that a quorum has cosigned just now. */
  readonly onCosigned?: (head: CosignedHead) => void;
  /** Told of each attempt that found no quorum. */
  readonly onMissed?: () => void;
}

const HEADS_KEPT_MAX = 256;
const VALUES_KEPT_MAX = 16_384;
const RETRY_MS = 250;
/** Failures of an attempt that a later one may not have. */
const PASSING_CODES: readonly LogError["code"][] = ["quorum-missing", "not-found", "unavailable"];

/** Opens the releases; the head that was released last is shown as soon as `keepState` was told its state. */
export function openReleases(options: ReleasesOptions): Releases {
  const { releaser } = options;
  const states = new Map<number, LedgerState>();
  const heads = new Map<number, ReleasedHead>();
  const values = new Map<Digest, FoundProject>();
  let isFresh = false;
  let newest = null as ReleasedHead | null; // assigned in closures, which the compiler's narrowing does not see

  const show = (cosigned: CosignedHead): ReleasedHead => {
    const { size, noteBytes: note, tLo, tHi } = cosigned;
    const state = newest?.size === size ? newest.state : states.get(size);
    if (state === undefined) throw new TypeError(`Cannot show size ${size}: its state is not known`);
    const anchor = { size, note: encodeHex(nodeCrypto.sha256(note)), tLo, tHi };
    indexValues(values, newest?.state ?? null, state);
    newest = { size, note, anchor, state };
    heads.delete(size);
    heads.set(size, newest);
    dropOldest(heads, HEADS_KEPT_MAX);
    for (const known of states.keys()) if (known <= size) states.delete(known);
    return newest;
  };
  const attempt = async (ask: () => Promise<CosignedHead>): Promise<ReleasedHead | null> => {
    try {
      const before = releaser.released();
      const cosigned = await ask();
      if (cosigned !== before) {
        isFresh = true;
        options.onCosigned?.(cosigned);
      }
      // Two callers may be told of one head, the slower one after a later head is shown.
      return newest !== null && cosigned.size < newest.size ? newest : show(cosigned);
    } catch (error) {
      if (error instanceof LogError && error.code === "quorum-missing") options.onMissed?.();
      if (error instanceof LogError && PASSING_CODES.includes(error.code)) return null;
      throw error;
    }
  };
  const release = () => attempt(() => releaser.release(options.sealedHead()));
  return {
    newest: () => newest,
    isFresh: () => isFresh,
    at: (size) => heads.get(size) ?? null,
    findValue: (value) => values.get(value) ?? null,
    keepState(state) {
      const released = releaser.released();
      if (released !== null && state.size < released.size) return;
      states.set(state.size, state);
      if (newest === null && released?.size === state.size) show(released);
    },
    release,
    refresh: () => attempt(() => releaser.refresh()),
    async awaitEntry(entry, timeoutMs) {
      const deadline = performance.now() + timeoutMs;
      for (;;) {
        if (newest !== null && newest.size > entry) return newest;
        const left = deadline - performance.now();
        if (left <= 0) {
          throw new IndexRefusal(
            "not-released",
            `Entry ${entry} is sealed and waits for its cosigners; send the same request again to complete it.`,
          );
        }
        const head = await withinMs(release(), left);
        if (head === null || head === undefined) await wait(Math.min(RETRY_MS, left));
      }
    },
  };
}

/** Adds the values of every project that `state` has and `before` did not have in the same form. */
function indexValues(
  values: Map<Digest, FoundProject>,
  before: LedgerState | null,
  state: LedgerState,
): void {
  for (const [key, project] of state.projects.entries()) {
    if (before?.projects.get(key) === project) continue;
    const value = projectValue(nodeCrypto.sha256, projectCommitments(project, nodeCrypto.sha256));
    values.delete(value);
    values.set(value, { key, project });
  }
  dropOldest(values, Math.max(VALUES_KEPT_MAX, 2 * state.projects.count));
}

function dropOldest<K, V>(map: Map<K, V>, countMax: number): void {
  for (const key of map.keys()) {
    if (map.size <= countMax) return;
    map.delete(key);
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What `work` gives, or undefined when it takes longer. No timer is left behind. */
async function withinMs<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
