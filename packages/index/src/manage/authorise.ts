// SPDX-License-Identifier: Apache-2.0
import { quote } from "@countermark/formats";
import { IndexRefusal } from "../failure.ts";
import type { Database } from "../store/database.ts";
import { equalSecrets } from "../store/secret.ts";
import { type Account, findAccount, isOwner } from "../trust/accounts.ts";
import { parseAuthorization } from "../trust/upload-tokens.ts";

/** Who manages: the operator of the index, or the owner of a project. */
export type Manager = { readonly kind: "admin" } | { readonly kind: "account"; readonly account: Account };

/** @throws IndexRefusal `token-missing`, `management-refused` */
export async function authenticateManager(
  database: Database,
  authorization: string | null,
  adminToken: string | null,
): Promise<Manager> {
  const token = parseAuthorization(authorization);
  if (adminToken !== null && equalSecrets(token, adminToken)) return { kind: "admin" };
  const account = await findAccount(database, token);
  if (account === null) {
    throw new IndexRefusal("management-refused", "That token is not of an account of this index.");
  }
  return { kind: "account", account };
}

/** @throws IndexRefusal `management-refused` unless it is the operator */
export function requireAdmin(manager: Manager): void {
  if (manager.kind === "admin") return;
  throw new IndexRefusal("management-refused", "Only the operator of the index may do that.");
}

/** @throws IndexRefusal `management-refused` unless it is the operator, or an owner of the project */
export async function requireOwner(
  database: Database,
  manager: Manager,
  project: { readonly key: string; readonly name: string },
): Promise<void> {
  if (manager.kind === "admin") return;
  if (await isOwner(database, project.key, manager.account.id)) return;
  throw new IndexRefusal(
    "management-refused",
    `The account ${quote(manager.account.name)} does not own ${quote(project.name)}.`,
  );
}
