// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeRfc3339, parseTrustedRoot, TRUSTED_ROOT_MEDIA_TYPE } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { prepareTrustedRoot } from "@countermark/verify";
import { AUTHORITY, createWorld, START } from "./world.ts";

const { authority } = await createWorld();
const readText = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString());

test("trustedRoot: is served as it is, and its chains and log ids hold", async () => {
  const served = await authority.app.request("/trusted_root.json");
  assert.deepEqual(new Uint8Array(await served.arrayBuffer()), authority.trustedRoot());
  await prepareTrustedRoot(parseTrustedRoot(authority.trustedRoot()), nodeCrypto);
});

test("trustedRoot: has the media type that every client takes, and each window starts", () => {
  const root = readText(authority.trustedRoot());
  assert.equal(root.mediaType, TRUSTED_ROOT_MEDIA_TYPE);
  const start = encodeRfc3339(START);
  for (const log of [...root.tlogs, ...root.ctlogs]) assert.deepEqual(log.publicKey.validFor, { start });
  for (const chain of [...root.certificateAuthorities, ...root.timestampAuthorities]) {
    assert.deepEqual(chain.validFor, { start });
    assert.equal(chain.certChain.certificates.length, 2);
    assert.deepEqual(Object.keys(chain.subject), ["commonName", "organization"]);
    assert.match(chain.subject.commonName, /^Countermark .*root$/);
  }
});

test("signingConfig: names the services where they are reached", async () => {
  const served = await authority.app.request("/signing_config.json");
  assert.deepEqual(new Uint8Array(await served.arrayBuffer()), authority.signingConfig());
  const config = readText(authority.signingConfig());
  assert.equal(config.mediaType, "application/vnd.dev.sigstore.signingconfig.v0.2+json");
  const urls = [config.caUrls, config.oidcUrls, config.rekorTlogUrls, config.tsaUrls].map(
    ([service]) => `${service.majorApiVersion} ${service.url}`,
  );
  assert.deepEqual(urls, [
    `1 ${AUTHORITY}`,
    "1 http://issuer.test",
    `2 ${AUTHORITY}`,
    `1 ${AUTHORITY}/api/v1/timestamp`,
  ]);
});
