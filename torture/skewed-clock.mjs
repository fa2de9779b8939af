// SPDX-License-Identifier: Apache-2.0
// node --import <this>: the process's clock is off by as many seconds as the file named in COUNTERMARK_TORTURE_CLOCK says, now.
// For processes under test alone: the product has no such switch. Timers and `performance` go on as they are.
import { readFileSync } from "node:fs";

const file = process.env["COUNTERMARK_TORTURE_CLOCK"] ?? "";
const READ_EVERY_MS = 20;
const trueNow = Date.now.bind(Date);
const known = { offsetMs: 0, readAt: Number.NEGATIVE_INFINITY };

Date.now = () => {
  const at = performance.now();
  if (at - known.readAt > READ_EVERY_MS) {
    known.readAt = at;
    known.offsetMs = Number(readFileSync(file, "utf8")) * 1_000;
  }
  return trueNow() + known.offsetMs;
};
