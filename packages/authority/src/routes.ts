// SPDX-License-Identifier: Apache-2.0
import { type Certificate, encodePem, parseUtf8, quote } from "@countermark/formats";
import { type Storage, serveLog } from "@countermark/log";
import { Hono } from "hono";
import { type AuthenticatePorts, authenticate } from "./authenticate.ts";
import type { EntryLog } from "./entry-log.ts";
import { AuthorityError, describeFailure } from "./failure.ts";
import { type IssuePorts, issueCertificate } from "./fulcio/issue.ts";
import { verifyPossession } from "./fulcio/proof-of-possession.ts";
import { parseSigningRequest } from "./fulcio/signing-request.ts";
import { answerBytes, answerFailure, answerJson, bearerToken, mediaType, readBody } from "./http.ts";
import { ENTRY_REQUEST_BYTES_MAX, SIGNING_REQUEST_BYTES_MAX, TIMESTAMP_REQUEST_BYTES_MAX } from "./limits.ts";
import type { Pki } from "./pki.ts";
import { logEntry, type RekorPorts, verifyProposedEntry } from "./rekor/rekor.ts";
import { parseTimestampQuery, signTimestamp, type TimestampPorts } from "./tsa/timestamp.ts";

export type RoutePorts = {
  readonly pki: Pki;
  readonly authenticate: AuthenticatePorts;
  readonly issue: IssuePorts;
  readonly timestamp: TimestampPorts;
  readonly rekor: RekorPorts;
  readonly rekorStorage: Storage;
  readonly ctEntries: EntryLog;
  readonly ctStorage: Storage;
  readonly trustedRoot: Uint8Array<ArrayBuffer>;
  readonly signingConfig: Uint8Array<ArrayBuffer>;
};

/** Every path that the authority answers. */
export function createRoutes(ports: RoutePorts): Hono {
  const app = new Hono();
  app.onError((error) => {
    if (describeFailure(error).code === "internal") console.error(error);
    return answerFailure(error);
  });
  app.notFound((c) => answerFailure(new AuthorityError("not-found", `Nothing is at ${quote(c.req.path)}`)));

  app.post("/api/v2/signingCert", (c) => answerSigningRequest(c.req.raw, ports));
  app.get("/api/v2/trustBundle", () => answerJson({ chains: [{ certificates: caChain(ports.pki) }] }));
  app.get("/api/v2/configuration", () => answerJson(describeIssuers(ports.authenticate)));

  app.post("/api/v1/timestamp", (c) => answerTimestamp(c.req.raw, ports.timestamp));
  app.get("/api/v1/timestamp/certchain", () => answerPem([ports.pki.tsaLeaf, ports.pki.tsaRoot]));

  app.post("/api/v2/log/entries", async (c) => {
    const entry = await verifyProposedEntry(await readBody(c.req.raw, ENTRY_REQUEST_BYTES_MAX));
    return answerBytes(await logEntry(entry, ports.rekor), "application/json", 201);
  });
  app.get("/api/v2/checkpoint", () => answerCheckpoint(ports.rekor.entries));
  app.get("/ct/checkpoint", () => answerCheckpoint(ports.ctEntries));
  app.route("/api/v2", serveLog(ports.rekorStorage));
  app.route("/ct", serveLog(ports.ctStorage));

  app.get("/trusted_root.json", () => answerBytes(ports.trustedRoot, "application/json"));
  app.get("/signing_config.json", () => answerBytes(ports.signingConfig, "application/json"));
  return app;
}

/** Who you are, that you hold the key, a certificate: in this order, and each step takes what the one before gave. */
async function answerSigningRequest(request: Request, ports: RoutePorts): Promise<Response> {
  const { token, key } = parseSigningRequest(await readBody(request, SIGNING_REQUEST_BYTES_MAX));
  const bearer = await authenticate(oneToken(token, bearerToken(request)), ports.authenticate);
  const publicKey = await verifyPossession(key, bearer.challenge);
  const leaf = await issueCertificate(bearer.template, publicKey, ports.issue);
  const certificates = [encodePem("CERTIFICATE", leaf), ...caChain(ports.pki)];
  return answerJson({ signedCertificateEmbeddedSct: { chain: { certificates } } });
}

/** Clients send the token in the body, in the header, or in both. */
function oneToken(inBody: string | null, inHeader: string | null): string {
  const token = inBody ?? inHeader;
  if (token === null) {
    throw new AuthorityError("credentials-missing", "Cannot issue certificate: the request has no ID token");
  }
  if (inHeader !== null && inHeader !== token) {
    throw new AuthorityError(
      "credentials-differ",
      "Cannot issue certificate: header and body hold two ID tokens",
    );
  }
  return token;
}

async function answerTimestamp(request: Request, ports: TimestampPorts): Promise<Response> {
  const body = await readBody(request, TIMESTAMP_REQUEST_BYTES_MAX);
  const timestamp = signTimestamp(parseTimestampQuery(mediaType(request), body), ports);
  return answerBytes(timestamp, "application/timestamp-reply", 201);
}

function answerCheckpoint(entries: EntryLog): Response {
  return new Response(parseUtf8(entries.checkpoint(), "checkpoint"), {
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-cache" },
  });
}

function describeIssuers({ issuers, audience }: AuthenticatePorts) {
  return {
    issuers: issuers.map(({ issuer, subjectName }) => ({
      issuerUrl: issuer,
      audience,
      challengeClaim: subjectName.kind === "email" ? "email" : "sub",
      issuerType: subjectName.kind === "email" ? "email" : "ci-provider",
    })),
  };
}

function caChain(pki: Pki): readonly string[] {
  return [pki.caIntermediate, pki.caRoot].map(({ der }) => encodePem("CERTIFICATE", der));
}

function answerPem(chain: readonly Certificate[]): Response {
  const text = chain.map(({ der }) => encodePem("CERTIFICATE", der)).join("");
  return new Response(text, { headers: { "content-type": "application/pem-certificate-chain" } });
}
