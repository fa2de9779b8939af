// SPDX-License-Identifier: Apache-2.0

/** Paths come from our own code: one that is none is our mistake, and never reaches the file system. @throws TypeError */
export function requirePath(path: string): void {
  if (!/^[A-Za-z0-9_+-][A-Za-z0-9._+-]*(?:\/[A-Za-z0-9_+-][A-Za-z0-9._+-]*)*$/.test(path)) {
    throw new TypeError(`${JSON.stringify(path)} is not a storage path`);
  }
}
