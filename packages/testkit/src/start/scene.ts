// SPDX-License-Identifier: Apache-2.0
import type { Demo } from "../demo/demo.ts";
import type { ProcessWorld } from "../process-world.ts";
import type { SampleProject } from "../sample-packages.ts";
import type { Tampering } from "../tampering-proxy.ts";

/** The world that `npm start` leaves running, as an attack on it finds it. */
export interface Scene {
  readonly demo: Demo;
  readonly world: ProcessWorld;
  readonly projects: readonly SampleProject[];
  /** An attested project that needs no other: what the attacks are about. */
  readonly victim: SampleProject;
  /** Another such one, for what cannot be undone. */
  readonly other: SampleProject;
}

/** The pages that say what is newest: path and `Accept` -> body. Everything else is named by its digest. */
export type Pages = ReadonlyMap<string, Uint8Array>;

/** What an attack leaves behind: how the middleman answers from now on, and what was done, in sentences. */
export interface Broken {
  readonly tampering: Tampering;
  readonly done: readonly string[];
}

export interface Break {
  readonly name: string;
  /** What the attacker does, for the list of attacks. */
  readonly does: string;
  /** What to type, and what is to be seen. */
  readonly lines: (scene: Scene) => readonly TryLine[];
  begin(scene: Scene): Promise<Broken>;
}

export interface TryLine {
  /** For a shell that has read the world's `activate`. */
  readonly command: string;
  readonly sees: string;
}

export const honest: Tampering = (_path, answer) => answer;
