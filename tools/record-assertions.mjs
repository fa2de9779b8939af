// SPDX-License-Identifier: Apache-2.0
// node --conditions=source tools/record-assertions.mjs <file>: makes passkeys in a real Chromium, lets it sign consent challenges, and
// writes down what it gave, if that is what we take it for. vectors/ledger/assertions.json was recorded by this, once: keys and
// signatures are new on every run.

import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { consentChallenge, originHash } from "@countermark/formats";
import { addAuthenticator, openBrowser } from "@countermark/testkit";
import { testCrypto } from "../packages/verify/test/support/node-crypto.ts";
import { runVectors } from "../packages/verify/test/vectors/suite.ts";
import { chromium } from "./runtimes/install.mjs";

const RP_ID = "index.localhost";
const LOG = originHash(sha256, "example.com/index");
const GREASE = "other_keys_can_be_added_here";
/** Enough for the member that comes with every fifth answer. */
const ATTEMPTS_MAX = 400;

/** In the page: a passkey, and an assertion by it. Bytes are hexadecimal. */
const HELPERS = `
  const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const bytes = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const create = async (alg, rpId, extensions) => {
    const made = await navigator.credentials.create({ publicKey: {
      rp: { id: rpId, name: "index" }, user: { id: bytes("0a0b"), name: "owner", displayName: "owner" },
      challenge: bytes("00".repeat(32)), pubKeyCredParams: [{ type: "public-key", alg }], attestation: "none",
      authenticatorSelection: { residentKey: "required", userVerification: "preferred" }, extensions,
    } });
    return { id: hex(made.rawId), spki: hex(made.response.getPublicKey()) };
  };
  const get = async (id, rpId, challenge, userVerification, extensions) => {
    const { response } = await navigator.credentials.get({ publicKey: {
      rpId, challenge: bytes(challenge), userVerification, allowCredentials: [{ type: "public-key", id: bytes(id) }], extensions,
    } });
    return {
      clientData: new TextDecoder().decode(response.clientDataJSON), authenticatorData: hex(response.authenticatorData),
      signature: hex(response.signature), userHandle: response.userHandle === null ? null : hex(response.userHandle),
    };
  };
`;
const FRAME = `${HELPERS}
  addEventListener("message", async ({ data }) => {
    parent.postMessage(await get(...data).catch((error) => ({ error: String(error) })), "*");
  });
  parent.postMessage("ready", "*");
`;

const [file] = process.argv.slice(2);
const program = chromium();
if (file === undefined || program === null) {
  console.error(file === undefined ? "usage: record-assertions.mjs <file>" : "There is no Chromium here.");
  process.exit(2);
}
const server = createServer((request, response) => {
  response.writeHead(200, { "content-type": "text/html" });
  response.end(
    `<!doctype html><meta charset="utf-8"><script>${request.url === "/frame" ? FRAME : HELPERS}</script>`,
  );
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address();
const origin = `http://${RP_ID}:${port}`;
const browser = await openBrowser(program);
try {
  const closed = [...(await recordClosed(-7, "ES256")), ...(await recordClosed(-8, "Ed25519"))];
  const open = await recordOpen();
  const common = { browser: browser.version, webOrigin: origin, rpIdHash: sha256(RP_ID).toString("hex") };
  const recorded = { ...common, closed, open };
  for await (const { name, ok, found } of runVectors("ledger/assertions.json", recorded, testCrypto)) {
    if (!ok) throw new Error(`${name}: ${found}`);
  }
  writeFileSync(file, `${JSON.stringify(recorded, null, 1)}\n`);
  console.log(`${browser.version}: ${closed.length} that consent, ${open.length} that do not`);
} finally {
  await browser.close();
  server.closeAllConnections();
  server.close();
}

/** What a passkey of the owner signs on the page of the index: each kind of authenticator, each form that comes. */
async function recordClosed(alg, name) {
  const recorded = [];
  for (const [what, backup] of [
    ["a device's own key", {}],
    ["a key that may be backed up", { defaultBackupEligibility: true }],
    ["a key that is backed up", { defaultBackupEligibility: true, defaultBackupState: true }],
  ]) {
    const page = await browser.open(`${origin}/`);
    await addAuthenticator(page, backup);
    const { id, spki } = await make(page, alg);
    const wanted = kindsWanted(name);
    for (let attempt = 0; attempt < ATTEMPTS_MAX && wanted.length > 0; attempt++) {
      const asked = challenge(attempt);
      const answer = await sign(page, id, asked);
      const at = wanted.findIndex((kind) => kind.is(answer));
      if (at < 0) continue;
      const [kind] = wanted.splice(at, 1);
      const consent = consentIn(answer);
      recorded.push({
        claim: `${name}: ${what}, ${kind.name}`,
        alg: name,
        spki,
        ...asked,
        ...answer,
        consent,
      });
    }
    if (wanted.length > 0) throw new Error(`never seen: ${wanted.map((kind) => kind.name).join(", ")}`);
    await page.close();
  }
  return recorded;
}

function kindsWanted(name) {
  const isGreased = ({ clientData }) => clientData.includes(GREASE);
  if (name === "Ed25519") {
    return [
      { name: "the plain form", is: (answer) => !isGreased(answer) },
      { name: "with the member that is added at random", is: isGreased },
    ];
  }
  const isHigh = ({ signature }) => signature.slice(-66, -64) === "00"; // s with a zero before it: its first bit is set
  return [
    { name: "the plain form, s in the lower half", is: (answer) => !isGreased(answer) && !isHigh(answer) },
    { name: "the plain form, s in the upper half", is: (answer) => !isGreased(answer) && isHigh(answer) },
    { name: "with the member that is added at random", is: isGreased },
  ];
}

/** What an entry holds of it beside key and signature. */
function consentIn({ clientData, authenticatorData }) {
  const data = Buffer.from(authenticatorData, "hex");
  return {
    form: clientData.includes(GREASE) ? 2 : 0,
    flags: data.readUInt8(32),
    counter: data.readUInt32BE(33),
  };
}

/** What a browser signs as well, and what is no consent. */
async function recordOpen() {
  const recorded = [];
  const page = await browser.open(`${origin}/`);
  const authenticator = await addAuthenticator(page, { hasCredBlob: true });
  const { id, spki } = await make(page, -7, { extensions: `{ credBlob: bytes("c0ffee") }` });
  const add = (claim, asked, answer) =>
    recorded.push({ claim, alg: "ES256", spki, ...asked, ...answer, code: "unsupported" });

  add("the answer to another challenge", challenge(1), await sign(page, id, challenge(2)));
  const extended = await sign(page, id, challenge(3), { extensions: "{ getCredBlob: true }" });
  add("extension data", challenge(3), extended);
  const held = await page.send("WebAuthn.getCredentials", { authenticatorId: authenticator });
  await page.close();
  const [credential] = held.credentials;

  const locked = { hasUserVerification: false, isUserVerified: false, transport: "usb" };
  const unverified = await openWith(`${origin}/`, credential, locked);
  const options = { userVerification: "discouraged" };
  add("no user verified", challenge(4), await sign(unverified, id, challenge(4), options));
  await unverified.close();

  const outer = await openWith(`http://127.0.0.1:${port}/`, credential);
  add(
    "a frame of the index in another site's page",
    challenge(5),
    await signInFrame(outer, id, challenge(5)),
  );
  await outer.close();

  // A page of a subdomain may use the passkeys of the domain above it.
  const neighbour = await openWith(`http://neighbour.${RP_ID}:${port}/`, credential);
  add("a page of a subdomain", challenge(6), await sign(neighbour, id, challenge(6)));
  await neighbour.close();
  return recorded;
}

/** A page with an authenticator that holds the owner's passkey. */
async function openWith(url, credential, options = {}) {
  const page = await browser.open(url);
  const authenticatorId = await addAuthenticator(page, options);
  await page.send("WebAuthn.addCredential", { authenticatorId, credential });
  return page;
}

function signInFrame(page, id, asked) {
  return page.evaluate(`new Promise((resolve, reject) => {
    const frame = document.createElement("iframe");
    frame.allow = "publickey-credentials-get *";
    addEventListener("message", ({ data }) => {
      if (data === "ready") frame.contentWindow.postMessage(["${id}", "${RP_ID}", "${asked.challenge}", "required"], "*");
      else if (data.error !== undefined) reject(new Error(data.error));
      else resolve(data);
    });
    frame.src = "${origin}/frame";
    document.body.append(frame);
  })`);
}

function make(page, alg, { extensions = "{}" } = {}) {
  return page.evaluate(`create(${alg}, "${RP_ID}", ${extensions})`);
}

function sign(page, id, asked, options = {}) {
  const { userVerification = "required", extensions = "{}" } = options;
  return page.evaluate(
    `get("${id}", "${RP_ID}", "${asked.challenge}", "${userVerification}", ${extensions})`,
  );
}

/** A consent to change the project K to a configuration, at this serial. */
function challenge(serial) {
  const project = sha256("a project").toString("hex");
  const subject = sha256(`a configuration ${serial}`).toString("hex");
  const bytes = consentChallenge(sha256, { log: LOG, project, serial, act: "change", subject });
  return { challenge: Buffer.from(bytes).toString("hex"), salt: randomBytes(32).toString("hex") };
}

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest();
}
