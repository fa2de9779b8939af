// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { childEnvironment } from "../../src/drive/child-env.ts";

const proxy = { simpleUrl: "http://127.0.0.1:1/secret/simple/", refusingUrl: "http://127.0.0.1:1" };

test("childEnvironment: the user's sources of packages are gone, where things go stays", () => {
  const child = childEnvironment(
    {
      PATH: "/bin",
      PIP_EXTRA_INDEX_URL: "https://evil.example",
      PIP_FIND_LINKS: "wheels",
      PIP_CONFIG_FILE: "/home/user/pip.conf",
      UV_INDEX: "https://evil.example",
      UV_FIND_LINKS: "wheels",
      UV_CONFIG_FILE: "uv.toml",
      PIP_TARGET: "site",
      UV_PYTHON: "3.12",
      UV_CACHE_DIR: "/home/user/cache",
      UV_LINK_MODE: "symlink",
    },
    proxy,
    "/cache",
  );
  assert.deepEqual(
    ["PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "UV_INDEX", "UV_FIND_LINKS", "UV_CONFIG_FILE"].map(
      (name) => child[name],
    ),
    [undefined, undefined, undefined, undefined, undefined],
  );
  assert.equal(child["PIP_CONFIG_FILE"], "/dev/null");
  assert.equal(child["PIP_INDEX_URL"], proxy.simpleUrl);
  assert.equal(child["UV_DEFAULT_INDEX"], proxy.simpleUrl);
  // What is in a cache from before was not seen here, and links into one that goes away are broken.
  assert.deepEqual(
    [child["UV_CACHE_DIR"], child["PIP_NO_CACHE_DIR"], child["UV_LINK_MODE"]],
    ["/cache", "1", undefined],
  );
  assert.deepEqual([child["PATH"], child["PIP_TARGET"], child["UV_PYTHON"]], ["/bin", "site", "3.12"]);
});

test("childEnvironment: other traffic is sent where it is refused, whatever proxy the user has", () => {
  const child = childEnvironment({ HTTPS_PROXY: "http://corporate:3128", no_proxy: "*" }, proxy, "/cache");
  for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"]) {
    assert.equal(child[name], proxy.refusingUrl);
  }
  // Set and empty: a file of variables that a tool reads puts none in their place.
  assert.deepEqual([child["NO_PROXY"], child["no_proxy"]], ["", ""]);
});

test("childEnvironment: our own settings and the job's identity are not handed to the tool", () => {
  const child = childEnvironment(
    { COUNTERMARK_ID_TOKEN: "x", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "x", SIGSTORE_ID_TOKEN: "x" },
    proxy,
    "/cache",
  );
  assert.ok(!Object.values(child).includes("x"));
});

test("childEnvironment: no identity token of a CI job is handed on", () => {
  const env = { PYPI_ID_TOKEN: "secret", INDEX_TEST_ID_TOKEN: "secret", ID_TOKEN: "secret" };
  const child = childEnvironment(env, proxy, "/cache");
  assert.ok(!Object.values(child).includes("secret"));
});

test("childEnvironment: git's own proxy is ours too, beside what else the environment tells git", () => {
  const env = { GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "a.b", GIT_CONFIG_VALUE_0: "c" };
  const child = childEnvironment(env, proxy, "/cache");
  assert.deepEqual(
    ["GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "GIT_CONFIG_KEY_1", "GIT_CONFIG_VALUE_1"].map(
      (name) => child[name],
    ),
    ["2", "a.b", "http.proxy", proxy.refusingUrl],
  );
});
