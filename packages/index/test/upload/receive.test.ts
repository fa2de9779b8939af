// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { DRAIN_BYTES_MAX, FIELD_BYTES_MAX, FILE_BYTES_MAX, UPLOAD_BYTES_MAX } from "../../src/limits.ts";
import { openBlobs } from "../../src/store/blobs.ts";
import { parseUploadForm, type UploadForm } from "../../src/upload/form.ts";
import { type ReceivedUpload, receiveUpload } from "../../src/upload/receive.ts";
import { type BuiltFile, buildSdist, buildWheel, uploadBody, uploadFields } from "../support/build.ts";
import { temporaryFolder } from "../support/folder.ts";

const PROJECT = { name: "Toy.Box", version: "1.0", requiresPython: ">=3.8" };

async function receive(
  context: TestContext,
  form: FormData,
): Promise<{ upload: ReceivedUpload; left: () => Promise<string[]> }> {
  const dir = await temporaryFolder(context);
  const blobs = await openBlobs(dir);
  const left = () => readdir(join(dir, "incoming"));
  try {
    return { upload: await receiveForm(form, blobs), left };
  } catch (error) {
    assert.deepEqual(await left(), [], "a refused upload leaves nothing behind");
    throw error;
  }
}

async function receiveForm(
  form: FormData,
  blobs: Awaited<ReturnType<typeof openBlobs>>,
): Promise<ReceivedUpload> {
  const request = new Request("http://index.test/legacy/", { method: "POST", body: form });
  const contentType = request.headers.get("content-type");
  const body = new Response(await request.arrayBuffer()).body;
  return await receiveUpload({ headers: { contentType }, body }, blobs);
}

async function toyForm(
  edit: (fields: Map<string, string>) => void = () => {},
  filename?: string,
): Promise<{ form: FormData; file: BuiltFile }> {
  const built = await buildWheel(PROJECT);
  const file = { ...built, filename: filename ?? built.filename };
  const fields = uploadFields(PROJECT, file);
  edit(fields);
  return { form: uploadBody(fields, file), file };
}

test("receiveUpload: streams the file to disk and computes the three digests", async (context) => {
  const { form, file } = await toyForm();
  const { upload, left } = await receive(context, form);
  assert.ok(upload.content);
  assert.equal(upload.content.filename, file.filename);
  assert.equal(upload.content.size, file.bytes.length);
  assert.equal(upload.content.sha256, createHash("sha256").update(file.bytes).digest("hex"));
  assert.equal(upload.content.md5, createHash("md5").update(file.bytes).digest("hex"));
  assert.equal((await left()).length, 1);
  await upload.discard();
  assert.deepEqual(await left(), []);
});

test("receiveUpload: a body that is not multipart is refused", async (context) => {
  const blobs = await openBlobs(await temporaryFolder(context));
  for (const contentType of [null, "application/json", "multipart/form-data; nothing"]) {
    const body = new Response("{}").body;
    await assert.rejects(receiveUpload({ headers: { contentType }, body }, blobs), { code: "not-multipart" });
  }
});

test("receiveUpload: a cut body is refused and leaves nothing behind", async (context) => {
  const dir = await temporaryFolder(context);
  const blobs = await openBlobs(dir);
  const { form } = await toyForm();
  const whole = new Request("http://index.test/", { method: "POST", body: form });
  const bytes = new Uint8Array(await whole.arrayBuffer());
  const body = new Response(bytes.subarray(0, bytes.length - 200)).body;
  const contentType = whole.headers.get("content-type");
  await assert.rejects(receiveUpload({ headers: { contentType }, body }, blobs), { code: "not-multipart" });
  assert.deepEqual(await readdir(join(dir, "incoming")), []);
});

test("receiveUpload: two files are refused", async (context) => {
  const { form, file } = await toyForm();
  form.append("content", new File([new Uint8Array(file.bytes)], "second.whl"));
  await assert.rejects(receive(context, form), { code: "content-missing" });
});

test("receiveUpload: a text field that arrives as a file is refused", async (context) => {
  const { form } = await toyForm();
  form.append("summary", new File(["x"], "summary.txt"));
  await assert.rejects(receive(context, form), { code: "field-malformed" });
});

test("receiveUpload: a detached signature of old clients is read past", async (context) => {
  const { form } = await toyForm();
  form.append("gpg_signature", new File(["x"], "x.asc"));
  const { upload } = await receive(context, form);
  await upload.discard();
});

test("receiveUpload: a field, or a form, that is too large is refused", async (context) => {
  const { form } = await toyForm((fields) => fields.set("description", "x".repeat(FIELD_BYTES_MAX + 1)));
  await assert.rejects(receive(context, form), { code: "form-too-large" });
  const many = (await toyForm()).form;
  for (let i = 0; i < 4_100; i++) many.append("classifiers", "x");
  await assert.rejects(receive(context, many), { code: "form-too-large" });
  const long = (await toyForm()).form;
  for (let i = 0; i < 3; i++) long.append("description", "x".repeat(FIELD_BYTES_MAX - 1));
  await assert.rejects(receive(context, long), { code: "form-too-large" });
});

for (const [claim, before, part] of [
  ["before its first part", "", "x"],
  ["after its last part", '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n', "x"],
  [
    "in a part that is read past",
    '--b\r\nContent-Disposition: form-data; name="gpg_signature"; filename="x.asc"\r\n\r\n',
    "x",
  ],
] as const) {
  test(`receiveUpload: a body without end ${claim} is refused`, async (context) => {
    const blobs = await openBlobs(await temporaryFolder(context));
    const chunk = Buffer.alloc(1_048_576, part);
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Buffer.from(before)),
      pull(controller) {
        sent += chunk.length;
        if (sent > UPLOAD_BYTES_MAX + 2 * DRAIN_BYTES_MAX) controller.error(new Error("read without end"));
        else controller.enqueue(chunk);
      },
    });
    const headers = { contentType: "multipart/form-data; boundary=b" };
    await assert.rejects(receiveUpload({ headers, body }, blobs), { code: "form-too-large" });
  });
}

test("receiveUpload: a file without end is refused", async (context) => {
  const blobs = await openBlobs(await temporaryFolder(context));
  const head = '--b\r\nContent-Disposition: form-data; name="content"; filename="x.whl"\r\n\r\n';
  const chunk = Buffer.alloc(1_048_576);
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(Buffer.from(head)),
    pull(controller) {
      sent += chunk.length;
      if (sent > UPLOAD_BYTES_MAX + 2 * DRAIN_BYTES_MAX) controller.error(new Error("read without end"));
      else controller.enqueue(chunk);
    },
  });
  const headers = { contentType: "multipart/form-data; boundary=b" };
  await assert.rejects(receiveUpload({ headers, body }, blobs), { code: "file-too-large" });
});

test("receiveUpload: a file that is too large is refused", async (context) => {
  const form = uploadBody(new Map([[":action", "file_upload"]]), {
    filename: "big.whl",
    bytes: new Uint8Array(FILE_BYTES_MAX + 1),
  });
  await assert.rejects(receive(context, form), { code: "file-too-large" });
});

async function parse(context: TestContext, form: FormData): Promise<UploadForm> {
  return parseUploadForm((await receive(context, form)).upload);
}

test("parseUploadForm: reads what twine and uv send", async (context) => {
  const form = await parse(context, (await toyForm()).form);
  assert.equal(form.normalizedName, "toy-box");
  assert.equal(form.canonicalVersion, "1.0");
  assert.equal(form.kind, "wheel");
  assert.equal(form.requiresPython, ">=3.8");
  const sdist = await buildSdist(PROJECT);
  const fields = uploadFields(PROJECT, sdist);
  assert.equal((await parse(context, uploadBody(fields, sdist))).kind, "sdist");
});

test("parseUploadForm: an empty or UNKNOWN field is absent, digests may be upper case", async (context) => {
  const { form } = await toyForm((fields) => {
    fields.set("requires_python", "UNKNOWN");
    fields.set("sha256_digest", (fields.get("sha256_digest") ?? "").toUpperCase());
  });
  assert.equal((await parse(context, form)).requiresPython, null);
});

for (const [claim, edit, code] of [
  ["a retired action", (f) => f.set(":action", "submit"), "upload-action-retired"],
  ["another action", (f) => f.set(":action", "file_delete"), "field-malformed"],
  ["another protocol", (f) => f.set("protocol_version", "2"), "protocol-unsupported"],
  ["no metadata version", (f) => f.delete("metadata_version"), "field-missing"],
  ["an unknown metadata version", (f) => f.set("metadata_version", "9.9"), "field-malformed"],
  ["no name", (f) => f.delete("name"), "field-missing"],
  ["a name outside the grammar", (f) => f.set("name", "toy box"), "field-malformed"],
  ["no version", (f) => f.set("version", ""), "field-missing"],
  ["a version outside the grammar", (f) => f.set("version", "one"), "field-malformed"],
  ["a local version", (f) => f.set("version", "1.0+local"), "field-malformed"],
  ["no file type", (f) => f.delete("filetype"), "field-missing"],
  ["another file type", (f) => f.set("filetype", "bdist_egg"), "field-malformed"],
  ["a wheel without a Python tag", (f) => f.delete("pyversion"), "field-missing"],
  ["the name of another project", (f) => f.set("name", "other"), "filename-mismatch"],
  ["another version", (f) => f.set("version", "1.0.1"), "filename-mismatch"],
  ["another kind", (f) => f.set("filetype", "sdist").set("pyversion", "source"), "filename-mismatch"],
  ["a wrong SHA-256", (f) => f.set("sha256_digest", "0".repeat(64)), "digest-mismatch"],
  ["a wrong MD5", (f) => f.set("md5_digest", "0".repeat(32)), "digest-mismatch"],
  ["a wrong BLAKE2b", (f) => f.set("blake2_256_digest", "0".repeat(64)), "digest-mismatch"],
  [
    "no digest",
    (f) => {
      f.delete("sha256_digest");
      f.delete("md5_digest");
    },
    "digest-missing",
  ],
] as const satisfies readonly (readonly [string, (fields: Map<string, string>) => void, string])[]) {
  test(`parseUploadForm: ${claim} is refused`, async (context) => {
    await assert.rejects(parse(context, (await toyForm(edit)).form), { code });
  });
}

for (const filename of [
  "toy_box-1.0.zip",
  "toy_box.whl",
  "../toy_box-1.0-py3-none-any.whl",
  "toy_box-1.0.tar",
  "toy__box-1.0-py3-none-any.whl",
]) {
  test(`parseUploadForm: the file name ${filename} is refused`, async (context) => {
    await assert.rejects(parse(context, (await toyForm(undefined, filename)).form), {
      code: "filename-malformed",
    });
  });
}

for (const filename of [
  "toy.box-1.0-py3-none-any.whl",
  "Toy.Box-1.0-py3-none-any.whl",
  "toy_box-1.00-py3-none-any.whl",
  "toy_box-v1.0-py3-none-any.whl",
  "toy_box-01.0-1-py3-none-any.whl",
]) {
  test(`parseUploadForm: the wheel's file name ${filename} is refused`, async (context) => {
    await assert.rejects(parse(context, (await toyForm(undefined, filename)).form), {
      code: "filename-not-normal",
    });
  });
}

for (const filename of ["toy_box-1.0-py3-none-any.whl", "TOY_Box-1.0-1-py3-none-any.whl"]) {
  test(`parseUploadForm: the wheel's file name ${filename} is taken`, async (context) => {
    assert.equal(
      (await parse(context, (await toyForm(undefined, filename)).form)).content.filename,
      filename,
    );
  });
}

for (const filename of [
  "Toy_Box-1.0.tar.gz",
  "toy.box-1.0.tar.gz",
  "toy_box-v1.0.tar.gz",
  "toy_box-1.00.tar.gz",
]) {
  test(`parseUploadForm: the sdist's file name ${filename} is refused`, async (context) => {
    const file = { ...(await buildSdist(PROJECT)), filename };
    await assert.rejects(parse(context, uploadBody(uploadFields(PROJECT, file), file)), {
      code: "filename-not-normal",
    });
  });
}

test("parseUploadForm: a form without a file is refused", async (context) => {
  const { file } = await toyForm();
  await assert.rejects(parse(context, uploadBody(uploadFields(PROJECT, file), null)), {
    code: "content-missing",
  });
});

test("parseUploadForm: a field given twice is refused", async (context) => {
  const { form } = await toyForm();
  form.append("version", "1.0");
  await assert.rejects(parse(context, form), { code: "field-malformed" });
});

test("receiveUpload: a client that goes away in the middle of the file leaves nothing behind", async (context) => {
  const dir = await temporaryFolder(context);
  const blobs = await openBlobs(dir);
  const head = '--b\r\nContent-Disposition: form-data; name="content"; filename="x.whl"\r\n\r\n';
  let isBegun = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (isBegun) controller.error(new Error("gone"));
      else controller.enqueue(Buffer.from(head + "a".repeat(200_000)));
      isBegun = true;
    },
  });
  const headers = { contentType: "multipart/form-data; boundary=b" };
  await assert.rejects(receiveUpload({ headers, body }, blobs), /gone/);
  assert.deepEqual(await readdir(join(dir, "incoming")), []);
});

test("parseUploadForm: a requires_python that is no specifier, or has no end, is refused", async (context) => {
  for (const value of ["snake", ">=3.8; os", `>=3.${"0".repeat(5_000)}`]) {
    const { form } = await toyForm((fields) => fields.set("requires_python", value));
    const { upload } = await receive(context, form);
    assert.throws(() => parseUploadForm(upload), { code: "field-malformed" });
  }
});
