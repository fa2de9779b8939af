// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { proxyVariables } from "../../src/fetch/proxy-variables.ts";

test("proxyVariables: in either case, and ALL_PROXY where a scheme has none of its own", () => {
  assert.deepEqual(proxyVariables({}), {});
  assert.deepEqual(proxyVariables({ HTTPS_PROXY: "http://a:1", all_proxy: "http://b:2", NO_PROXY: "x" }), {
    http_proxy: "http://b:2",
    https_proxy: "http://a:1",
    no_proxy: "x",
  });
  assert.deepEqual(proxyVariables({ https_proxy: "", HTTPS_PROXY: "http://a:1" }), {
    https_proxy: "http://a:1",
  });
});

for (const url of ["socks5://u:secret@a:1", "a:1"]) {
  test(`proxyVariables: ${url} is not gone past, and not shown`, () => {
    assert.throws(
      () => proxyVariables({ ALL_PROXY: url }),
      (error: Error & { code?: string }) => error.code === "usage" && !error.message.includes("secret"),
    );
  });
}
