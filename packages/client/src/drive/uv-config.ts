// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { ClientError } from "../failure.ts";
import { showSource } from "./other-source.ts";
import type { UvCommand } from "./uv-command.ts";

const TABLE = /^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$/;
const KEY = /^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=\s*(.*)$/;
const SOURCE_KEYS = ["index", "index-url", "extra-index-url", "find-links", "no-index"];
/** Of a source in `tool.uv.sources`: what says that it is not the index. */
const OTHER_SOURCE = /\b(git|url|path|workspace|index)\s*=/;

/**
 * Looks at what a project, or a script's inline metadata, tells uv of where packages come from: `UV_NO_CONFIG` does not switch that off
 * everywhere. An index is refused; what is named to come from elsewhere one by one is not, and is returned.
 *
 * @returns a line for each source in `tool.uv.sources`, by file and line
 * @throws ClientError `bypass-refused`, which names file and line
 */
export async function findUvSources(call: UvCommand): Promise<readonly string[]> {
  const found: string[] = [];
  if (call.script !== null) {
    const path = resolve(call.folder, call.script);
    findInText(path, inlineMetadata(await readText(path)), found);
  }
  for (let at = call.project; ; at = dirname(at)) {
    const path = join(at, "pyproject.toml");
    findInText(path, await readText(path), found);
    if (dirname(at) === at) break;
  }
  return found;
}

async function readText(path: string): Promise<string> {
  return await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return "";
    throw new ClientError("bypass-refused", `Cannot run uv: ${path} cannot be read: ${cause.message}`, {
      cause,
    });
  });
}

/** The `# /// script` block of a Python file as TOML, on the lines that it has in the file. @spec pep-0723 */
function inlineMetadata(text: string): string {
  let isInside = false;
  return text
    .split(/\r?\n/)
    .map((line) => {
      if (/^# \/\/\/ script\s*$/.test(line)) isInside = true;
      else if (/^# \/\/\/\s*$/.test(line)) isInside = false;
      else if (isInside) return line.replace(/^# ?/, "");
      return "";
    })
    .join("\n");
}

/** Reads a TOML document by lines: enough to see the keys that matter, however they are spelt. */
function findInText(path: string, text: string, found: string[]): void {
  let table: readonly string[] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const place = `${path}:${i + 1}`;
    const header = TABLE.exec(line)?.[2];
    if (header !== undefined) table = splitKey(header);
    const [, key = "", value = ""] = header === undefined ? (KEY.exec(line) ?? []) : [];
    const full = header === undefined && key !== "" ? [...table, ...splitKey(key)] : table;
    const name = full.join(".");
    const isIndex = SOURCE_KEYS.some((source) =>
      ["tool.uv.", "tool.uv.pip."].some(
        (prefix) => name === prefix + source || name.startsWith(`${prefix}${source}.`),
      ),
    );
    const isInlineTable = (name === "tool" || name === "tool.uv") && /\bindex|find-links/.test(value);
    if ((isIndex && (header !== undefined || key !== "")) || isInlineTable) {
      const shown = line.trim().split("=")[0]?.trim();
      throw new ClientError(
        "bypass-refused",
        `Cannot run uv: ${place} (${shown}) names an index beside the verifying proxy`,
      );
    }
    if (name.startsWith("tool.uv.sources") && OTHER_SOURCE.test(line)) {
      found.push(`${place} (${showSource(line.trim())})`);
    }
  }
}

/** `tool."uv" . index` -> tool, uv, index. */
function splitKey(key: string): readonly string[] {
  return [...key.matchAll(/[\w-]+|"([^"]*)"|'([^']*)'/g)].map(
    ([word, double, single]) => double ?? single ?? word,
  );
}
