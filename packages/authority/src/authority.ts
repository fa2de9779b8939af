// SPDX-License-Identifier: Apache-2.0
import { join } from "node:path";
import type { Bytes } from "@countermark/formats";
import {
  type Clock,
  createIssuerKeys,
  type Fetch,
  fileStorage,
  type Lock,
  type LogError,
  memoryLock,
  memoryStorage,
  type Storage,
  sqliteLock,
} from "@countermark/log";
import type { ProviderRow } from "@countermark/verify";
import type { Hono } from "hono";
import { openEntryLog } from "./entry-log.ts";
import { AuthorityError } from "./failure.ts";
import { createCertificateLog } from "./fulcio/certificate-log.ts";
import { type AuthorityKeys, createKeys, readOrCreateKeys } from "./keys.ts";
import { readOrCreatePki } from "./pki.ts";
import { createRoutes } from "./routes.ts";
import { encodeAuthorityRoot, encodeSigningConfig, rekorLogId } from "./trust.ts";

export type AuthorityStore =
  /**
   * Everything below one folder: `keys`, `lock.sqlite`, `pki`, `rekor`, `ct`, `answers`. The lock store lies beside the data:
   * never restore the folder from a backup that is older than the newest checkpoint anybody saw, or the logs fork.
   */
  | { readonly kind: "dir"; readonly dir: string }
  /** Gone at the end of the process. */
  | { readonly kind: "memory" };

export type AuthorityOptions = {
  readonly store: AuthorityStore;
  /** The name in certificates, and the origin of the signature log; the same for ever. */
  readonly hostname: string;
  /** Where clients reach it, without a slash at the end. */
  readonly publicUrl: string;
  readonly issuers: readonly ProviderRow[];
  /** The `aud` of the tokens it takes. */
  readonly audience: string;
  readonly clock: Clock;
  /** Fetches the issuers' configurations and keys. */
  readonly fetch: Fetch;
  /** Told when one of the logs can take nothing any more: a write of it has an unknown result. The process should end. */
  readonly onStop?: (error: LogError) => void;
};

/** A private Sigstore in one process: certificates, timestamps, and the logs of certificates and signatures. */
export interface Authority {
  readonly app: Hono;
  trustedRoot(): Bytes;
  signingConfig(): Bytes;
  close(): Promise<void>;
}

/** Opens the authority in `store`, with keys, certificates and logs of its own, made at the first start. */
export async function createAuthority(options: AuthorityOptions): Promise<Authority> {
  const { clock, hostname, publicUrl, issuers, audience } = options;
  const onStop = options.onStop ?? (() => {});
  const { keys, lock, storage, close } = openStore(options.store);
  const pki = await readOrCreatePki(keys, storage("pki"), hostname, clock);
  const rekorStorage = storage("rekor");
  const ctStorage = storage("ct");
  const rekorEntries = await openEntryLog({
    origin: hostname,
    key: keys.rekor,
    storage: rekorStorage,
    lock,
    clock,
    onStop,
  });
  const ctEntries = await openEntryLog({
    origin: `${hostname}/ct`,
    key: keys.ctCheckpoint,
    storage: ctStorage,
    lock,
    clock,
    onStop,
  });
  const trustedRoot = encodeAuthorityRoot(pki, keys, hostname);
  const signingConfig = encodeSigningConfig(
    pki,
    publicUrl,
    issuers.map(({ issuer }) => issuer),
  );
  const app = createRoutes({
    pki,
    authenticate: {
      issuers,
      audience,
      clock,
      issuerKeys: createIssuerKeys({ fetch: options.fetch, clock, unavailable: issuerUnavailable }),
    },
    issue: {
      issuer: pki.caIntermediate,
      issuerKey: keys.caIntermediate,
      certificateLog: createCertificateLog(ctEntries, keys.ctLog, clock),
      clock,
    },
    timestamp: { certificate: pki.tsaLeaf, key: keys.tsaLeaf, clock },
    rekor: { entries: rekorEntries, storage: storage("answers"), logId: rekorLogId(hostname, keys.rekor) },
    rekorStorage,
    ctEntries,
    ctStorage,
    trustedRoot,
    signingConfig,
  });
  return {
    app,
    trustedRoot: () => trustedRoot,
    signingConfig: () => signingConfig,
    async close() {
      await Promise.all([rekorEntries.close(), ctEntries.close()]);
      close();
    },
  };
}

type OpenStore = {
  readonly keys: AuthorityKeys;
  readonly lock: Lock;
  /** The part of the store of this name. */
  readonly storage: (name: string) => Storage;
  readonly close: () => void;
};

function openStore(store: AuthorityStore): OpenStore {
  switch (store.kind) {
    case "dir": {
      const lock = sqliteLock(join(store.dir, "lock.sqlite"));
      return {
        keys: readOrCreateKeys(join(store.dir, "keys")),
        lock,
        storage: (name) => fileStorage(join(store.dir, name)),
        close: () => lock.close(),
      };
    }
    case "memory":
      return {
        keys: createKeys(),
        lock: memoryLock(),
        storage: () => memoryStorage(),
        close: () => {},
      };
  }
}

function issuerUnavailable(message: string, cause: unknown): AuthorityError {
  return new AuthorityError("issuer-unavailable", message, { cause });
}
