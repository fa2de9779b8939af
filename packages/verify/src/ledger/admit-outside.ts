// SPDX-License-Identifier: Apache-2.0
// Evidence of what was not uploaded here: names and bytes of another index's files, and bytes that are given back.
import {
  type Amended,
  type Digest,
  encodeHex,
  type FilesImported,
  type FilesObserved,
  type FilesPromoted,
  fileId,
  type ImportDetail,
  parseImportDetail,
  parseObservedDetail,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import { verifyBlob, verifyFilename, verifySha256 } from "./admit-file.ts";
import { type AdmitPorts, requireEvidence, verifyName } from "./admit-ports.ts";
import { takenAwayBy } from "./rule-amend.ts";
import { findFile, type ProjectState } from "./state.ts";

/**
 * Checks what was imported: its names, and the bytes of whatever can be installed. What the other index said of uploaders
 * and times stays its word.
 *
 * @throws VerifyError `name-differs`, `file-id-differs`, `items-differ`, `file-missing`, `digest-mismatch`, `size-differs`, `metadata-differs`
 */
export async function admitImported(
  statement: FilesImported,
  detailBytes: Uint8Array,
  ports: AdmitPorts,
): Promise<ImportDetail> {
  const detail = parseImportDetail(detailBytes);
  const named = verifyItems(statement, detail, ports);
  for (const item of statement.items) {
    if (item.state === "withdrawn") continue;
    const blob = await verifyBlob(item, ports);
    if (item.metadata === null) continue;
    const inside = await ports.metadataOf(named.get(item.file)?.filename ?? "", blob);
    if (inside === null || encodeHex(ports.crypto.sha256(inside)) !== item.metadata) {
      throw new VerifyError(
        "metadata-differs",
        `Cannot admit import: the METADATA in ${item.sha256} is another`,
      );
    }
  }
  return detail;
}

/** Checks what was observed: its names, and that the provenance it states was kept. @throws VerifyError as {@link admitImported}; `evidence-missing` */
export async function admitObserved(
  statement: FilesObserved,
  detailBytes: Uint8Array,
  ports: AdmitPorts,
): Promise<void> {
  verifyItems(statement, parseObservedDetail(detailBytes), ports);
  for (const { provenance } of statement.items) {
    if (provenance === null) continue;
    const bytes = await requireEvidence(ports.evidence.blob(provenance), `the provenance ${provenance}`);
    verifySha256(bytes, provenance, ports);
  }
}

/** Checks that everything which becomes this index's own to serve is there. @throws VerifyError those of verifyBlob */
export async function admitPromoted(
  statement: FilesPromoted,
  project: ProjectState,
  ports: AdmitPorts,
): Promise<void> {
  for (const id of statement.files) {
    const file = findFile(project, id);
    if (file !== null && file.state !== "withdrawn") await verifyBlob(file, ports);
  }
}

/** Checks that the bytes of what is given back are there. @throws VerifyError those of verifyBlob */
export async function admitAmended(
  statement: Amended,
  project: ProjectState,
  ports: AdmitPorts,
): Promise<void> {
  for (const [, file] of takenAwayBy(project, statement)) {
    if (file.how !== "observed") await verifyBlob(file, ports);
  }
}

interface NamedFile {
  readonly filename: string;
  readonly version: string;
}

/** Every item's ids are opened by one file of the detail, which has no other. Gives those files by file id. */
function verifyItems(
  { project, items }: FilesImported | FilesObserved,
  detail: {
    readonly name: string;
    readonly files: readonly NamedFile[];
  },
  ports: AdmitPorts,
): ReadonlyMap<Digest, NamedFile> {
  verifyName(detail.name, project, ports);
  const named = new Map(
    detail.files.map((file) => [fileId(ports.crypto.sha256, project, file.filename), file]),
  );
  if (detail.files.length !== items.length) throw itemsDiffer();
  for (const { file, release } of items) {
    const found = named.get(file);
    if (found === undefined) throw itemsDiffer();
    verifyFilename({ project, file, release }, found, ports);
  }
  return named;
}

function itemsDiffer(): VerifyError {
  return new VerifyError(
    "items-differ",
    "Cannot admit entry: its detail does not name every file of it, once",
  );
}
