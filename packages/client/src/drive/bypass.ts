// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { ClientError } from "../failure.ts";
import type { Env } from "../settings.ts";
import {
  isBypass,
  OPTIONS,
  requirementsFile,
  type Tool,
  type ToolOptions,
  withoutValue,
} from "./installer-options.ts";
import { isOtherSource, showSource } from "./other-source.ts";
import { readRequirementLines } from "./requirements-file.ts";

const REQUIREMENTS_BYTES_MAX = 16_777_216;
const NESTED_MAX = 16;

/** What there is to look in: the words of the tool, the folder that they are relative to, and the tool's environment. */
export type ToolCall = {
  readonly tool: Tool;
  readonly args: readonly string[];
  readonly folder: string;
  readonly env: Env;
};

/**
 * Refuses arguments of pip or uv that name a source beside the proxy, and requirements files that do. What is named to come from
 * elsewhere one by one (a URL, a repository, a folder) is not refused here: it is not verified, and counted as what it is.
 *
 * @returns a line for each requirement of that kind, by argument, or by file and line
 * @throws ClientError `bypass-refused`, which names the argument, or file and line
 */
export async function findBypass(call: ToolCall): Promise<readonly string[]> {
  const options = OPTIONS[call.tool];
  const found: string[] = [];
  for (const [i, arg] of call.args.entries()) {
    if (arg === "--") break;
    if (isBypass(arg, options)) throw bypass(`the argument ${JSON.stringify(withoutValue(arg))}`);
    // `name @ URL` may be one argument.
    const words = [call.args[i - 1] ?? "", ...arg.split(/\s+/)];
    if (words.some((word, at) => at > 0 && isOtherSource(word, words[at - 1])))
      found.push(`the argument ${showSource(arg)}`);
    const file = requirementsFile(arg, call.args[i + 1], options);
    if (file === null) continue;
    await readFileOf({ path: resolvePath(file, call.folder), options, env: call.env, depth: 0 }, found);
  }
  return found;
}

/** What the user is told, before the tool starts, of a place that `findBypass` returns. */
export function notVerified(place: string): string {
  return `not from the index, so not verified: ${place}`;
}

type Nested = {
  readonly path: string;
  readonly options: ToolOptions;
  readonly env: Env;
  readonly depth: number;
};

async function readFileOf(nested: Nested, found: string[]): Promise<void> {
  const { path, options, env, depth } = nested;
  if (path === "-" || depth > NESTED_MAX) throw unchecked(`the requirements ${path}`);
  if (/^[a-z]+:\/\//i.test(path)) throw unchecked(`the requirements at ${showSource(path)}`);
  const bytes = await readFile(path);
  if (bytes.length > REQUIREMENTS_BYTES_MAX) throw unchecked(`${path}, which is too large`);
  const lines = readRequirementLines(bytes, env);
  if (lines === null) throw unchecked(`${path}, which is not UTF-8`);
  for (const { number, text, words } of lines) {
    const place = `${path}:${number}`;
    // An installer takes options anywhere in a line, and more than one.
    for (const [i, word] of words.entries()) {
      if (isBypass(word, options)) throw bypass(`${place} (${JSON.stringify(withoutValue(word))})`);
      const file = requirementsFile(word, words[i + 1], options);
      if (file === null) continue;
      await readFileOf({ ...nested, path: resolvePath(file, dirname(path)), depth: depth + 1 }, found);
    }
    if (words.some((word, i) => isOtherSource(word, words[i - 1])))
      found.push(`${place} (${showSource(text)})`);
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

function unchecked(what: string): ClientError {
  return new ClientError(
    "bypass-refused",
    `Cannot drive the tool: ${what} cannot be looked into, and may name an index beside the verifying proxy`,
  );
}
