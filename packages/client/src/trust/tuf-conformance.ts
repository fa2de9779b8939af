// SPDX-License-Identifier: Apache-2.0
// The command line that the conformance suite of TUF clients drives.

import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { fileStorage, nodeCrypto, systemClock } from "@countermark/log";
import { TUF_LIMITS, type TufContext } from "@countermark/verify";
import { createFetch } from "../fetch/http.ts";
import { describeError } from "../show/describe-error.ts";
import type { TufPorts } from "./drive-tuf.ts";
import { downloadTargets, initTuf, refreshTuf } from "./tuf-commands.ts";
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
  const folder = createTufFolder(fileStorage(wanted("metadata-dir")));
  if (command === "init") return await initTuf(folder, await readFile(positionals[1] ?? ""));
  const ports: TufPorts = {
    fetch: createFetch({ ca: null, env: {}, idleSeconds: 60 }),
    metadataUrl: wanted("metadata-url").replace(/\/+$/, ""),
    folder,
  };
  const context: TufContext = {
    now: systemClock(),
    mode: { kind: "online" },
    limits: TUF_LIMITS,
    crypto: nodeCrypto,
  };
  switch (command) {
    case "refresh":
      await refreshTuf(ports, context);
      return;
    case "download": {
      const targetsUrl = wanted("target-base-url").replace(/\/+$/, "");
      const targets = fileStorage(wanted("target-dir"));
      const all = { ...ports, targetsUrl, targets, bytesMax: TARGET_BYTES_MAX };
      return await downloadTargets(values["target-name"] ?? [], all, context);
    }
    default:
      throw new TypeError(`Cannot run ${JSON.stringify(command)}: wanted init, refresh or download`);
  }
}

function wanted(name: "metadata-dir" | "metadata-url" | "target-base-url" | "target-dir"): string {
  const value = values[name];
  if (value === undefined) throw new TypeError(`Cannot run without --${name}`);
  return value;
}
