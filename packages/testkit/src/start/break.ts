// SPDX-License-Identifier: Apache-2.0
// npm run break -- ATTACK: makes the world of `npm start` hostile in one way.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { BREAKS } from "./breaks.ts";
import { askControl } from "./control.ts";

const WIDTH = Math.max(...BREAKS.map(({ name }) => name.length));

const HELP = `usage: npm run break -- ATTACK [--dir FOLDER]

Makes the world that \`npm start\` left running hostile in one way, and says what to try. One attack at a time: each begins with an
honest world, but for what the one before published or logged.

${BREAKS.map(({ name, does }) => `  ${name.padEnd(WIDTH)}  ${does}`).join("\n")}

  --dir FOLDER   where npm start was told to write (.demo)
  --help         this text

Exit status: 0 when it is done, 1 when it could not be, 2 for a wrong command line.
`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const asked = readArguments(args);
  if (asked === null) return 0;
  if ("wrong" in asked) {
    process.stderr.write(`${asked.wrong}\n\n${HELP}`);
    return 2;
  }
  try {
    process.stdout.write(await askControl(asked.dir, asked.name));
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

type Asked = { readonly dir: string; readonly name: string } | { readonly wrong: string };

/** Null: help was asked for, and printed. */
function readArguments(args: readonly string[]): Asked | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { dir: { type: "string", default: ".demo" }, help: { type: "boolean", default: false } },
      strict: true,
      allowPositionals: true,
    });
    if (values.help) {
      process.stdout.write(HELP);
      return null;
    }
    const [name, ...more] = positionals;
    if (name === undefined || more.length > 0) return { wrong: "Name one attack." };
    if (!BREAKS.some((one) => one.name === name)) return { wrong: `There is no attack "${name}".` };
    return { dir: resolve(values.dir), name };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}
