// SPDX-License-Identifier: Apache-2.0
// A node:test reporter for tools/test.mjs: one JSON object per line, only what its summary needs.

import { inspect } from "node:util";

// biome-ignore lint/style/noDefaultExport: node --test-reporter takes the default export
export default async function* report(source) {
  for await (const { type, data } of source) {
    if (type === "test:summary" && data.file === undefined)
      yield line({ kind: "counts", counts: data.counts });
    if (type === "test:fail" && !isParent(data))
      yield line({ kind: "failed", name: data.name, why: why(data) });
    const skipped = data.skip ?? data.todo;
    if (type === "test:pass" && skipped !== undefined && skipped !== false) {
      yield line({ kind: "skipped", name: data.name, why: skipped === true ? "no reason given" : skipped });
    }
  }
}

/** A suite or test that failed only because something inside it did. */
function isParent(data) {
  return data.details?.error?.failureType === "subtestsFailed";
}

function why(data) {
  const error = data.details?.error;
  const cause = error?.cause instanceof Error ? error.cause : error;
  const place = data.file === undefined ? "" : `\nat ${data.file}:${data.line ?? "?"}`;
  return `${cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause)}${place}`;
}

function line(value) {
  return `${JSON.stringify(value)}\n`;
}
