// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readAuthorities } from "../../src/fetch/authorities.ts";

const dir = await mkdtemp(join(tmpdir(), "countermark-test-"));
after(() => rm(dir, { recursive: true, force: true }));
const own = join(dir, "own.pem");
const company = join(dir, "company.pem");
await writeFile(own, "OWN");
await writeFile(company, "COMPANY");

test("readAuthorities: what --ca and the installers' variables name, each file once", async () => {
  assert.equal(await readAuthorities(null, {}), null);
  assert.equal(await readAuthorities(own, {}), "OWN");
  for (const name of ["PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"]) {
    assert.equal(await readAuthorities(own, { [name]: company }), "COMPANY\nOWN");
  }
  assert.equal(
    await readAuthorities(null, { PIP_CERT: own, SSL_CERT_FILE: own, CURL_CA_BUNDLE: dir }),
    "OWN",
  );
});

test("readAuthorities: a file that is not there is named by what named it", async () => {
  await assert.rejects(readAuthorities(null, { PIP_CERT: join(dir, "none") }), {
    code: "usage",
    message: /PIP_CERT/,
  });
});
