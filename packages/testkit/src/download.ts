// SPDX-License-Identifier: Apache-2.0
import type { ClientRun } from "./run-client.ts";
import type { SigningWorld } from "./signing-world.ts";

/**
 * An installer in one line: reads the page of a project at the index it is told of, takes each file that is listed (with a part of its
 * name, if one is given), and fails when one cannot be had. It believes what it is served.
 */
const INSTALLER = `
const [project, part] = process.argv.slice(1);
const headers = { accept: "application/vnd.pypi.simple.v1+json" };
const page = await fetch(process.env.PIP_INDEX_URL + project + "/", { headers });
if (!page.ok) process.exit(3);
const { files } = await page.json();
const wanted = files.filter(({ filename }) => filename.includes(part));
for (const { url } of wanted) {
  const answer = await fetch(new URL(url, page.url));
  if (!answer.ok) process.exit(4);
  await answer.arrayBuffer().catch(() => process.exit(5));
}
process.exit(wanted.length > 0 ? 0 : 6);
`;

/** Runs `countermark run` with an installer that takes the files of `project` whose name has `part` in it. */
export function download(
  countermark: SigningWorld["countermark"],
  project: string,
  part = "",
  options: readonly string[] = [],
): Promise<ClientRun> {
  const command = [process.execPath, "--input-type=module", "-e", INSTALLER, project, part];
  return countermark(["run", ...options, "--", ...command]);
}
