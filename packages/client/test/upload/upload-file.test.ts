// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { utf8 } from "@countermark/formats";
import { parseCoreMetadata } from "../../src/dist/core-metadata.ts";
import type { Distribution } from "../../src/dist/read-distribution.ts";
import { encodeMultipart } from "../../src/upload/multipart.ts";
import { uploadFile } from "../../src/upload/upload-file.ts";
import { fakeFetch } from "../world.ts";

const bytes = utf8("not really a wheel");
const distribution: Distribution = {
  path: "dist/sampleproject-4.0.0-py3-none-any.whl",
  filename: "sampleproject-4.0.0-py3-none-any.whl",
  kind: "wheel",
  project: "sampleproject",
  version: "4.0.0",
  bytes,
  sha256: new Uint8Array(createHash("sha256").update(bytes).digest()),
  metadata: parseCoreMetadata(
    utf8("Metadata-Version: 2.1\nName: sampleproject\nVersion: 4.0.0\n"),
    "METADATA",
  ),
};
const upload = { distribution, attestations: ['{"version":1}'], token: "pypi-secret", boundary: "boundary" };

/** Uploads to an index that gives these answers in turn. */
async function run(answers: readonly Response[]) {
  const sent: RequestInit[] = [];
  const pauses: number[] = [];
  const fetch = fakeFetch({
    "POST https://index.example/legacy/": (init) => {
      sent.push(init);
      return answers[sent.length - 1] ?? new Response("no more", { status: 500 });
    },
  });
  const ports = {
    fetch,
    progress: () => undefined,
    pause: async (seconds: number) => void pauses.push(seconds),
  };
  await uploadFile("https://index.example", upload, ports);
  return { sent, pauses };
}

test("uploadFile: sends the form that indexes read", async () => {
  const { sent } = await run([new Response("")]);
  const form = await new Response(Buffer.from(sent[0]?.body as Uint8Array<ArrayBuffer>), {
    headers: { "content-type": new Headers(sent[0]?.headers).get("content-type") ?? "" },
  }).formData();
  const { content, ...fields } = Object.fromEntries(form);
  assert.deepEqual(fields, {
    ":action": "file_upload",
    protocol_version: "1",
    metadata_version: "2.1",
    name: "sampleproject",
    version: "4.0.0",
    filetype: "bdist_wheel",
    pyversion: "py3",
    sha256_digest: Buffer.from(distribution.sha256).toString("hex"),
    attestations: '[{"version":1}]',
  });
  assert.ok(content instanceof File);
  assert.equal(content.name, distribution.filename);
  assert.deepEqual(new Uint8Array(await content.arrayBuffer()), bytes);
  const authorization = new Headers(sent[0]?.headers).get("authorization");
  assert.equal(authorization, `Basic ${Buffer.from("__token__:pypi-secret").toString("base64")}`);
});

test("uploadFile: 503 with Retry-After is answered by the identical request", async () => {
  const wait = () => new Response("", { status: 503, headers: { "retry-after": "7" } });
  const { sent, pauses } = await run([wait(), wait(), new Response("")]);
  assert.equal(sent.length, 3);
  assert.deepEqual(pauses, [7, 7]);
  assert.deepEqual(sent[2]?.body, sent[0]?.body);
});

test("uploadFile: an index that never completes it is given up", async () => {
  const answers = Array.from(
    { length: 20 },
    () => new Response("", { status: 503, headers: { "retry-after": "60" } }),
  );
  await assert.rejects(run(answers), { code: "http-status" });
});

for (const [claim, answer, code] of [
  ["503 without Retry-After is final", new Response("", { status: 503 }), "http-status"],
  [
    "a refusal is told with the index's sentence",
    new Response('{"message":"File already exists"}', { status: 400 }),
    "upload-refused",
  ],
  [
    "a redirect is not followed",
    new Response("", { status: 308, headers: { location: "https://evil.example" } }),
    "upload-refused",
  ],
] as const) {
  test(`uploadFile: ${claim}`, async () => {
    await assert.rejects(run([answer]), (error: Error & { code?: string }) => {
      assert.equal(error.code, code);
      assert.ok(!error.message.includes("pypi-secret"));
      return true;
    });
  });
}

test("uploadFile: a refusal reads well: the status once, then the index's sentence", async () => {
  const answer = Response.json(
    { code: "403 The token isn't known.", message: "The server could not comply" },
    { status: 403 },
  );
  await assert.rejects(run([answer]), {
    message: `Cannot upload ${distribution.filename}: status 403: The token isn't known.`,
  });
});

test("encodeMultipart: a quote or a line end in a name cannot leave its place", () => {
  const body = encodeMultipart("b", [['a"\r\nx', "v"]], {
    name: "content",
    filename: 'f"\r\n',
    bytes: new Uint8Array(),
  });
  const text = new TextDecoder().decode(body);
  assert.match(text, /name="a%22%0D%0Ax"/);
  assert.match(text, /filename="f%22%0D%0A"/);
});
