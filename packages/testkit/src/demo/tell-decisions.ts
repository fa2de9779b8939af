// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { scrubbedEnvironment } from "../python.ts";
import { ROOT } from "../root.ts";
import { runTool } from "../run-tool.ts";
import { fileDigest, type SampleProject } from "../sample-packages.ts";
import { countermark, type Demo, holds, theWorld } from "./demo.ts";
import { distFiles, receiptFolder } from "./tell-publishing.ts";

/** Chapter 4: what the index decided, and what it gave as a proof of it. */
export async function tellDecisions(demo: Demo): Promise<void> {
  const { story } = demo;
  const { projects } = await demo.packages;
  story.chapter(
    "The index decided: attestation verified, identity cross-checked, sealed, cosigned, released",
  );
  await story.step("every file is visible, under a head that the quorum cosigned", async () => {
    const world = theWorld(demo);
    const head = await world.readHead();
    story.say(`head: size ${head.size}, root ${head.root}`);
    for (const line of head.signatures) story.say(line);
    for (const project of projects) await expectListed(demo, project);
  });
  await story.step("a person can look at it in a browser, which checks for itself", () =>
    expectPages(demo, projects[0]),
  );
  for (const project of projects.slice(0, 1)) {
    for (const file of distFiles(demo, project)) {
      await story.step(`the receipt of ${basename(file)} is verified offline, by two implementations`, () =>
        verifyReceiptTwice(demo, project, file),
      );
    }
  }
  const [last] = projects.filter((project) => project.way === "api-token");
  if (last === undefined) return;
  await story.step(`the file without attestation has a receipt too: ${last.name}`, async () => {
    for (const file of distFiles(demo, last)) await verifyReceiptTwice(demo, last, file);
  });
}

async function expectListed(demo: Demo, project: SampleProject): Promise<void> {
  const page = await theWorld(demo).readText(`/simple/${project.name}/`);
  for (const file of project.files) {
    const name = basename(file);
    holds(page.includes(name) && page.includes(fileDigest(file)), `${name} listed with its SHA-256`);
  }
}

async function expectPages(demo: Demo, project: SampleProject | undefined): Promise<void> {
  const world = theWorld(demo);
  const path = `/project/${project?.name}/`;
  const [page, script] = await Promise.all([world.readText(path), world.readText("/web/app.js")]);
  holds(page.includes('src="/web/app.js"'), "the project's page loads the verifier");
  demo.story.say(
    `${world.indexUrl}${path} (its verifier: ${script.length} bytes of JavaScript, bundled here)`,
  );
}

async function verifyReceiptTwice(demo: Demo, project: SampleProject, file: string): Promise<void> {
  const world = theWorld(demo);
  const name = basename(file);
  const receipt = join(receiptFolder(demo, project), `${name}.tlog-proof`);
  if (!existsSync(receipt)) {
    writeFileSync(receipt, await world.readBytes(`/receipt/${fileDigest(file)}/${name}.tlog-proof`));
    demo.story.say("fetched from the index: the tool that uploaded the file keeps none");
  }
  const text = readFileSync(receipt, "utf8");
  demo.story.say(`${basename(receipt)}, ${text.length} bytes:`);
  for (const line of text.split("\n").filter((part) => part !== "")) {
    demo.story.say(`  | ${line.length > 100 ? `${line.slice(0, 88)}... (${line.length} characters)` : line}`);
  }
  const unreachable = { COUNTERMARK_INDEX: "", COUNTERMARK_SIGNING_CONFIG: "" };
  const ours = await countermark(demo, ["verify", file, "--receipt", receipt], { env: unreachable });
  demo.story.quote("countermark verify", ours.output);
  const python = await demo.python;
  const script = join(ROOT, "interop/countermark_verify.py");
  const trust = ["--trust", world.trustFile, "--trust-sha256", world.trustDigest];
  const theirs = await runTool(python.executable, [script, "receipt", receipt, ...trust, "--file", file], {
    env: scrubbedEnvironment(demo.home),
  });
  demo.story.quote("countermark_verify.py", theirs.output);
  holds(theirs.status === 0, "the Python verifier agrees");
}
