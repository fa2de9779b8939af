// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { buildWheel, toyProject } from "@countermark/testkit";
import { both, expected, type FileRecord, openBook, type ProjectRecord } from "../book.ts";

function oneFile(): { project: ProjectRecord; file: FileRecord } {
  const book = openBook();
  const project = book.addProject("toy", "ann");
  return { project, file: book.addFile(project, "1.0", buildWheel(toyProject("toy", "1.0"))) };
}

for (const [claim, change, status, wanted] of [
  ["nobody sent it", {}, {}, "hidden"],
  ["sent, and not answered", { uploaded: "sent" }, {}, "unknown"],
  ["not answered, but somebody saw it", { uploaded: "sent", seen: true }, {}, "shown"],
  ["accepted", { uploaded: "done" }, {}, "shown"],
  ["accepted, and its withdrawal not answered", { uploaded: "done", withdrawn: "sent" }, {}, "unknown"],
  ["withdrawn", { uploaded: "done", withdrawn: "done" }, {}, "hidden"],
  ["yanked", { uploaded: "done", yanked: "done" }, {}, "shown"],
  ["of a project in quarantine", { uploaded: "done" }, { wanted: "quarantined", deed: "done" }, "hidden"],
  [
    "of a project whose quarantine is not answered",
    { uploaded: "done" },
    { wanted: "quarantined", deed: "sent" },
    "unknown",
  ],
  [
    "of a project whose quarantine may have ended",
    { uploaded: "done" },
    { wanted: "active", deed: "sent" },
    "unknown",
  ],
] as const) {
  test(`expected: a file, ${claim}: ${wanted}`, () => {
    const { project, file } = oneFile();
    Object.assign(file, change);
    Object.assign(project, { status: { ...project.status, ...status } });
    assert.equal(expected(project, file), wanted);
  });
}

test("both: what changed during a request, nobody can say", () => {
  assert.equal(both("shown", "shown"), "shown");
  assert.equal(both("shown", "hidden"), "unknown");
  assert.equal(both("unknown", "shown"), "unknown");
});
