// SPDX-License-Identifier: Apache-2.0
import type { Clock } from "@countermark/log";
import type { Env, Settings } from "./settings.ts";
import type { Output } from "./show/output.ts";

/** `fetch` as the platform has it, never following a redirect by itself. */
export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

export type FetchOptions = {
  /** PEM of the certificates that may vouch for a server, beside the system's. */
  readonly ca: string | null;
  /** Where `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` are read from. */
  readonly env: Env;
  /** Without a byte from the server for this long, the connection is dead. */
  readonly idleSeconds: number;
};

/** Everything a command may touch that is not a file: handed in, so that tests hand in their own. */
export type World = {
  readonly env: Env;
  /** Unix seconds. */
  readonly now: Clock;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Whether standard output is a terminal that shows colours. */
  readonly colours: boolean;
  /** Whether standard error is a terminal, so that somebody sees how far work has come. */
  readonly terminal: boolean;
  /** Whether a person can be asked. */
  readonly interactive: boolean;
  createFetch(options: FetchOptions): Fetch;
  /** Aborted when the user wants the command to stop. */
  readonly stop: AbortSignal;
};

/** What a command is run with. */
export type CommandContext = { readonly world: World; readonly settings: Settings; readonly out: Output };
