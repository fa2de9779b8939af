// SPDX-License-Identifier: Apache-2.0
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

export interface StartOptions {
  /** Everything that is written is below it. */
  readonly dir: string;
  readonly offline: boolean;
}

export const START_HELP = `usage: npm start [-- --dir FOLDER] [--offline]

Starts the world of the demo (an index, an authority, an issuer of identities, three witnesses, an auditor), publishes packages to it,
puts a middleman in front of the index that is honest until told otherwise, and leaves everything running. What it prints is to be
pasted into a second terminal: pip and uv with and without countermark, and \`npm run break -- ATTACK\`.

  --dir FOLDER   everything is written there (.demo): FOLDER/started is made anew each time, FOLDER/cache is the demo's
  --offline      download nothing: packages are built on the spot, and there is no uv
  --help         this text

Ends with Ctrl-C: status 0. Status 1 when something did not start, 2 for a wrong command line.
`;

/** Reads the command line; null when help is asked for. @throws TypeError for an option that does not exist */
export function readStartOptions(args: readonly string[]): StartOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      dir: { type: "string", default: ".demo" },
      offline: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
    strict: true,
    allowPositionals: false,
  });
  if (values.help) return null;
  return { dir: resolve(values.dir), offline: values.offline };
}

/** Where the running world writes how to reach it. */
export function startedFolder(dir: string): string {
  return join(dir, "started");
}
