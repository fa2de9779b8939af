// SPDX-License-Identifier: Apache-2.0
// vectors/ledger/project-proof.json and vectors/ledger/receipt.json
import {
  encodeFileMapRecord,
  encodeHex,
  encodeProjectStateFile,
  parseProjectStateFile,
  parseTrust,
  type Sha256,
  type TrustDescription,
  utf8,
} from "@countermark/formats";
import { verifyProjectProof, verifyReceipt, verifyStateFile } from "@countermark/verify";
import { bytesOf, type Cases, gives, refuses } from "../case.ts";

interface Asked {
  readonly claim: string;
  readonly now: number;
  /** Where it is another one than the file's. */
  readonly trust?: string;
}

interface AskedProject extends Asked {
  readonly proof: string;
  readonly name: string;
}

interface ProjectProofFile {
  readonly trust: string;
  readonly accepted: readonly (AskedProject & {
    readonly key: string;
    readonly value: string | null;
    readonly kind: string;
    readonly tLo: number;
    readonly tHi: number;
    readonly ageSeconds?: number;
    readonly isOld?: boolean;
  })[];
  readonly refused: readonly (AskedProject & { readonly code: string })[];
  readonly stateFile: {
    readonly value: string;
    readonly hex: string;
    readonly records: readonly { readonly key: string; readonly hex: string }[];
    readonly refused: readonly { readonly claim: string; readonly hex: string; readonly code: string }[];
  };
}

export const projectProofCases: Cases = (file, crypto) => {
  const proofs = file as ProjectProofFile;
  const sha256: Sha256 = (bytes) => crypto.sha256(bytes);
  const verify = (asked: AskedProject) =>
    verifyProjectProof(bytesOf(asked.proof), { ...asked, trust: trustOf(asked, proofs, sha256) }, crypto);
  const { stateFile } = proofs;
  return [
    ...proofs.accepted.map((asked) => {
      const { claim, key, value, kind, tLo, tHi, ageSeconds, isOld } = asked;
      return gives(claim, { key, value, kind, tLo, tHi, ageSeconds, isOld }, async () => {
        const answer = await verify(asked);
        const { checkpoint, ...head } = answer.head;
        return {
          key: answer.key,
          value: answer.value,
          kind: head.kind,
          tLo: checkpoint.tLo,
          tHi: checkpoint.tHi,
          ...(ageSeconds === undefined ? {} : { ageSeconds: head.ageSeconds }),
          ...(isOld === undefined ? {} : { isOld: head.isOld }),
        };
      });
    }),
    ...proofs.refused.map((asked) => refuses(asked.claim, asked.code, () => verify(asked))),
    gives("a state file is written again", stateFile.hex, () =>
      encodeProjectStateFile(parseProjectStateFile(bytesOf(stateFile.hex))),
    ),
    gives("a state file", stateFile.records, () => {
      const found = verifyStateFile(bytesOf(stateFile.hex), stateFile.value, sha256);
      const records = [...found.files, ...found.releases].sort(([a], [b]) => (a < b ? -1 : 1));
      return records.map(([key, record]) => ({ key, hex: encodeHex(encodeFileMapRecord(record)) }));
    }),
    ...stateFile.refused.map(({ claim, hex, code }) =>
      refuses(`state file: ${claim}`, code, () => verifyStateFile(bytesOf(hex), stateFile.value, sha256)),
    ),
  ];
};

interface AskedReceipt extends Asked {
  readonly receipt: string;
  readonly fileSha256: string;
}

interface ReceiptFile {
  readonly trust: string;
  readonly accepted: readonly (AskedReceipt & {
    readonly kind: string;
    readonly index: number;
    readonly tLo: number;
    readonly tHi: number;
    readonly filename: string | null;
  })[];
  readonly refused: readonly (AskedReceipt & { readonly code: string })[];
}

export const receiptCases: Cases = (file, crypto) => {
  const receipts = file as ReceiptFile;
  const verify = (asked: AskedReceipt) => {
    const trust = trustOf(asked, receipts, (bytes) => crypto.sha256(bytes));
    return verifyReceipt(utf8(asked.receipt), { ...asked, trust }, crypto);
  };
  return [
    ...receipts.accepted.map((asked) => {
      const { claim, kind, index, tLo, tHi, filename } = asked;
      return gives(claim, { kind, index, tLo, tHi, filename }, async () => {
        const { head, index, detail } = await verify(asked);
        const { tLo, tHi } = head.checkpoint;
        return { kind: head.kind, index, tLo, tHi, filename: detail?.filename ?? null };
      });
    }),
    ...receipts.refused.map((asked) => refuses(asked.claim, asked.code, () => verify(asked))),
  ];
};

function trustOf(asked: Asked, file: { readonly trust: string }, sha256: Sha256): TrustDescription {
  return parseTrust(utf8(asked.trust ?? file.trust), sha256);
}
