// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  attack,
  buildWheel,
  createInstallWorld,
  INSTALLED_PROJECT,
  INSTALLERS,
  installedModule,
  lastLine,
  startOtherIndex,
  toyProject,
} from "@countermark/testkit";

attack(
  {
    by: "configuration",
    tries: "installs by a lock or constraints that name other places: uv.lock, pylock.toml, `-c` with a URL",
    stoppedBy:
      "what needs a network is denied; what a lock takes from a folder, as if from an index, is not accounted for",
    noticedBy: "whoever installs",
    when: "when the tool asks; the last line",
  },
  async (t) => {
    const world = await createInstallWorld();
    t.after(() => world.close());
    const evil = buildWheel({
      ...toyProject(INSTALLED_PROJECT, "1.0.0"),
      modules: { "sampleproject.py": "EVIL = 1\n" },
    });
    const digest = createHash("sha256").update(evil.bytes).digest("hex");
    const other = await startOtherIndex([evil]);
    t.after(() => other.close());
    const links = join(world.dir, "links");
    mkdirSync(links);
    writeFileSync(join(links, evil.filename), evil.bytes);
    const start = `[project]\nname = "consumer"\nversion = "0.1"\nrequires-python = ">=3.8"\ndependencies = ["sampleproject"]\n`;
    for (const version of [INSTALLERS.uv.oldest, INSTALLERS.uv.newest]) {
      const uv = await world.uv(version);
      const lockOf = (source: string, wheel: string) =>
        `version = 1\nrequires-python = ">=3.8"\n\n[[package]]\nname = "consumer"\nversion = "0.1"\nsource = { virtual = "." }\ndependencies = [{ name = "sampleproject" }]\n\n[package.metadata]\nrequires-dist = [{ name = "sampleproject" }]\n\n[[package]]\nname = "sampleproject"\nversion = "1.0.0"\nsource = { registry = "${source}" }\nwheels = [{ ${wheel}, hash = "sha256:${digest}" }]\n`;
      for (const [claim, lock, wanted] of [
        [
          "a URL",
          lockOf(other.simpleUrl, `url = "${other.fileUrl(evil)}"`),
          /^refused: other traffic, to 127\.0\.0\.1:/m,
        ],
        [
          "a folder",
          lockOf(links, `path = "${evil.filename}"`),
          /^1 installed: 0 verified, 1 not accounted for$/m,
        ],
      ] as const) {
        await t.test(`uv ${version}, uv.lock with ${claim}: the run fails`, async () => {
          const folder = `locked-${version}-${claim.replace(" ", "-")}`;
          world.write(`${folder}/pyproject.toml`, start);
          world.write(`${folder}/uv.lock`, lock);
          const cwd = join(world.project, folder);
          const run = await world.countermark(["run", "--", uv, "sync", "--frozen"], { cwd });
          assert.equal(run.status, 1, run.output);
          assert.match(run.output, wanted);
          if (version === INSTALLERS.uv.newest) t.saw(`the user of uv.lock, ${claim}`, run.output, wanted);
        });
      }
      await t.test(`uv ${version}, its own lock again: verified, with no proxy left in it`, async () => {
        const folder = `own-${version}`;
        world.write(`${folder}/pyproject.toml`, start);
        const cwd = join(world.project, folder);
        for (const wanted of ["2 locked: 2 verified", "2 installed: 2 verified"]) {
          const run = await world.countermark(
            ["run", "--", uv, wanted.includes("locked") ? "lock" : "sync"],
            { cwd },
          );
          assert.equal(run.status, 0, run.output);
          assert.equal(lastLine(run), wanted);
          assert.doesNotMatch(
            readFileSync(join(cwd, "uv.lock"), "utf8").replaceAll(world.index.url, ""),
            /127\.0\.0\.1/,
          );
        }
      });
    }
    for (const version of Object.values(INSTALLERS.pip)) {
      await t.test(`pip ${version}, constraints with a URL: named, and denied`, async () => {
        world.write("constraints.txt", `sampleproject @ ${other.fileUrl(evil)}\n`);
        const { run, environment } = await world.withPip(["-c", "constraints.txt", "sampleproject"], {
          version,
        });
        assert.equal(run.status, 1, run.output);
        assert.match(
          run.output,
          /^not from the index, so not verified: .*constraints\.txt:1 \(sampleproject @/m,
        );
        assert.equal(installedModule(environment, "sampleproject"), null);
        if (version === INSTALLERS.pip.newest)
          t.saw("the user of constraints", run.output, /^not from the index/);
      });
    }
    for (const [claim, place, wanted] of [
      ["a URL", `url = "${other.fileUrl(evil)}"`, /^refused: other traffic, to 127\.0\.0\.1:/m],
      ["a path", `path = "../links/${evil.filename}"`, /^1 installed: 0 verified, 1 from /m],
    ] as const) {
      await t.test(`pip ${INSTALLERS.pip.newest}, pylock.toml with ${claim}: the run fails`, async () => {
        world.write(
          "pylock.toml",
          `lock-version = "1.0"\ncreated-by = "somebody"\n[[packages]]\nname = "sampleproject"\nversion = "1.0.0"\n[[packages.wheels]]\nname = "${evil.filename}"\n${place}\nhashes = { sha256 = "${digest}" }\n`,
        );
        const { run } = await world.withPip(["-r", "pylock.toml"]);
        assert.equal(run.status, 1, run.output);
        assert.match(run.output, wanted);
      });
    }
    await t.test("nobody asked the other server for anything", () => assert.deepEqual(other.asked, []));
  },
);
