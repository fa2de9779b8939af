// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ClientError } from "../failure.ts";

const TABLE = /^\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$/;
const SOURCE_KEY = /^\s*(index|index-url|extra-index-url|find-links|no-index)\s*=/;

/**
 * Refuses a project whose `pyproject.toml` names an index for uv: `UV_NO_CONFIG` does not switch that off everywhere.
 *
 * @param folder where uv is run; it looks in the folders above too.
 * @throws ClientError `bypass-refused`, which names file and line
 */
export async function refuseUvSources(folder: string): Promise<void> {
  for (let at = folder; ; at = dirname(at)) {
    await refuseInFile(join(at, "pyproject.toml"));
    if (dirname(at) === at) return;
  }
}

async function refuseInFile(path: string): Promise<void> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return "";
    throw new ClientError("bypass-refused", `Cannot run uv: ${path} cannot be read: ${cause.message}`, {
      cause,
    });
  });
  let table = "";
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    table = TABLE.exec(line)?.[1]?.replaceAll(/\s|"/g, "") ?? table;
    const isIndexTable = TABLE.test(line) && table === "tool.uv.index";
    const isIndexKey = (table === "tool.uv" || table === "tool.uv.pip") && SOURCE_KEY.test(line);
    if (isIndexTable || isIndexKey) {
      throw new ClientError(
        "bypass-refused",
        `Cannot run uv: ${path}:${i + 1} (${line.trim().split("=")[0]?.trim()}) names an index beside the verifying proxy`,
      );
    }
  }
}
