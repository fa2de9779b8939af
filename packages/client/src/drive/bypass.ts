// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { ClientError } from "../failure.ts";

export type Tool = "pip" | "uv";

/** How a tool reads its arguments, as far as they name where packages come from. */
type ToolOptions = {
  /** Long options by which it would fetch from somewhere else, or ignore what it is told through its environment. */
  readonly long: readonly string[];
  /** Long options whose value is a requirements file, with options of its own. */
  readonly files: readonly string[];
  readonly shortBypass: string;
  readonly shortFiles: string;
  /** Short options that take a value in every command of the tool; it may follow in the same word. */
  readonly shortWithValue: string;
  /** Whether it takes every beginning of a long option for the option. */
  readonly abbreviates: boolean;
};

const OPTIONS: Readonly<Record<Tool, ToolOptions>> = {
  pip: {
    long: [
      "--index-url",
      "--pypi-url",
      "--extra-index-url",
      "--find-links",
      "--no-index",
      "--isolated",
      "--proxy",
      "--trusted-host",
    ],
    files: ["--requirement", "--constraint", "--build-constraint"],
    shortBypass: "if",
    shortFiles: "rc",
    shortWithValue: "rcetC",
    abbreviates: true,
  },
  uv: {
    long: [
      "--index",
      "--default-index",
      "--index-url",
      "--extra-index-url",
      "--find-links",
      "--no-index",
      // An index of its own, whatever the others are.
      "--torch-backend",
      "--trusted-host",
      "--allow-insecure-host",
      "--config-file",
    ],
    files: [
      "--requirements",
      "--requirement",
      "--with-requirements",
      "--constraints",
      "--constraint",
      "--build-constraints",
      "--build-constraint",
      "--overrides",
      "--override",
    ],
    shortBypass: "if",
    shortFiles: "rcb",
    shortWithValue: "rcbtCpPwo",
    abbreviates: false,
  },
};
/** Below this, an option of pip is too short to be one of those. */
const ABBREVIATION_CHARS_MIN = 4;
const REQUIREMENTS_BYTES_MAX = 16_777_216;
const NESTED_MAX = 16;

/**
 * Refuses arguments of pip or uv that name a source beside the proxy, and requirements files that do.
 *
 * @throws ClientError `bypass-refused`, which names the argument, or file and line
 */
export async function refuseBypass(tool: Tool, args: readonly string[], folder: string): Promise<void> {
  const options = OPTIONS[tool];
  for (const [i, arg] of args.entries()) {
    if (arg === "--") break;
    if (isBypass(arg, options)) throw bypass(`the argument ${JSON.stringify(withoutValue(arg))}`);
    const file = requirementsFile(arg, args[i + 1], options);
    if (file !== null) await refuseInFile(resolvePath(file, folder), options, 0);
  }
}

function isBypass(arg: string, options: ToolOptions): boolean {
  if (arg.startsWith("--")) return isLong(withoutValue(arg), options.long, options);
  if (!/^-[A-Za-z]/.test(arg)) return false;
  for (const letter of arg.slice(1)) {
    if (options.shortBypass.includes(letter)) return true;
    if (options.shortWithValue.includes(letter)) return false;
  }
  return false;
}

/** Whether the tool reads `name` as one of `wanted`, or might: what is ambiguous to pip is no option of it at all. */
function isLong(name: string, wanted: readonly string[], { abbreviates }: ToolOptions): boolean {
  if (!abbreviates) return wanted.includes(name);
  return name.length >= ABBREVIATION_CHARS_MIN && wanted.some((option) => option.startsWith(name));
}

function withoutValue(arg: string): string {
  const equals = arg.indexOf("=");
  return equals < 0 ? arg : arg.slice(0, equals);
}

/** The file that `-r FILE`, `-rFILE`, `-Ur FILE`, `--requirement=FILE`, `-c FILE` ... name; null when `arg` names none. */
function requirementsFile(arg: string, next: string | undefined, options: ToolOptions): string | null {
  if (arg.startsWith("--")) {
    const name = withoutValue(arg);
    if (!isLong(name, options.files, options)) return null;
    return name === arg ? (next ?? null) : arg.slice(name.length + 1);
  }
  if (!/^-[A-Za-z]/.test(arg)) return null;
  for (const [i, letter] of [...arg.slice(1)].entries()) {
    if (options.shortFiles.includes(letter)) return arg.slice(i + 2) || (next ?? null);
    if (options.shortWithValue.includes(letter) || options.shortBypass.includes(letter)) return null;
  }
  return null;
}

async function refuseInFile(path: string, options: ToolOptions, depth: number): Promise<void> {
  if (path === "-" || depth > NESTED_MAX) throw bypass(`the requirements ${path}, which cannot be checked`);
  if (/^[a-z]+:\/\//i.test(path)) throw bypass(`the requirements at ${path}`);
  const bytes = await readFile(path);
  if (bytes.length > REQUIREMENTS_BYTES_MAX) throw bypass(`${path}, which is too large to check`);
  // pip reads other encodings by their mark.
  if (/^(?:\xff\xfe|\xfe\xff)/.test(bytes.subarray(0, 2).toString("latin1"))) {
    throw bypass(`${path}, which is not UTF-8 and cannot be checked`);
  }
  for (const [i, line] of bytes.toString("utf8").split(/\r?\n/).entries()) {
    const words = line.trim().split(/\s+/);
    const option = words[0] ?? "";
    if (!option.startsWith("-")) continue;
    if (isBypass(option, options)) throw bypass(`${path}:${i + 1} (${JSON.stringify(withoutValue(option))})`);
    const nested = requirementsFile(option, words[1], options);
    if (nested !== null) await refuseInFile(resolvePath(nested, dirname(path)), options, depth + 1);
  }
}

function resolvePath(path: string, folder: string): string {
  return isAbsolute(path) || path === "-" || /^[a-z]+:\/\//i.test(path) ? path : join(folder, path);
}

function bypass(what: string): ClientError {
  return new ClientError(
    "bypass-refused",
    `Cannot drive the tool: ${what} would go round the verifying proxy; remove it, and name the index with --index`,
  );
}
