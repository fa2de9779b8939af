// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  attack,
  createInstallWorld,
  INSTALLERS,
  type InstallWorld,
  installedModule,
} from "@countermark/testkit";

type Failure = (request: IncomingMessage, response: ServerResponse) => void;

/** What an index does instead of answering. Only those that end by themselves are waited for. */
const FAILURES: readonly (readonly [string, Failure, number, RegExp])[] = [
  ["500", (_request, response) => response.writeHead(500).end("no\n"), 3, /status 500/],
  [
    "404 for what the ledger has",
    (_request, response) => response.writeHead(404).end("no\n"),
    1,
    /tool-failed|list-differs|withheld/,
  ],
  [
    "a redirect to elsewhere",
    (_request, response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
    3,
    /status 302/,
  ],
  ["no answer", () => undefined, 3, /\[unreachable\]/],
  [
    "a byte now and then",
    (_request, response) => {
      response.writeHead(200, { "content-type": "application/vnd.pypi.simple.v1+json" });
      const drip = setInterval(() => response.write(" "), 100);
      response.once("close", () => clearInterval(drip));
    },
    3,
    /no whole answer in 4 seconds/,
  ],
  [
    "a page without an end",
    (_request, response) => {
      response.writeHead(200, { "content-type": "application/vnd.pypi.simple.v1+json" });
      const pour = () => {
        while (!response.destroyed && response.write(Buffer.alloc(1_048_576, " ")));
        response.once("drain", pour);
      };
      pour();
    },
    4,
    /\[response-too-large\]/,
  ],
  [
    "half an answer",
    (_request, response) => {
      response.writeHead(200, { "content-length": "1000" }).write("x", () => response.destroy());
    },
    3,
    /\[unreachable\]/,
  ],
];

attack(
  {
    by: "cdn",
    tries: "fails: 404, 500, a redirect, silence, a byte now and then, a page or file without an end",
    stoppedBy:
      'a page that cannot be read ends the run, so that no installer takes it for "not on this index"; limits and deadlines',
    noticedBy: "whoever installs",
    when: "within the time that --timeout says",
  },
  async (t) => {
    const world = await createInstallWorld();
    t.after(() => world.close());
    for (const [claim, fail, status, words] of FAILURES) {
      await t.test(`the page, ${claim}: the run fails, nothing is installed`, async () => {
        await expectFailure(world, "/simple/needed-project/", fail, async (tool) => {
          const { run, environment } = await install(world, tool);
          assert.equal(run.status, status, run.output);
          assert.match(run.output, words);
          assert.equal(installedModule(environment, "sampleproject"), null);
          if (claim === "500" && tool === "pip") t.saw("the user, of 500", run.output, /^countermark:.*500/);
          if (claim === "a byte now and then" && tool === "uv")
            t.saw("the user, of a slow page", run.output, /^countermark:.*seconds/);
          if (claim === "a page without an end" && tool === "uv")
            t.saw("the user, of an endless page", run.output, /^countermark:.*too-large/);
        });
      });
    }
    for (const [claim, fail, status, words] of [
      ["a file that drips", FAILURES[4]?.[1], 3, /no whole file of \d+ bytes in 5 seconds/],
      ["a file without an end", FAILURES[5]?.[1], 1, /\[file-mismatch\]/],
      ["a part of the file with status 206", partial, 3, /status 206/],
    ] as const) {
      await t.test(`${claim}: the run fails, nothing is installed`, async () => {
        assert.ok(fail !== undefined);
        await expectFailure(world, "/files/", fail, async (tool) => {
          const { run, environment } = await install(world, tool);
          assert.equal(run.status, status, run.output);
          assert.match(run.output, words);
          assert.equal(installedModule(environment, "sampleproject"), null);
          if (claim === "a file that drips" && tool === "pip")
            t.saw("the user, of a slow file", run.output, /^countermark:.*seconds/);
        });
      });
    }
  },
);

const partial: Failure = (_request, response) =>
  response.writeHead(206, { "content-range": "bytes 0-3/1000" }).end("PK\u0003\u0004");

async function expectFailure(
  world: InstallWorld,
  path: string,
  fail: Failure,
  use: (tool: "pip" | "uv") => Promise<void>,
): Promise<void> {
  world.intercept = (request, response) => {
    if (request.url?.startsWith(path) !== true || request.url.endsWith(".metadata")) return false;
    fail(request, response);
    return true;
  };
  try {
    for (const tool of ["pip", "uv"] as const) await use(tool);
  } finally {
    world.intercept = () => false;
  }
}

async function install(world: InstallWorld, tool: "pip" | "uv") {
  const options = { version: INSTALLERS[tool].newest, own: ["--timeout", "4"] };
  return await (tool === "pip"
    ? world.withPip(["sampleproject"], options)
    : world.withUv(["sampleproject"], options));
}
