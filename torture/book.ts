// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import type { BuiltFile } from "@countermark/testkit";

/** What was sent, and whether it was answered 200: between the two, nobody can say. */
export type Deed = "none" | "sent" | "done";

/** What somebody outside knows about one file. */
export interface FileRecord {
  readonly project: string;
  readonly version: string;
  readonly file: BuiltFile;
  readonly sha256: string;
  readonly account: string;
  uploaded: Deed;
  yanked: Deed;
  withdrawn: Deed;
  /** Somebody saw it on a page: it was released, answered or not. */
  seen: boolean;
  /** Of its entry in the ledger, once a receipt said it; and the receipt's URL, as the upload was answered. */
  entry: number | null;
  receiptUrl: string | null;
}

/** What is known of a project as a whole: whether it is in quarantine. */
export interface ProjectRecord {
  readonly name: string;
  readonly account: string;
  readonly files: Map<string, FileRecord>;
  /** What it was asked to become last, and whether that was answered. */
  status: { readonly wanted: "active" | "quarantined"; readonly deed: Deed };
}

/** Whether a file must be shown, must not be, or nobody can say. */
export type Expected = "shown" | "hidden" | "unknown";

/** Everything that was promised, for ever. */
export interface Book {
  readonly projects: ReadonlyMap<string, ProjectRecord>;
  addProject(name: string, account: string): ProjectRecord;
  addFile(project: ProjectRecord, version: string, file: BuiltFile): FileRecord;
  files(): readonly FileRecord[];
}

export function openBook(): Book {
  const projects = new Map<string, ProjectRecord>();
  return {
    projects,
    addProject(name, account) {
      const project: ProjectRecord = {
        name,
        account,
        files: new Map(),
        status: { wanted: "active", deed: "done" },
      };
      projects.set(name, project);
      return project;
    },
    addFile(project, version, file) {
      const record: FileRecord = {
        project: project.name,
        version,
        file,
        sha256: createHash("sha256").update(file.bytes).digest("hex"),
        account: project.account,
        uploaded: "none",
        yanked: "none",
        withdrawn: "none",
        seen: false,
        entry: null,
        receiptUrl: null,
      };
      project.files.set(file.filename, record);
      return record;
    },
    files: () => [...projects.values()].flatMap((project) => [...project.files.values()]),
  };
}

/** What a page must say of a file, by what was answered so far. */
export function expected(project: ProjectRecord, file: FileRecord): Expected {
  if (file.withdrawn === "done" || file.uploaded === "none") return "hidden";
  const { wanted, deed } = project.status;
  if (wanted === "quarantined" && deed === "done") return "hidden";
  const isCertain = file.withdrawn === "none" && deed === "done" && (file.uploaded === "done" || file.seen);
  return isCertain ? "shown" : "unknown";
}

/** What holds from the beginning of a request to its end: what changed meanwhile, nobody can say. */
export function both(before: Expected, after: Expected): Expected {
  return before === after ? before : "unknown";
}
