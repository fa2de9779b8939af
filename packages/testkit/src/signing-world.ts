// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Authority,
  createAuthority,
  createIssuerSigningKey,
  createOidcIssuer,
} from "@countermark/authority";
import { type Bytes, createVkey, encodeHex, parseEd25519Spki } from "@countermark/formats";
import { type Clock, createEd25519, nodeCrypto } from "@countermark/log";
import { type ProviderRow, providerRow } from "@countermark/verify";
import { type JobClaims, type RegisteredJob, registerJob } from "./ci-job.ts";
import { type FakeClock, fakeClock } from "./clock.ts";
import { createNetwork, type Network } from "./routed-fetch.ts";
import { type ClientRun, runClient } from "./run-client.ts";
import { encodeToyTrust } from "./toy-trust.ts";

/** A forge and an authority in this process, on one clock and one network without sockets. */
export interface SigningWorld {
  readonly clock: FakeClock;
  readonly network: Network;
  /** An empty folder of this world's own. */
  readonly dir: string;
  readonly provider: ProviderRow;
  readonly authority: Authority;
  /** Starts a CI job at the forge. */
  startJob(claims: JobClaims): Promise<RegisteredJob>;
  /** Runs the `countermark` command. @param env beside what tells it of this world */
  countermark(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<ClientRun>;
  close(): Promise<void>;
}

export const ISSUER_URL = "https://issuer.test";
export const AUTHORITY_URL = "https://authority.test";

/** What the client is told of the world it is in. */
export interface ClientSettings {
  readonly trust: Bytes;
  readonly trustedRoot: Bytes;
  readonly indexUrl: string | null;
}

export interface WorldOptions {
  readonly clock: FakeClock;
  /** What time the authority says it is, if it does not say the truth. */
  readonly authorityClock?: Clock;
}

/** A world in which CI jobs can sign, and nothing is published. */
export async function createSigningWorld(
  options: WorldOptions = { clock: fakeClock() },
): Promise<SigningWorld> {
  const { clock } = options;
  const network = createNetwork();
  const provider = providerRow({ provider: "github", issuer: ISSUER_URL, serverUrl: "https://github.com" });
  const issuer = createOidcIssuer({
    key: createIssuerSigningKey(),
    issuer: () => ISSUER_URL,
    clock: clock.now,
    requestTokens: null,
  });
  network.attach("issuer.test", issuer);
  const authority = await createAuthority({
    store: { kind: "memory" },
    hostname: "authority.test",
    publicUrl: AUTHORITY_URL,
    issuers: [provider],
    audience: "sigstore",
    clock: options.authorityClock ?? clock.now,
    fetch: network.fetch,
  });
  network.attach("authority.test", authority.app);
  const dir = mkdtempSync(join(tmpdir(), "countermark-world-"));
  const client = createClient(dir, { clock, network }, strangerTrust(authority));
  return {
    clock,
    network,
    dir,
    provider,
    authority,
    startJob: (claims) => registerJob(ISSUER_URL, claims, network.fetch),
    countermark: client,
    close: async () => {
      await authority.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

type Countermark = SigningWorld["countermark"];

/** The command, with a trust description pinned in `<dir>/trust`. */
export function createClient(
  dir: string,
  ports: { readonly clock: FakeClock; readonly network: Network },
  settings: ClientSettings,
): Countermark {
  const folder = mkdtempSync(join(dir, "client-"));
  const trustFile = join(folder, "trust.json");
  writeFileSync(trustFile, settings.trust);
  writeFileSync(join(folder, "trusted_root.json"), settings.trustedRoot);
  const known: Record<string, string> = {
    HOME: folder,
    PATH: process.env["PATH"] ?? "",
    COUNTERMARK_TRUST: `${trustFile}#sha256=${encodeHex(nodeCrypto.sha256(settings.trust))}`,
    COUNTERMARK_SIGNING_CONFIG: AUTHORITY_URL,
    COUNTERMARK_LOCK: join(folder, "countermark.lock"),
    ...(settings.indexUrl === null ? {} : { COUNTERMARK_INDEX: settings.indexUrl }),
  };
  return (args, env = {}) =>
    runClient(args, { fetch: ports.network.fetch, now: ports.clock.now, env: { ...known, ...env } });
}

/** Trust in the authority alone: its ledger is one that nobody has. */
function strangerTrust(authority: Authority): ClientSettings {
  const key = createEd25519();
  const vkey = createVkey("nobody.test/index", 1, parseEd25519Spki(key.publicSpki), nodeCrypto.sha256);
  const trustedRoot = authority.trustedRoot();
  const trust = encodeToyTrust({
    origin: vkey.name,
    ecosystem: "pypi",
    logVkey: vkey.text,
    policy: `log ${vkey.text}\nquorum none\n`,
    auditors: [],
    countersignSpki: key.publicSpki,
    trustedRoot,
  });
  return { trust, trustedRoot, indexUrl: null };
}
