// SPDX-License-Identifier: Apache-2.0
import { encodeHex, ParseError, parseCheckpoint, parseNote, type Vkey } from "@countermark/formats";
import {
  type CosignedCheckpoint,
  type SignedCheckpoint,
  type Verified,
  VerifyError,
  verifyCheckpoint,
  verifyCosignedCheckpoint,
} from "@countermark/verify";
import { type CosignPorts, type CosignResult, requestCosignatures } from "./cosign.ts";
import { LogError } from "./failure.ts";
import { createLogReader } from "./log-reader.ts";
import type { Storage } from "./port.ts";
import type { SealedHead } from "./sealed-head.ts";

/** A head that everybody may see: sealed, and cosigned by a quorum of the policy. */
export type CosignedHead = Verified<CosignedCheckpoint>;

export interface ReleaserOptions extends CosignPorts {
  readonly origin: string;
  readonly vkey: Vkey;
  readonly storage: Storage;
  /** Told of each cosigner that did not cosign, for the operator. */
  readonly onFailure?: (name: string, error: Error) => void;
}

interface Waiting {
  readonly resolve: (head: CosignedHead) => void;
  readonly reject: (error: Error) => void;
}

/** The newest released note. */
export const RELEASED_PATH = "checkpoint";
const TOLERANCE_SECONDS = 120;

/** The newest released note of a size. (`checkpoint/<size>` cannot lie beside the file `checkpoint`.) */
export function releasedPath(size: number): string {
  return `checkpoints/${size}`;
}

/** A released note by its own SHA-256, for ever: what anchors in the ledger refer to. */
export function releasedPathOf(digest: Uint8Array): string {
  return `checkpoints/sha256/${encodeHex(digest)}`;
}

/**
 * Takes sealed heads to released ones: asks the cosigners, and keeps the note that a quorum signed. One candidate head is
 * with the cosigners at a time; heads sealed meanwhile are covered by the newest of them, next.
 */
export class Releaser {
  readonly #options: ReleaserOptions;
  readonly #ports: CosignPorts;
  #released: CosignedHead | null;
  /** The size below which nothing is ever released again. */
  #sizeMin: number;
  /** The largest head that was ever asked for or released: cosigners may hold it, and would cosign none before it. */
  #newest: SealedHead | null;
  #wanted: SealedHead | null = null;
  #waiting: Waiting[] = [];
  /** The head that is with the cosigners now, and who waits for it. */
  #candidate: { readonly head: SealedHead; readonly waiting: Waiting[] } | null = null;
  #running: Promise<void> | null = null;

  private constructor(options: ReleaserOptions, released: CosignedHead | null, sizeMin: number) {
    this.#options = options;
    this.#ports = { ...options, sizes: options.sizes ?? new Map<string, number>() };
    this.#released = released;
    this.#newest = released === null ? null : sealedOf(released);
    this.#sizeMin = sizeMin;
  }

  /** Opens with the head that was released last, if it still holds under the policy. */
  static async open(options: ReleaserOptions): Promise<Releaser> {
    const bytes = await options.storage.read(RELEASED_PATH);
    if (bytes === null) return new Releaser(options, null, 0);
    const { size } = parseCheckpoint(parseNote(bytes).text);
    return new Releaser(options, await believe(bytes, options), size);
  }

  /** The head that everything shown refers to; null before the first one. */
  released(): CosignedHead | null {
    return this.#released;
  }

  /**
   * Resolves when a head that covers `sealed` is released.
   *
   * @throws LogError `quorum-missing`; asking again later is right
   */
  release(sealed: SealedHead): Promise<CosignedHead> {
    const released = this.#released;
    if (released !== null && released.size >= sealed.size) return Promise.resolve(released);
    return this.#request(sealed);
  }

  /**
   * Has the newest known head cosigned again, so that it is not old: also one whose release failed.
   *
   * @throws LogError `quorum-missing`, `not-found` before the first
   */
  async refresh(): Promise<CosignedHead> {
    if (this.#newest === null)
      throw new LogError("not-found", `Cannot refresh ${this.#options.origin}: nothing is released`);
    return await this.#request(this.#newest);
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await this.#running;
  }

  #request(sealed: SealedHead): Promise<CosignedHead> {
    return new Promise((resolve, reject) => {
      if (this.#newest === null || sealed.size > this.#newest.size) this.#newest = sealed;
      if (this.#candidate?.head === this.#newest) {
        this.#candidate.waiting.push({ resolve, reject });
        return;
      }
      this.#waiting.push({ resolve, reject });
      this.#wanted = this.#newest;
      this.#running ??= this.#run();
    });
  }

  async #run(): Promise<void> {
    // Everything that this turn of the event loop asks for is one candidate.
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    while (this.#wanted !== null) {
      const { head, waiting } = { head: this.#wanted, waiting: this.#waiting };
      this.#candidate = { head, waiting };
      this.#wanted = null;
      this.#waiting = [];
      try {
        const released = await this.#releaseOne(head);
        for (const one of waiting) one.resolve(released);
      } catch (error) {
        const reason = error instanceof Error ? error : new TypeError(String(error));
        for (const one of waiting) one.reject(reason);
      }
      this.#candidate = null;
    }
    // In the same turn as the look at what is wanted, so that no one who asks in between is left waiting.
    this.#running = null;
  }

  async #releaseOne(sealed: SealedHead): Promise<CosignedHead> {
    const { origin, vkey, storage, crypto } = this.#options;
    const head = await verifyCheckpoint(sealed.note, { vkeys: [vkey], origin }, crypto);
    if (head.size < this.#sizeMin) {
      throw new LogError(
        "behind-own-head",
        `Cannot release ${head.size}: ${this.#sizeMin} was released before`,
      );
    }
    const reader = createLogReader(storage, head, crypto.sha256);
    const result = await requestCosignatures(head, reader, this.#ports);
    for (const { name, error } of result.failures) this.#options.onFailure?.(name, error);
    const cosigned = await this.#verify(head, result);
    // The note is found by digest before anything can point to it; the last write is what makes it the released head.
    await storage.create(releasedPathOf(crypto.sha256(cosigned.noteBytes)), cosigned.noteBytes);
    await storage.replace(releasedPath(cosigned.size), cosigned.noteBytes);
    // A write that is reported as failed may have happened: from here on, a smaller head would go back behind this one.
    this.#sizeMin = cosigned.size;
    await storage.replace(RELEASED_PATH, cosigned.noteBytes);
    this.#released = cosigned;
    return cosigned;
  }

  /** Believes our own note as any client would, before it is anyone's. */
  async #verify(head: SignedCheckpoint, result: CosignResult): Promise<CosignedHead> {
    if (!result.quorum) {
      const failed = result.failures.map(({ name, error }) => `${name}: ${error.message}`).join("; ");
      throw new LogError("quorum-missing", `Cannot release ${head.origin} at ${head.size}: ${failed}`);
    }
    return await verifyCosignedCheckpoint(result.note, cosignedOptions(this.#options), this.#options.crypto);
  }
}

function sealedOf({ size, root, noteBytes }: CosignedHead): SealedHead {
  return { size, root, note: noteBytes };
}

function cosignedOptions(options: ReleaserOptions) {
  const { policy, origin } = options;
  const toleranceSeconds = options.toleranceSeconds ?? TOLERANCE_SECONDS;
  return { policy, origin, now: options.clock(), toleranceSeconds };
}

/**
 * Null for a note that the present policy does not believe: then the next release is the first under it.
 *
 * Not checked: the cosignatures' times. They were when we kept the note, and a clock that went back since takes nothing away that was shown.
 */
async function believe(bytes: Uint8Array, options: ReleaserOptions): Promise<CosignedHead | null> {
  try {
    const { policy, origin, crypto } = options;
    const anyTime = { now: Number.MAX_SAFE_INTEGER, toleranceSeconds: 0 };
    return await verifyCosignedCheckpoint(bytes, { policy, origin, ...anyTime }, crypto);
  } catch (error) {
    if (error instanceof VerifyError || error instanceof ParseError) return null;
    throw error;
  }
}
