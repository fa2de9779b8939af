// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { readRequirements } from "../../src/lockfile/requirements.ts";

const variable = (name: string): string => `$${"{"}${name}}`;
const SHA = "b".repeat(64);
const HASH = `--hash=sha256:${SHA}`;

async function read(files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
  return await readRequirements("top.txt", env, async (path) => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error(`no ${path}`), { code: "ENOENT" });
    return new TextEncoder().encode(text);
  });
}

const one = async (line: string) => (await read({ "top.txt": line })).packages[0];

test("readRequirements: continuation lines, comments, extras, markers and several digests", async () => {
  const lock = await read({
    "top.txt": `# a comment\n\nFoo.Bar[x, y]==1.0 ; python_version < "3.9" \\\n    --hash=sha256:${SHA} \\\n  --hash sha256:${"c".repeat(64)}\n    # via b\nb == 2 ${HASH} # c\r\n`,
  });
  assert.deepEqual(
    lock.packages.map(({ name, version, files }) => [name, version, files.map(({ sha256 }) => sha256)]),
    [
      ["foo-bar", "1.0", [SHA, "c".repeat(64)]],
      ["b", "2", [SHA]],
    ],
  );
});

test("readRequirements: a continued word is one word, as it is to pip", async () => {
  const lock = await read({
    "top.txt": `-r ev\\\nil.txt\n`,
    "evil.txt": `evil==6.6 ${HASH}`,
    "ev il.txt": `good==1 ${HASH}`,
  });
  assert.deepEqual(
    lock.packages.map(({ name }) => name),
    ["evil"],
  );
});

test("readRequirements: what names no single version has none", async () => {
  for (const line of ["a", "a>=1", "a==1.*", "a==1,!=2", "a~=1.0", "a[x]", "a (>=1)"]) {
    if (line === "a==1.*" || line === "a==1,!=2") {
      assert.equal((await one(`${line} ${HASH}`))?.version ?? null, null, line);
    } else assert.equal((await one(line))?.version, null, line);
  }
});

test("readRequirements: places are told apart", async () => {
  for (const [line, kind] of [
    ["-e ./x", "editable"],
    ["--editable=git+https://g.example/x@1", "git"],
    ["./x", "path"],
    ["x-1-py3-none-any.whl", "path"],
    ["file:///x", "path"],
    ["git+https://g.example/x", "git"],
    [`https://f.example/x-1.tar.gz ${HASH}`, "url"],
    [`a @ https://f.example/x-1.tar.gz ; python_version < "3" ${HASH}`, "url"],
    ["a @ file:../x", "path"],
  ] as const) {
    assert.equal((await one(line))?.source.kind, kind, line);
  }
  assert.deepEqual((await one(`https://f.example/x-1.tar.gz ${HASH}`))?.files, [
    { filename: null, sha256: SHA },
  ]);
});

test("readRequirements: nested files are read from where they are named, and their indexes hold for all", async () => {
  const lock = await read({
    "top.txt": "-r sub/a.txt\n-csub/limits.txt\nx==1\n",
    "sub/a.txt": "--requirement=b.txt\n",
    "sub/b.txt": "y==2\n-i https://one.example/simple/\n--extra-index-url https://two.example/simple\n",
    "sub/limits.txt": `z==9\n--find-links https://f.example/\n--trusted-host f.example`,
  });
  assert.deepEqual(
    lock.packages.map(({ name, source }) => [name, source.kind === "index" && source.indexes]),
    [
      ["y", ["https://one.example/simple", "https://two.example/simple"]],
      ["x", ["https://one.example/simple", "https://two.example/simple"]],
    ],
  );
  assert.deepEqual(lock.remarks, [
    "sub/limits.txt, line 2: --find-links https://f.example/",
    "sub/limits.txt, line 3: --trusted-host f.example",
  ]);
});

test("readRequirements: a variable of the environment is filled in, one that is not there stays", async () => {
  const filled = await read(
    { "top.txt": `-i https://${variable("HOST")}/${variable("OTHER")}\na==1\n` },
    { HOST: "h.example" },
  );
  assert.deepEqual(filled.packages[0]?.source, {
    kind: "index",
    indexes: [`https://h.example/${variable("OTHER")}`],
  });
});

test("readRequirements: an index beside a default that nobody named is said, and not asked", async () => {
  const lock = await read({ "top.txt": "--extra-index-url https://two.example/simple\na==1\n" });
  assert.deepEqual(lock.packages[0]?.source, { kind: "index", indexes: [] });
  assert.match(lock.remarks[0] ?? "", /two\.example/);
});

for (const [claim, text] of [
  ["an option that is not known", "--index https://x.example"],
  ["an option that names nothing", "-r"],
  ["an index that is no web address", "-i file:///srv/simple"],
  ["a nested file from the network", "-r https://x.example/r.txt"],
  ["a comment that ends with a backslash", `a==1 # hi \\\n ${HASH}`],
  ["a last line that ends with a backslash", "a==1 \\"],
  ["a requirement behind a comment that only pip ends at a form feed", `a==1 ${HASH} # hi\fb==2`],
  ["a line that only pip ends at U+2028", `a==1 ${HASH} #\u2028b==2`],
  ["a line that only pip ends at U+0085", `a==1 ${HASH} #\u0085b==2`],
  ["a second option on a line, which pip takes too", `a==1 ${HASH}\n--only-binary :all: -r evil.txt`],
  ["a requirement behind an option's value", `a==1 ${HASH}\n--trusted-host h -e ./evil`],
  ["a space that only pip takes for one", `a==1 ${HASH}\n-r limits.txt\x1f`],
  ["a mark that is no space for some", `a==1 ${HASH}\ufeff`],
  ["a digest that is none", "a==1 --hash=sha256:12"],
  ["an option of a requirement that is not known", `a==1 ${HASH} --from=there`],
  ["a version that is none", `a==1..2 ${HASH}`],
  ["what is no requirement", "=="],
  ["a constraint that names a place", "-c limits.txt"],
  ["files that name one another for ever", "-r top.txt"],
] as const) {
  test(`readRequirements: ${claim} is refused`, async () => {
    const files = { "top.txt": text, "limits.txt": "a @ https://evil.example/a-1.tar.gz" };
    await assert.rejects(read(files), { code: "bad-lock-file" });
  });
}

test("readRequirements: a file that is not there is not passed over", async () => {
  await assert.rejects(read({ "top.txt": "-r gone.txt" }), { code: "ENOENT" });
});
