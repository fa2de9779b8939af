// SPDX-License-Identifier: Apache-2.0
// The command line that the conformance suite of TUF clients drives. Not for users: its trust is whatever `init` is given.

import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { fileStorage, nodeCrypto, systemClock } from "@countermark/log";
import { TUF_LIMITS, type TufRepository, updateTuf, type Verified } from "@countermark/verify";
import { createFetch } from "../fetch/http.ts";
import { describeError } from "../show/describe-error.ts";
import { driveTuf, type TufPorts } from "./drive-tuf.ts";
import { fetchTarget } from "./fetch-target.ts";
import { createTufFolder } from "./tuf-folder.ts";

const TARGET_BYTES_MAX = 1_073_741_824;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    "metadata-dir": { type: "string" },
    "metadata-url": { type: "string" },
    "target-name": { type: "string", multiple: true },
    "target-base-url": { type: "string" },
    "target-dir": { type: "string" },
  },
});

try {
  await runCommand(positionals[0] ?? "");
} catch (error) {
  const { message, code } = describeError(error);
  process.stderr.write(`${message} [${code}]\n`);
  process.exitCode = 1;
}

/** @spec github.com/theupdateframework/tuf-conformance/blob/main/CLIENT-CLI.md */
async function runCommand(command: string): Promise<void> {
  switch (command) {
    case "init":
      await createTufFolder(fileStorage(wanted("metadata-dir"))).write(
        "root",
        await readFile(positionals[1] ?? ""),
      );
      return;
    case "refresh":
      await refresh(openPorts());
      return;
    case "download":
      await download();
      return;
    default:
      throw new TypeError(`Cannot run ${JSON.stringify(command)}: wanted init, refresh or download`);
  }
}

function openPorts(): TufPorts {
  return {
    fetch: createFetch({ ca: null, env: {} }),
    metadataUrl: wanted("metadata-url").replace(/\/+$/, ""),
    folder: createTufFolder(fileStorage(wanted("metadata-dir"))),
  };
}

async function refresh(ports: TufPorts): Promise<Verified<TufRepository>> {
  const root = await ports.folder.read("root");
  if (root === null) throw new TypeError("Cannot refresh: there is no trusted root");
  const context = {
    now: systemClock(),
    mode: { kind: "online" },
    limits: TUF_LIMITS,
    crypto: nodeCrypto,
  } as const;
  return await driveTuf(updateTuf(root, context), ports);
}

/** One update, then the targets in order until one fails. */
async function download(): Promise<void> {
  const ports = {
    ...openPorts(),
    targetsUrl: wanted("target-base-url").replace(/\/+$/, ""),
    targets: fileStorage(wanted("target-dir")),
    bytesMax: TARGET_BYTES_MAX,
  };
  const repository = await refresh(ports);
  for (const path of values["target-name"] ?? []) await fetchTarget(path, repository, ports);
}

function wanted(name: "metadata-dir" | "metadata-url" | "target-base-url" | "target-dir"): string {
  const value = values[name];
  if (value === undefined) throw new TypeError(`Cannot run without --${name}`);
  return value;
}
