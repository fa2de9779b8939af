// SPDX-License-Identifier: Apache-2.0
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** A new bearer token. Clients warn about tokens that do not begin like this. */
export function createToken(): string {
  return `pypi-${randomBytes(32).toString("base64url")}`;
}

/** What is stored of a token. It has 256 random bits, so a plain digest does not help a thief of the database. */
export function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** Compares two secrets without telling by time where they differ. */
export function equalSecrets(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(tokenHash(a)), Buffer.from(tokenHash(b)));
}

/** 32 random bytes, for a detail or a publisher record. */
export function createSalt(): Uint8Array {
  return new Uint8Array(randomBytes(32));
}
