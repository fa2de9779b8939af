// SPDX-License-Identifier: Apache-2.0
// `python -m pip install --report FILE PROJECT`, as small as can be: takes the newest file of the project and reports it.
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";

const args = process.argv.slice(2);
if (args.slice(0, 3).join(" ") !== "-m pip install") process.exit(64);
const reportFile = args[args.indexOf("--report") + 1] ?? "";
const project = args.at(-1) ?? "";
const page = new URL(`${project}/`, process.env["PIP_INDEX_URL"]);
const answer = await fetch(page, { headers: { accept: "application/vnd.pypi.simple.v1+json" } });
if (!answer.ok) process.exit(1);
const url = new URL((await answer.json()).files.at(-1).url, page).href;
const response = await fetch(url);
if (!response.ok) process.exit(1);
const sha256 = createHash("sha256")
  .update(Buffer.from(await response.arrayBuffer()))
  .digest("hex");
const [name, version] = (url.split("/").at(-1) ?? "").split("-");
const item = { download_info: { url, archive_info: { hashes: { sha256 } } }, metadata: { name, version } };
const git = {
  download_info: { url: "https://github.com/x/y", vcs_info: { vcs: "git" } },
  metadata: { name: "y", version: "1" },
};
const install = args.includes("--with-git") ? [item, git] : [item];
if (!args.includes("--no-report")) await writeFile(reportFile, JSON.stringify({ version: "1", install }));
