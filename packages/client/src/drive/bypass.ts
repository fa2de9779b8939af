// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { ClientError } from "../failure.ts";

/** Long options by which pip or uv would fetch from somewhere else, or ignore what it is told through its environment. */
const LONG = [
  "--index-url",
  "--extra-index-url",
  "--default-index",
  "--index",
  "--find-links",
  "--no-index",
  "--isolated",
  "--proxy",
  "--trusted-host",
  "--allow-insecure-host",
  "--config-file",
] as const;
/** Long options that begin like one of those and are harmless. */
const HARMLESS = new Set(["--no", "--no-i", "--no-in", "--index-strategy", "--config", "--allow"]);
/** Short options that take a value, which may follow in the same word. */
const SHORT_WITH_VALUE = "rcetCp";
const SHORT_BYPASS = "if";
const SHORT_FILES = "rc";
/** Long options whose value is a requirements file, with options of its own. */
const FILES = [
  "--requirements",
  "--requirement",
  "--constraints",
  "--constraint",
  "--build-constraints",
  "--build-constraint",
  "--overrides",
] as const;
const REQUIREMENTS_BYTES_MAX = 16_777_216;
const NESTED_MAX = 16;

/**
 * Refuses arguments of pip or uv that name a source beside the proxy, and requirements files that do.
 *
 * @throws ClientError `bypass-refused`, which names the argument, or file and line
 */
export async function refuseBypass(args: readonly string[], folder: string): Promise<void> {
  for (const [i, arg] of args.entries()) {
    if (arg === "--") break;
    if (isBypass(arg)) throw bypass(`the argument ${JSON.stringify(withoutValue(arg))}`);
    const file = requirementsFile(arg, args[i + 1]);
    if (file !== null) await refuseInFile(resolvePath(file, folder), 0);
  }
}

function isBypass(arg: string): boolean {
  if (arg.startsWith("--")) {
    const name = withoutValue(arg);
    // pip accepts every unambiguous beginning of an option.
    return name.length > 3 && !HARMLESS.has(name) && LONG.some((option) => option.startsWith(name));
  }
  if (!/^-[A-Za-z]/.test(arg)) return false;
  for (const letter of arg.slice(1)) {
    if (SHORT_BYPASS.includes(letter)) return true;
    if (SHORT_WITH_VALUE.includes(letter)) return false;
  }
  return false;
}

function withoutValue(arg: string): string {
  const equals = arg.indexOf("=");
  return equals < 0 ? arg : arg.slice(0, equals);
}

/** The file that `-r FILE`, `-rFILE`, `-Ur FILE`, `--requirement=FILE`, `--req FILE`, `-c FILE` ... name; null when `arg` names none. */
function requirementsFile(arg: string, next: string | undefined): string | null {
  if (arg.startsWith("--")) {
    const name = withoutValue(arg);
    // pip accepts every unambiguous beginning of an option.
    if (name.length < 5 || !FILES.some((option) => option.startsWith(name))) return null;
    return name === arg ? (next ?? null) : arg.slice(name.length + 1);
  }
  if (!/^-[A-Za-z]/.test(arg)) return null;
  for (const [i, letter] of [...arg.slice(1)].entries()) {
    if (SHORT_FILES.includes(letter)) return arg.slice(i + 2) || (next ?? null);
    if (SHORT_WITH_VALUE.includes(letter) || SHORT_BYPASS.includes(letter)) return null;
  }
  return null;
}

async function refuseInFile(path: string, depth: number): Promise<void> {
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
    if (isBypass(option)) throw bypass(`${path}:${i + 1} (${JSON.stringify(withoutValue(option))})`);
    const nested = requirementsFile(option, words[1]);
    if (nested !== null) await refuseInFile(resolvePath(nested, dirname(path)), depth + 1);
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
