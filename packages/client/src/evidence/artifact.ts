// SPDX-License-Identifier: Apache-2.0
import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { equalBytes, parseHex } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { contentOfBytes, type HashName, type SignedContent, VerifyError } from "@countermark/verify";

/** What is to be verified: a file on this machine, or no more of it than its SHA-256. */
export type LocalArtifact = {
  /** As it was downloaded; null where only a digest is known. */
  readonly filename: string | null;
  readonly sha256: Uint8Array;
  /**
   * As much of it as a signature over its `hash` needs: every byte of a small file, else the digest.
   *
   * @throws VerifyError `artifact-digest-algorithm` where only another digest is known; `digest-mismatch` where the file has
   *   changed since it was opened
   */
  contentFor(hash: HashName): Promise<SignedContent>;
};

/** A longer file is hashed as it is read, and never held. */
const HELD_BYTES_MAX = 16_777_216;
const DIGEST = /^sha256:([0-9a-f]{64})$/;

/** The file at `argument`; or, where there is none, the digest that `sha256:<64 hexadecimal digits>` gives. */
export async function openArtifact(argument: string): Promise<LocalArtifact> {
  const digits = DIGEST.exec(argument)?.[1];
  if (digits !== undefined && !(await isThere(argument)))
    return artifactOfDigest(parseHex(digits, 32, "SHA-256"));
  const { size } = await stat(argument);
  const filename = basename(argument);
  if (size <= HELD_BYTES_MAX) {
    const bytes = await readFile(argument);
    const content = contentOfBytes(bytes);
    return { filename, sha256: nodeCrypto.sha256(bytes), contentFor: async () => content };
  }
  const sha256 = await hashFile(argument, "sha256");
  return {
    filename,
    sha256,
    contentFor: async (algorithm) => ({
      kind: "digest",
      algorithm,
      digest: algorithm === "sha256" ? sha256 : await hashAgain(argument, algorithm, sha256),
    }),
  };
}

/** An artifact of which nothing else is known. */
export function artifactOfDigest(sha256: Uint8Array): LocalArtifact {
  return {
    filename: null,
    sha256,
    contentFor: async (algorithm) => {
      if (algorithm === "sha256") return { kind: "digest", algorithm, digest: sha256 };
      throw new VerifyError(
        "artifact-digest-algorithm",
        `Cannot verify a SHA-256 alone: the signature is over the ${algorithm} digest, so give the file`,
      );
    },
  };
}

export async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function hashFile(path: string, algorithm: HashName): Promise<Uint8Array> {
  const hash = createHash(algorithm);
  await readInto(path, [hash]);
  return new Uint8Array(hash.digest());
}

/** Another digest of the bytes that have this one. @throws VerifyError `digest-mismatch` when the file has others by now */
async function hashAgain(path: string, algorithm: HashName, sha256: Uint8Array): Promise<Uint8Array> {
  const [known, wanted] = [createHash("sha256"), createHash(algorithm)];
  await readInto(path, [known, wanted]);
  if (!equalBytes(known.digest(), sha256)) {
    throw new VerifyError("digest-mismatch", `Cannot verify ${path}: it was written to while it was read`);
  }
  return new Uint8Array(wanted.digest());
}

async function readInto(path: string, hashes: readonly Hash[]): Promise<void> {
  for await (const part of createReadStream(path)) for (const hash of hashes) hash.update(part);
}
