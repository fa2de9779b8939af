// SPDX-License-Identifier: Apache-2.0
import { statSync } from "node:fs";
import { basename } from "node:path";
import { fileDigest } from "../sample-packages.ts";
import { type Demo, holds } from "./demo.ts";

/** Chapter 2: the packages that the story is about. */
export async function tellPackages(demo: Demo): Promise<void> {
  const { story } = demo;
  story.chapter("Packages to publish");
  await story.step("there is a Python with pip, and unmodified tools to drive", async () => {
    const [python, pip, tools] = await Promise.all([demo.python, demo.pip, demo.tools]);
    story.say(
      `Python ${python.version} at ${python.executable}, its own pip ${python.pipVersion} is left as it is`,
    );
    story.say(`fresh environments get pip ${pip.version}; they are made without venv or ensurepip`);
    if (tools === null) {
      story.say(
        "twine and uv could not be fetched (no network?): their parts are played by countermark publish and pip",
      );
    } else story.say(`twine ${tools.twineVersion} and uv ${tools.uvVersion} in ${tools.packages}`);
  });
  await story.step("there are projects with dependencies among them, as wheels and sdists", async () => {
    const packages = await demo.packages;
    story.say(
      packages.real
        ? "downloaded with pip from your Python package registry:"
        : "the registry could not be reached, so these are NOT real packages: they were built on the spot, with dependencies among them:",
    );
    for (const project of packages.projects) {
      for (const file of project.files) {
        const size = statSync(file).size.toLocaleString("en");
        story.say(`${basename(file)}  ${size} bytes  sha256 ${fileDigest(file).slice(0, 16)}...`);
      }
    }
    story.say("who publishes them in this story is invented: these are not their true repositories");
    holds(packages.projects.length >= 3, "at least three projects");
  });
}
