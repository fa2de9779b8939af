// SPDX-License-Identifier: Apache-2.0
import { resolve } from "node:path";

/** A command of uv, as far as it says where it works and what it changes. */
export type UvCommand = {
  /** `pip install`, `sync`, `tool run` ...; empty when there is none. */
  readonly name: string;
  /** uv's own words: without those of a program that it runs. */
  readonly args: readonly string[];
  /** Where it is run: relative paths begin there. */
  readonly folder: string;
  /** Where it begins to look for a project. */
  readonly project: string;
  /** A Python file whose inline metadata it reads. */
  readonly script: string | null;
};

const GROUPS = ["pip", "tool", "python", "cache", "self"];
/** Options of `run` and `tool run`, and those that stand before any command, whose next word is their value. */
const WITH_VALUE = new Set([
  ...[
    "--allow-insecure-host",
    "--cache-dir",
    "--color",
    "--config-file",
    "--config-setting",
    "--constraints",
  ],
  ...["--build-constraints", "--default-index", "--directory", "--env-file", "--exclude-newer", "--extra"],
  ...[
    "--extra-index-url",
    "--find-links",
    "--fork-strategy",
    "--from",
    "--group",
    "--index",
    "--index-strategy",
  ],
  ...["--index-url", "--keyring-provider", "--link-mode", "--no-binary-package", "--no-build-package"],
  ...["--no-build-isolation-package", "--no-extra", "--no-group", "--only-group", "--overrides", "--package"],
  ...["--prerelease", "--project", "--python", "--python-fetch", "--python-platform", "--python-preference"],
  ...["--refresh-package", "--reinstall-package", "--resolution", "--torch-backend", "--upgrade-package"],
  ...["--with", "--with-editable", "--with-requirements", "--exclude-newer-package", "--preview-features"],
  ...["-C", "-P", "-b", "-c", "-f", "-i", "-p", "-w"],
]);
/** Commands whose first other word is a program, with words of its own behind it. */
const RUNS_A_PROGRAM = ["run", "tool run"];

/** @param command `uv ...` or `uvx ...`, without the path of the program. @param folder absolute */
export function readUvCommand(command: "uv" | "uvx", words: readonly string[], folder: string): UvCommand {
  const names: string[] = command === "uvx" ? ["tool", "run"] : [];
  const args: string[] = [];
  let script: string | null = null;
  const isComplete = () => names.length === (GROUPS.includes(names[0] ?? "") ? 2 : 1);
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (word.startsWith("-") && word !== "-" && word !== "--") {
      args.push(word);
      if (WITH_VALUE.has(word) && i + 1 < words.length) args.push(words[++i] ?? "");
    } else if (!isComplete()) {
      names.push(word);
    } else if (RUNS_A_PROGRAM.includes(names.join(" "))) {
      const program = word === "--" ? (words[i + 1] ?? "") : word;
      if (names[0] === "run" && (program.endsWith(".py") || args.some(isScriptOption))) script = program;
      break;
    } else args.push(word);
  }
  const here = resolve(folder, optionValue(args, "--directory") ?? ".");
  const named = optionValue(args, "--script");
  return {
    name: names.join(" "),
    args,
    folder: here,
    project: resolve(here, optionValue(args, "--project") ?? "."),
    script: script ?? (names[0] === "run" ? null : named),
  };
}

function isScriptOption(word: string): boolean {
  return word === "--script" || word === "-s" || word === "--gui-script";
}

/** The value of an option, in the same word or the next; null when it is not given. The last one counts. */
export function optionValue(args: readonly string[], ...names: readonly string[]): string | null {
  let value: string | null = null;
  for (const [i, word] of args.entries()) {
    for (const name of names) {
      if (word === name) value = args[i + 1] ?? null;
      else if (name.startsWith("--") && word.startsWith(`${name}=`)) value = word.slice(name.length + 1);
      else if (!name.startsWith("--") && word.startsWith(name) && !word.startsWith("--"))
        value = word.slice(2);
    }
  }
  return value;
}
