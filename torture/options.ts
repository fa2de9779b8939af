// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";
import { parseArgs } from "node:util";

export interface TortureOptions {
  readonly rounds: number;
  readonly seed: string;
  readonly dir: string;
  readonly keep: boolean;
  readonly table: boolean;
}

export const TORTURE_HELP = `usage: npm run torture -- [--rounds N] [--seed WORD] [--dir FOLDER] [--keep] [--table]

Runs an index with its sequencer, three witnesses and an auditor as processes, under load, and round after round kills them at any moment,
fills their disks, moves their clocks, takes the quorum away and loses answers. After each round everything is started again in any order, and
looked at from outside: whatever was answered 200 is there, no two trees of one size are signed, and what was not answered completes.

  --rounds N     how many rounds (200)
  --seed WORD    which troubles strike, and when; without it a new one is made, and printed
  --dir FOLDER   everything is written below FOLDER/torture, which is made anew (.demo)
  --keep         leave the folder in place when nothing was found; it always stays when something was
  --table        no rounds: take one thing down after the other, try what still works, and write the table in docs/availability.md
  --help         this text

The last line is "R rounds: N lost, N forked, N stuck". Exit status: 0 when nothing was found, 1 when something was, 2 for a wrong command line.
`;

/** Reads the command line; null when help is asked for. @throws TypeError for an option that does not exist */
export function readOptions(args: readonly string[]): TortureOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "200" },
      seed: { type: "string", default: Math.random().toString(36).slice(2, 10) },
      dir: { type: "string", default: ".demo" },
      keep: { type: "boolean", default: false },
      table: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
    strict: true,
    allowPositionals: false,
  });
  if (values.help) return null;
  if (!/^[1-9][0-9]{0,5}$/.test(values.rounds))
    throw new TypeError(`--rounds: a number from 1, found "${values.rounds}"`);
  const { seed, keep, table } = values;
  return { rounds: Number(values.rounds), seed, keep, table, dir: resolve(values.dir, "torture") };
}
