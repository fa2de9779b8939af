// SPDX-License-Identifier: Apache-2.0
import { encodeCanonicalJson, type JsonObject, parseJsonObject } from "@countermark/formats";
import { type CiIdentity, PROVIDER_NAMES } from "@countermark/verify";
import { IndexRefusal } from "../failure.ts";
import { REQUEST_BYTES_MAX, UPLOAD_TOKEN_LIFETIME_SECONDS } from "../limits.ts";
import type { Database } from "../store/database.ts";
import { createToken, tokenHash } from "../store/secret.ts";
import { type Account, findAccount } from "./accounts.ts";

/** Who may upload, as the bearer token says. */
export type Uploader =
  | {
      readonly kind: "publisher";
      /** The run that exchanged its identity token for this one. */
      readonly identity: CiIdentity;
      /** Map key of a project -> id of the publisher that the identity is there. */
      readonly projects: ReadonlyMap<string, string>;
    }
  | { readonly kind: "account"; readonly account: Account };

const FIELD = { charsMax: 4_096 } as const;

/** Makes an upload token for a run; only its digest is stored. */
export async function issueUploadToken(
  database: Database,
  grant: { readonly identity: CiIdentity; readonly projects: ReadonlyMap<string, string> },
  now: number,
): Promise<{ readonly token: string; readonly expires: number }> {
  const token = createToken();
  const hash = tokenHash(token);
  const expires = now + UPLOAD_TOKEN_LIFETIME_SECONDS;
  await database.transaction().execute(async (transaction) => {
    await transaction
      .deleteFrom("upload_tokens")
      .where("expires_at", "<", now - 86_400)
      .execute();
    await transaction
      .insertInto("upload_tokens")
      .values({ token_hash: hash, claims: encodeIdentity(grant.identity), expires_at: expires })
      .execute();
    const projects = [...grant.projects].map(([project, publisher]) => ({
      token_hash: hash,
      project,
      publisher_id: publisher,
    }));
    await transaction.insertInto("upload_token_projects").values(projects).execute();
  });
  return { token, expires };
}

/** Ends an upload token before its time, as careful clients ask when they are done. Any other token is left alone. */
export async function burnUploadToken(database: Database, token: string): Promise<void> {
  await database.deleteFrom("upload_tokens").where("token_hash", "=", tokenHash(token)).execute();
}

/**
 * Reads `Authorization` and says who it is.
 *
 * @throws IndexRefusal `token-missing`, `token-unknown`, `token-expired`
 */
export async function authenticateUploader(
  database: Database,
  authorization: string | null,
  now: number,
): Promise<Uploader> {
  const token = parseAuthorization(authorization);
  const row = await database
    .selectFrom("upload_tokens")
    .selectAll()
    .where("token_hash", "=", tokenHash(token))
    .executeTakeFirst();
  if (row === undefined) {
    const account = await findAccount(database, token);
    if (account !== null) return { kind: "account", account };
    throw new IndexRefusal("token-unknown", "Invalid or non-existent authentication information.");
  }
  if (row.expires_at <= now) {
    throw new IndexRefusal(
      "token-expired",
      `The upload token expired at ${row.expires_at}, it is ${now}: exchange a new identity token.`,
    );
  }
  const projects = await database
    .selectFrom("upload_token_projects")
    .select(["project", "publisher_id"])
    .where("token_hash", "=", row.token_hash)
    .execute();
  return {
    kind: "publisher",
    identity: parseIdentity(row.claims),
    projects: new Map(projects.map(({ project, publisher_id }) => [project, publisher_id])),
  };
}

/**
 * The token in `Basic` (user `__token__`), `Bearer` or `token` form.
 *
 * @throws IndexRefusal `token-missing`
 */
export function parseAuthorization(authorization: string | null): string {
  const [, scheme = "", value = ""] = /^([A-Za-z]+) +([^ ]+)$/.exec(authorization ?? "") ?? [];
  switch (scheme.toLowerCase()) {
    case "bearer":
    case "token":
      return value;
    case "basic": {
      const [user, ...rest] = Buffer.from(value, "base64").toString("utf8").split(":");
      const password = rest.join(":");
      if (user === "__token__" && password !== "") return password;
      throw new IndexRefusal("token-missing", "Use the user name __token__ with a token as password.");
    }
    default:
      throw new IndexRefusal("token-missing", "Authentication with a token is required.");
  }
}

/** A run's identity as kept with its token: canonical JSON of every member. */
function encodeIdentity(identity: CiIdentity): Uint8Array {
  return encodeCanonicalJson({ ...identity });
}

function parseIdentity(bytes: Uint8Array): CiIdentity {
  const object = parseJsonObject(bytes, { bytesMax: REQUEST_BYTES_MAX, depthMax: 1 }, "stored identity");
  const identity = {
    provider: object.choice("provider", PROVIDER_NAMES),
    issuer: object.text("issuer", FIELD),
    ...readMembers(object),
  };
  object.end();
  return identity;
}

function readMembers(object: JsonObject): Omit<CiIdentity, "provider" | "issuer"> {
  return {
    owner: object.textOrNull("owner", FIELD),
    ownerId: object.textOrNull("ownerId", FIELD),
    project: object.textOrNull("project", FIELD),
    projectId: object.textOrNull("projectId", FIELD),
    workflow: object.textOrNull("workflow", FIELD),
    calledWorkflow: object.textOrNull("calledWorkflow", FIELD),
    environment: object.textOrNull("environment", FIELD),
    subject: object.textOrNull("subject", FIELD),
    ref: object.textOrNull("ref", FIELD),
    commit: object.textOrNull("commit", FIELD),
    runId: object.textOrNull("runId", FIELD),
    trigger: object.textOrNull("trigger", FIELD),
    runnerEnvironment: object.textOrNull("runnerEnvironment", FIELD),
  };
}
