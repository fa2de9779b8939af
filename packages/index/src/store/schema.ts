// SPDX-License-Identifier: Apache-2.0
import type { Generated } from "kysely";

/**
 * The tables. What the ledger says is *not* here: these rows hold what must stay out of it (salts, openings, tokens,
 * replay records) and are part of a backup. Digests, map keys and publisher ids are lower-case hexadecimal.
 */
export const SCHEMA_SQL = `
create table if not exists accounts (
  id integer primary key, name text not null unique, created_at integer not null
) strict;
create table if not exists api_tokens (
  token_hash text primary key, account_id integer not null references accounts(id), created_at integer not null
) strict;
create table if not exists project_owners (
  project text not null, account_id integer not null references accounts(id), primary key (project, account_id)
) strict;
create table if not exists publisher_openings (
  publisher_id text primary key, project text not null, issuer text not null, salt blob not null, record blob not null
) strict;
create index if not exists publisher_openings_issuer on publisher_openings (issuer);
create table if not exists passkey_openings (
  principal_id text not null, project text not null, credential blob not null, salt blob not null, record blob not null,
  primary key (project, principal_id)
) strict;
create index if not exists passkey_openings_credential on passkey_openings (project, credential);
create table if not exists pending_publishers (
  id integer primary key, name text not null, account_id integer references accounts(id), issuer text not null,
  record blob not null, created_at integer not null, unique (name, record)
) strict;
create index if not exists pending_publishers_issuer on pending_publishers (issuer);
create table if not exists upload_tokens (
  token_hash text primary key, claims blob not null, expires_at integer not null
) strict;
create table if not exists upload_token_projects (
  token_hash text not null references upload_tokens(token_hash) on delete cascade,
  project text not null, publisher_id text not null, primary key (token_hash, project)
) strict;
create table if not exists replayed_tokens (
  issuer text not null, token_id text not null, expires_at integer not null, primary key (issuer, token_id)
) strict;
create table if not exists details (
  commitment text primary key, project text not null, entry integer not null, bytes blob not null
) strict;
create index if not exists details_project on details (project, entry);
create table if not exists project_names (project text primary key, name text not null) strict;
create table if not exists pending_blobs (sha256 text primary key) strict;
create table if not exists sealed_blobs (
  sha256 text not null, entry integer not null, project text not null, file text not null,
  primary key (sha256, entry)
) strict;
`;

export interface Tables {
  accounts: { id: Generated<number>; name: string; created_at: number };
  api_tokens: { token_hash: string; account_id: number; created_at: number };
  project_owners: { project: string; account_id: number };
  publisher_openings: {
    publisher_id: string;
    project: string;
    issuer: string;
    salt: Uint8Array;
    record: Uint8Array;
  };
  /** Keys are public once they signed; before, they are for who knows the credential id, as only their authenticator does. */
  passkey_openings: {
    principal_id: string;
    project: string;
    credential: Uint8Array;
    salt: Uint8Array;
    record: Uint8Array;
  };
  pending_publishers: {
    id: Generated<number>;
    name: string;
    account_id: number | null;
    issuer: string;
    record: Uint8Array;
    created_at: number;
  };
  /** `claims`: the identity of the run that minted the token, see trust/upload-tokens.ts. */
  upload_tokens: { token_hash: string; claims: Uint8Array; expires_at: number };
  upload_token_projects: { token_hash: string; project: string; publisher_id: string };
  replayed_tokens: { issuer: string; token_id: string; expires_at: number };
  /** `entry`: the ledger index of the entry that commits to these bytes. */
  details: { commitment: string; project: string; entry: number; bytes: Uint8Array };
  /** What the details of the ledger say a map key stands for: a cache. */
  project_names: { project: string; name: string };
  /** Blobs put in place for an upload that is not sealed yet: removed at the next start if nothing refers to them. */
  pending_blobs: { sha256: string };
  /** Blobs that a sealed entry refers to, with the file that it is about. */
  sealed_blobs: { sha256: string; entry: number; project: string; file: string };
}
