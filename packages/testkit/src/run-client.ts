// SPDX-License-Identifier: Apache-2.0
import { runCli } from "@countermark/client";

/** How a run of the command ended, and what it said. */
export interface ClientRun {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly output: string;
}

export interface ClientPorts {
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>;
  /** Unix seconds. */
  readonly now: () => number;
  readonly env: Readonly<Record<string, string>>;
}

/** Runs the `countermark` command in this process, on the clock and the network it is given. */
export async function runClient(args: readonly string[], ports: ClientPorts): Promise<ClientRun> {
  const said = { stdout: "", stderr: "", output: "" };
  const keep = (stream: "stdout" | "stderr") => (text: string) => {
    said[stream] += text;
    said.output += text;
  };
  const status = await runCli(args, {
    env: ports.env,
    now: ports.now,
    stdout: keep("stdout"),
    stderr: keep("stderr"),
    colours: false,
    terminal: false,
    interactive: false,
    createFetch: () => ports.fetch,
    stop: new AbortController().signal,
  });
  return { status, ...said };
}
