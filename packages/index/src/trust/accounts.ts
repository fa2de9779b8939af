// SPDX-License-Identifier: Apache-2.0
import { quote } from "@countermark/formats";
import { LogError } from "@countermark/log";
import { IndexRefusal } from "../failure.ts";
import type { Database } from "../store/database.ts";
import { createToken, tokenHash } from "../store/secret.ts";

/** A person or team with API tokens. */
export interface Account {
  readonly id: number;
  readonly name: string;
}

/** Makes an account and its first API token. @throws IndexRefusal `account-exists` */
export async function createAccount(
  database: Database,
  name: string,
  now: number,
): Promise<{ readonly account: Account; readonly token: string }> {
  const token = createToken();
  const id = await database.transaction().execute(async (transaction) => {
    const existing = await transaction
      .selectFrom("accounts")
      .select("id")
      .where("name", "=", name)
      .executeTakeFirst();
    if (existing !== undefined) {
      throw new IndexRefusal("account-exists", `There is an account ${quote(name)} already.`);
    }
    const row = await transaction
      .insertInto("accounts")
      .values({ name, created_at: now })
      .returning("id")
      .executeTakeFirstOrThrow();
    await transaction
      .insertInto("api_tokens")
      .values({ token_hash: tokenHash(token), account_id: row.id, created_at: now })
      .execute();
    return row.id;
  });
  return { account: { id, name }, token };
}

/** The account that an API token belongs to, or null. */
export async function findAccount(database: Database, token: string): Promise<Account | null> {
  const row = await database
    .selectFrom("api_tokens")
    .innerJoin("accounts", "accounts.id", "api_tokens.account_id")
    .select(["accounts.id as id", "accounts.name as name"])
    .where("token_hash", "=", tokenHash(token))
    .executeTakeFirst();
  return row ?? null;
}

/**
 * Makes an account the owner of a project that `create` creates; nobody owns it when that is refused. Durable before the
 * project exists: a crash in between, or a write of the log that nobody knows the result of, cannot leave a project without its owner.
 *
 * @param owner null: nobody but the operator.
 */
export async function withOwner<T>(
  database: Database,
  project: string,
  owner: number | null,
  create: () => Promise<T>,
): Promise<T> {
  // What a crash left behind was the owner of nothing.
  await removeOwners(database, project);
  if (owner !== null) {
    await database.insertInto("project_owners").values({ project, account_id: owner }).execute();
  }
  try {
    return await create();
  } catch (error) {
    if (!(error instanceof LogError)) await removeOwners(database, project);
    throw error;
  }
}

async function removeOwners(database: Database, project: string): Promise<void> {
  await database.deleteFrom("project_owners").where("project", "=", project).execute();
}

export async function isOwner(database: Database, project: string, account: number): Promise<boolean> {
  const row = await database
    .selectFrom("project_owners")
    .select("account_id")
    .where("project", "=", project)
    .where("account_id", "=", account)
    .executeTakeFirst();
  return row !== undefined;
}
