// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { normalizeProjectName, ParseError } from "@countermark/formats";
import { ClientError, isTransient } from "../failure.ts";
import { describeError } from "../show/describe-error.ts";
import type { Fetch } from "../world.ts";
import { deliverFile, fileHeaders } from "./deliver.ts";
import type { Gatekeeper } from "./gatekeeper.ts";
import type { Journal } from "./journal.ts";
import { keepRecord } from "./keep-record.ts";
import type { ListedFile } from "./listing.ts";
import { renderPage } from "./page.ts";
import { isOwnPeer } from "./peer-user.ts";
import type { ProjectSource, VerifiedProject } from "./source.ts";

export type ProxyPorts = {
  readonly source: ProjectSource;
  readonly gatekeeper: Gatekeeper;
  readonly journal: Journal;
  /** For the files themselves. */
  readonly fetch: Fetch;
  /** A folder of our own, where wheels may lie while they are delivered; null: nobody wants their RECORD. */
  readonly keepIn: string | null;
  /** How long the index may be silent, and how much longer than its size allows a file may take. */
  readonly timeoutSeconds: number;
};

export type RunningProxy = {
  /** Of the simple API, with a slash at its end. It holds a secret: only the driven tool is told. */
  readonly simpleUrl: string;
  /** What every URL of this proxy begins with. */
  readonly secretUrl: string;
  /** The same port without the secret: refuses whatever is sent through it. */
  readonly refusingUrl: string;
  close(): Promise<void>;
};

const SECRET_BYTES = 24;

/**
 * Serves the verifying proxy on a free port of 127.0.0.1. The port is bound when this returns.
 *
 * A request must know the secret path and name this very host: other users of the machine and pages in a browser do neither. Where the
 * system says whose a connection is, it must be this user's: a tool may show the path to all users, as an argument of what it starts.
 */
export async function startProxy(ports: ProxyPorts): Promise<RunningProxy> {
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  // The address of a TCP server is an object.
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const peers = new WeakMap<Socket, Promise<boolean>>();
  server.on("connection", (socket) => peers.set(socket, isOwnPeer(socket)));
  const isOwn = async (request: IncomingMessage) => (await peers.get(request.socket)) === true;
  server.on("request", (request, response) => {
    answer(request, response, { host, secret, ports, isOwn }).catch((error: unknown) => {
      // Answering failed itself: nothing can be said to this client any more.
      ports.journal.fail(error);
      response.destroy();
    });
  });
  server.on("connect", (request, socket) => {
    ports.journal.bypass(request.url ?? "");
    socket.on("error", () => socket.destroy());
    socket.end("HTTP/1.1 403 Refused by countermark: only the verifying proxy may be reached\r\n\r\n");
  });
  const secretUrl = `http://${host}/${secret}/`;
  return {
    simpleUrl: `${secretUrl}simple/`,
    secretUrl,
    refusingUrl: `http://${host}`,
    close: () => closeServer(server),
  };
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeAllConnections();
  await closed;
}

type Site = {
  readonly host: string;
  readonly secret: string;
  readonly ports: ProxyPorts;
  /** Whether a request comes from a program of this very user. */
  readonly isOwn: (request: IncomingMessage) => Promise<boolean>;
};

async function answer(request: IncomingMessage, response: ServerResponse, site: Site): Promise<void> {
  const url = ownPath(request.url ?? "", site.host);
  if (url === null) {
    site.ports.journal.bypass(URL.parse(request.url ?? "")?.host ?? "another host");
    return refuse(response, 403, "Refused by countermark: only the verifying proxy may be reached");
  }
  if (request.headers.host !== site.host) return refuse(response, 421, "Wrong host");
  if (isOfPage(request))
    return refuse(response, 403, "Refused by countermark: pages of other sites may not ask");
  if (request.method !== "GET" && request.method !== "HEAD")
    return refuse(response, 405, "Only GET and HEAD");
  const prefix = `/${site.secret}/`;
  if (!url.startsWith(prefix)) return refuse(response, 404, "Not found");
  if (!(await site.isOwn(request))) {
    site.ports.journal.remark(
      "another user of this machine asked the proxy by its secret address, and was refused",
    );
    return refuse(response, 403, "Refused by countermark: only the user who runs it may ask");
  }
  const [path = ""] = url.slice(prefix.length).split("?");
  const [kind, project = "", filename, ...rest] = path.split("/");
  if (rest.length > 0) return refuse(response, 404, "Not found");
  if (kind === "simple" && project !== "") {
    const isPage = filename === "";
    return await answerPage(request, response, { site, name: project, isPage });
  }
  if (kind === "files" && filename !== undefined) {
    return await answerFile(request, response, site.ports, { project, filename: decode(filename) });
  }
  return refuse(response, 404, "Not found");
}

/** Whether a browser asks for a page of another site: no installer sends these. */
function isOfPage({ headers }: IncomingMessage): boolean {
  const site = headers["sec-fetch-site"];
  return headers.origin !== undefined || (site !== undefined && site !== "none");
}

/** The path of a request for this very host, sent to it or through it as a proxy; null for any other host. */
function ownPath(url: string, host: string): string | null {
  if (url.startsWith("/")) return url;
  const prefix = `http://${host}/`;
  return url.startsWith(prefix) ? url.slice(prefix.length - 1) : null;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // No file has such a name.
    return "";
  }
}

async function answerPage(
  request: IncomingMessage,
  response: ServerResponse,
  page: { readonly site: Site; readonly name: string; readonly isPage: boolean },
): Promise<void> {
  const { site, isPage } = page;
  const name = normalized(page.name);
  if (name === null) return refuse(response, 404, "Not a project name");
  if (name !== page.name || !isPage) {
    response.writeHead(301, { location: `/${site.secret}/simple/${name}/`, "content-length": "0" }).end();
    return;
  }
  const project = await fetchProject(name, site.ports, response);
  if (project === "failed") return;
  if (project === null) return refuse(response, 404, `The ledger has no project ${name}`);
  const rendered = renderPage(name, project.listing, request.headers.accept ?? "");
  response.writeHead(200, {
    "content-type": rendered.contentType,
    "content-length": String(rendered.body.length),
    "cache-control": "no-store",
    vary: "Accept",
  });
  response.end(request.method === "HEAD" ? undefined : rendered.body);
}

/**
 * The project, or null where it is proven absent. Any other failure is the whole run's: installers would make "skip this index"
 * of it, so it is remembered and the answer is a server's error.
 */
async function fetchProject(
  name: string,
  ports: ProxyPorts,
  response: ServerResponse,
): Promise<VerifiedProject | null | "failed"> {
  try {
    const known = ports.journal.fatal();
    if (known !== null && !isTransient(known)) throw known;
    const project = await ports.source.fetchProject(name);
    if (project !== null) ports.journal.show(project);
    return project;
  } catch (error) {
    ports.journal.fail(error);
    refuse(response, 502, describeError(error).message);
    return "failed";
  }
}

async function answerFile(
  request: IncomingMessage,
  response: ServerResponse,
  ports: ProxyPorts,
  wanted: { readonly project: string; readonly filename: string },
): Promise<void> {
  const name = normalized(wanted.project);
  const project = name === null ? null : await fetchProject(name, ports, response);
  if (project === "failed") return;
  const found = project === null ? null : findFile(project, wanted.filename);
  if (project === null || found === null) return refuse(response, 404, "The ledger has no such file");
  const { file, isMetadata } = found;
  const before = ports.journal.refused.get(file.filename);
  if (before !== undefined) return refuse(response, 403, before.message);
  try {
    if (isMetadata) await answerMetadata(request, response, ports, { project, file });
    else await answerBytes(request, response, ports, { project, file });
  } catch (error) {
    // An installer that hung up is no refusal.
    if (request.socket.destroyed && !(error instanceof ClientError && error.code === "file-mismatch")) return;
    if (isTransient(error)) ports.journal.fail(error);
    else ports.journal.refuse(file.filename, error);
    if (!response.headersSent) refuse(response, 403, describeError(error).message);
  }
}

type Found = { readonly project: VerifiedProject; readonly file: ListedFile };

async function answerMetadata(
  request: IncomingMessage,
  response: ServerResponse,
  ports: ProxyPorts,
  { project, file }: Found,
): Promise<void> {
  const metadata = await ports.source.fetchMetadata(project, file);
  response.writeHead(200, fileHeaders(metadata.length));
  response.end(request.method === "HEAD" ? undefined : metadata);
}

async function answerBytes(
  request: IncomingMessage,
  response: ServerResponse,
  ports: ProxyPorts,
  { project, file }: Found,
): Promise<void> {
  const { record, filename } = file;
  const verdict = await ports.gatekeeper.admitFile(project, file);
  if (request.method === "HEAD") {
    response.writeHead(200, fileHeaders(record.size)).end();
    return;
  }
  const url = project.urls.get(filename);
  if (url === undefined) {
    throw new ClientError(
      "list-differs",
      `Cannot fetch ${filename}: the ledger records it, the index does not list it`,
    );
  }
  const { timeoutSeconds } = ports;
  const delivery = { filename, url, sha256: record.sha256, size: record.size, timeoutSeconds };
  const wheelRecord = await keepRecord(ports.keepIn, filename, (aside) =>
    deliverFile(delivery, ports.fetch, response, aside),
  );
  ports.journal.deliver(
    { project: project.name, version: file.version, filename, sha256: record.sha256, record: wheelRecord },
    verdict,
  );
}

function findFile(
  project: VerifiedProject,
  filename: string,
): { file: ListedFile; isMetadata: boolean } | null {
  const { files } = project.listing;
  const file = files.get(filename);
  if (file !== undefined) return { file, isMetadata: false };
  const of = filename.endsWith(".metadata") ? files.get(filename.slice(0, -".metadata".length)) : undefined;
  return of === undefined || of.record.metadata === null ? null : { file: of, isMetadata: true };
}

function normalized(name: string): string | null {
  try {
    return normalizeProjectName(name);
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

/** Ends the request with a status and a sentence; installers show the reason phrase, HTTP/1.1 lets it be Latin-1. */
function refuse(response: ServerResponse, status: number, sentence: string): void {
  const reason = sentence.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 400);
  const body = Buffer.from(`${sentence}\n`);
  response.writeHead(status, reason, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": String(body.length),
    "cache-control": "no-store",
  });
  response.end(body);
}
