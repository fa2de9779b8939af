// SPDX-License-Identifier: Apache-2.0
import {
  canonicalVersion,
  compareVersions,
  type Distribution,
  encodeIdentityLock,
  encodePublisher,
  encodeSimplePageHtml,
  encodeSimplePageJson,
  FILENAME_CHARS_MAX,
  ID_TOKEN_CHARS_MAX,
  JWKS_BYTES_MAX,
  LOCK_BYTES_MAX,
  METADATA_BYTES_MAX,
  normalizeProjectName,
  PROJECT_NAME_CHARS_MAX,
  PUBLISHER_BYTES_MAX,
  parseDistributionFilename,
  parseIdentityLock,
  parseIdToken,
  parseJwks,
  parseMetadataHeaders,
  parseProjectName,
  parsePublicKey,
  parsePublisher,
  parseSimplePage,
  parseVersion,
  releaseVersion,
  SIMPLE_PAGE_BYTES_MAX,
  type SimplePage,
  VERSION_CHARS_MAX,
  type Version,
} from "@countermark/formats";
import { canonical, stable, textOf } from "../oracles.ts";
import { texts, vectors } from "../seeds.ts";
import { expect, row, type Target } from "../target.ts";

const PUBLISHER = `{"provider":"github","issuer":"https://token.example","owner":"o","ownerId":"1","project":"o/p","projectId":"2","workflow":"w.yml","calledWorkflow":null,"environment":null,"subject":null,"v":1}`;
const SHA256 = "ab".repeat(32);
const LOCK = `{"projects":{"a":{"files":{"a-1.tar.gz":"${SHA256}"},"identity":${PUBLISHER},"index":"example.com/index"},"b":{"files":{},"identity":"unattested","index":"example.com/index"}},"version":1}`;
const PAGE = `{"meta":{"api-version":"1.4"},"name":"a","project-status":{"status":"active"},"versions":["1.0"],"files":[{"filename":"a-1.0.tar.gz","url":"../a-1.0.tar.gz","hashes":{"sha256":"${SHA256}"},"requires-python":">=3.9","size":1,"upload-time":"2026-11-22T10:00:00Z","yanked":"why","core-metadata":{"sha256":"${SHA256}"},"provenance":"https://example.com/p"},{"filename":"b.whl","url":"b.whl","hashes":{},"yanked":true,"data-dist-info-metadata":true}]}`;
const METADATA =
  "Metadata-Version: 2.4\nName: a\nVersion: 1.0\nDescription: x\n        |y\nClassifier: p\nClassifier: q\r\n\nbody";
const WHEEL = "sample_project-1.0.post1-1a-cp312.cp313-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";
const VERSIONS = [
  "1.0",
  "1!2.0.0a1.post2.dev3+local.4",
  "v1.0-RC_1",
  "1-1",
  "1.dev",
  "1.0+ubuntu-1",
  "00.0",
  "2024.10.31",
];
/** HS-less, well-formed, signed by nobody. */
const TOKEN = [
  '{"alg":"RS256","kid":"k","typ":"JWT"}',
  '{"iss":"https://token.example","sub":"s","aud":["a"],"iat":1,"exp":2,"nbf":1,"jti":"j","x":{"y":[1]}}',
  "signature",
]
  .map((part) => Buffer.from(part).toString("base64url"))
  .join(".");
const JWKS = `{"keys":[{"kty":"RSA","kid":"r","alg":"RS256","use":"sig","e":"AQAB","n":"${Buffer.alloc(256, 0xc5).toString("base64url")}"},{"kty":"EC","kid":"e","crv":"P-256","x":"${"A".repeat(43)}","y":"${"A".repeat(43)}"},{"kty":"OKP","kid":"o","crv":"Ed25519","alg":"EdDSA","x":"${"A".repeat(43)}"},{"kty":"oct"}]}`;

export const PACKAGING_TARGETS: readonly Target[] = [
  row({
    name: "project-name",
    bytesMax: PROJECT_NAME_CHARS_MAX * 4,
    seeds: () => texts("a", "Sample.Project", "a--b__c..d", "A-1"),
    read: (input) => normalizeProjectName(textOf(input)),
    accepted: (name, input) => {
      expect(normalizeProjectName(name) === name, "a normalized name is normal");
      expect(/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name), "a normalized name is of one form");
      expect(parseProjectName(textOf(input)) === textOf(input), "a name is kept as its owner spells it");
    },
  }),
  row({
    name: "version",
    bytesMax: VERSION_CHARS_MAX * 4,
    seeds: () => texts(...VERSIONS),
    read: (input) => parseVersion(textOf(input)),
    accepted: versionIsOrdered,
  }),
  row({
    name: "distribution",
    bytesMax: FILENAME_CHARS_MAX * 4,
    seeds: () =>
      texts(WHEEL, "a-1.0-py3-none-any.whl", "sample_project-1.0.tar.gz", "A.B-1.tar.gz", "a-1.zip"),
    read: (input) => parseDistributionFilename(textOf(input)),
    accepted: distributionIsNormal,
  }),
  row({
    name: "core-metadata",
    bytesMax: METADATA_BYTES_MAX,
    seeds: () => texts(METADATA, "Name: a\n", "Name:a\r\nX-Y: \n"),
    read: parseMetadataHeaders,
    accepted: (headers) => {
      for (const [name, values] of headers) {
        expect(
          name === name.toLowerCase() && values.length > 0,
          "a header's name is in lower case and has a value",
        );
        expect(
          values.every((value) => !value.includes("\r")),
          "a header's value has no carriage return",
        );
      }
    },
  }),
  row({
    name: "identity-lock",
    bytesMax: LOCK_BYTES_MAX,
    seeds: () => texts(LOCK, '{"projects":{},"version":1}'),
    read: parseIdentityLock,
    accepted: stable(encodeIdentityLock, parseIdentityLock),
  }),
  row({
    name: "simple-page",
    bytesMax: SIMPLE_PAGE_BYTES_MAX,
    seeds: () => texts(PAGE, '{"meta":{"api-version":"1.0"},"name":"a","files":[]}'),
    read: parseSimplePage,
    accepted: (page) => {
      stable(encodeSimplePageJson, parseSimplePage)(page);
      htmlIsEscaped(page);
    },
  }),
  row({
    name: "publisher",
    bytesMax: PUBLISHER_BYTES_MAX,
    seeds: () => [
      ...vectors("records.json", "publisher", "hex"),
      ...vectors("ids.json", "publisherId", "record"),
    ],
    read: (input) => parsePublisher(input),
    accepted: canonical(encodePublisher),
  }),
  row({
    name: "id-token",
    bytesMax: ID_TOKEN_CHARS_MAX,
    seeds: () => texts(TOKEN),
    read: (input) => parseIdToken(textOf(input)),
    accepted: ({ signed, signature, audiences }, input) => {
      const rest = Buffer.from(signature).toString("base64url");
      expect(`${textOf(signed)}.${rest}` === textOf(input), "a token is its signed part and its signature");
      expect(audiences.length > 0, "a token has an audience");
    },
  }),
  row({
    name: "jwks",
    bytesMax: JWKS_BYTES_MAX,
    seeds: () => texts(JWKS, '{"keys":[]}'),
    read: parseJwks,
    accepted: (keys) => {
      const kinds = { RS256: "rsa", ES256: "ecdsa", EdDSA: "ed25519" } as const;
      for (const { algorithm, spki } of keys) {
        expect(parsePublicKey(spki, "fuzz").kind === kinds[algorithm], "a key is of its algorithm's kind");
      }
    },
  }),
];

function versionIsOrdered(version: Version): void {
  const text = canonicalVersion(version);
  // Numbers that are implied are written: a distribution with such a version is refused.
  if (text.length > VERSION_CHARS_MAX) return;
  const again = parseVersion(text);
  expect(canonicalVersion(again) === text, "a canonical version is canonical");
  expect(compareVersions(version, again) === 0, "a version is equal to its canonical form");
  const release = releaseVersion(version);
  expect(releaseVersion(parseVersion(release)) === release, "a release's version is that of its release");
  for (const other of VERSIONS.map(parseVersion)) {
    expect(
      compareVersions(version, other) === 0 - compareVersions(other, version),
      "versions are in one order",
    );
  }
}

function distributionIsNormal({ filename, name, version, ...rest }: Distribution): void {
  expect(normalizeProjectName(name) === name, "the name of a distribution is normal");
  expect(canonicalVersion(parseVersion(version)) === version, "the version of a distribution is canonical");
  expect(!/[/\\\0]|^\./.test(filename), "a distribution's filename stays in its folder");
  if (rest.kind === "wheel") {
    const tags = [...rest.pythonTags, ...rest.abiTags, ...rest.platformTags];
    expect(
      tags.every((tag) => tag !== "" && !tag.includes("-")),
      "a wheel's tags are filled",
    );
  }
}

/** What a stranger chose ends no attribute and begins no element. */
function htmlIsEscaped(page: SimplePage): void {
  const lines = textOf(encodeSimplePageHtml(page)).match(/<a [^<>]*>[^<>]*<\/a><br>/g) ?? [];
  expect(lines.length === page.files.length, "a page in HTML has one anchor for each file");
}
