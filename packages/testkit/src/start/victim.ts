// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import type { SampleProject } from "../sample-packages.ts";

/** The path of the project's wheel. */
export function wheelOf(project: SampleProject): string {
  const [wheel] = project.files;
  if (wheel === undefined) throw new Error(`${project.name} has no file`);
  return wheel;
}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
