// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { parseArgs } from "node:util";

export interface DemoOptions {
  /** Everything the demo writes is below it. */
  readonly dir: string;
  readonly keep: boolean;
  readonly offline: boolean;
}

export const DEMO_HELP = `usage: npm run demo -- [--dir FOLDER] [--keep] [--offline]

Starts an index, an authority, an issuer of identities, three witnesses and an auditor as processes on this machine, takes real
packages from a CI job to an unmodified pip and uv, and shows what is refused. Everything is written below one folder.

  --dir FOLDER   that folder (.demo); FOLDER/cache keeps what was downloaded, FOLDER/world is made anew each time
  --keep         leave FOLDER/world in place when everything held; it always stays when something did not
  --offline      download nothing: packages are built on the spot
  --help         this text

Exit status: 0 when every step held, 1 when one did not, 2 for a wrong command line.
`;

/** Reads the command line; null when help is asked for. @throws TypeError for an option that does not exist */
export function readOptions(args: readonly string[]): DemoOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      dir: { type: "string", default: ".demo" },
      keep: { type: "boolean", default: false },
      offline: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
    strict: true,
    allowPositionals: false,
  });
  if (values.help) return null;
  return { dir: resolve(values.dir), keep: values.keep, offline: values.offline };
}
