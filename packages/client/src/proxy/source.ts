// SPDX-License-Identifier: Apache-2.0
import type { CiIdentity, HeadKind } from "@countermark/verify";
import type { ListedFile, Listing, ProjectView } from "./listing.ts";

/** A project as one cosigned head has it, ready to be shown. */
export type VerifiedProject = {
  readonly name: string;
  readonly view: ProjectView;
  readonly listing: Listing;
  /** Origin of the ledger. */
  readonly origin: string;
  readonly head: {
    readonly size: number;
    readonly kind: HeadKind;
    /** Unix seconds, by the clocks of its cosigners. */
    readonly vouchedAt: number;
  };
  /** What is to be said about it: a head that grows old, files that are withheld or not recorded. */
  readonly remarks: readonly string[];
  /** Filename -> where the index says the file is. Not verified, and need not be: the bytes are. */
  readonly urls: ReadonlyMap<string, string>;
};

/** What one attestation of a file proves, once it verified and its identity is that of the publisher the ledger names. */
export type AttestedBy = {
  readonly identity: CiIdentity;
  readonly predicateType: string;
  /** Unix seconds, by the timestamp authority. */
  readonly signedAt: number;
  readonly logIndex: number;
};

/** Where the proxy gets what it serves. Everything that comes from here was verified. */
export type ProjectSource = {
  /** Null: the ledger proves that there is no such project. */
  fetchProject(name: string): Promise<VerifiedProject | null>;
  /** One for each attestation of the ledger's record; none only where the record has none. */
  fetchAttestations(project: VerifiedProject, file: ListedFile): Promise<readonly AttestedBy[]>;
  /** The file's core metadata, of the digest in the ledger's record. */
  fetchMetadata(project: VerifiedProject, file: ListedFile): Promise<Uint8Array>;
  /** The time that the entry of this index states, in Unix seconds. The log's own time was no later then. */
  fetchEntryTime(entry: number): Promise<number>;
};
