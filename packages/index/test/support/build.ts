// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { configure, TextReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { packTar, type TarEntry } from "modern-tar";

configure({ useWebWorkers: false });

/** A distribution as a client would upload it. */
export interface BuiltFile {
  readonly filename: string;
  readonly bytes: Uint8Array;
}

export interface Project {
  readonly name: string;
  readonly version: string;
  readonly requiresPython?: string;
}

/** Path -> text. */
export type Members = Map<string, string>;

export function metadataOf(project: Project): string {
  const python = project.requiresPython === undefined ? "" : `Requires-Python: ${project.requiresPython}\n`;
  return `Metadata-Version: 2.1\nName: ${project.name}\nVersion: ${project.version}\n${python}\nA toy.\n`;
}

/** A wheel's members, without RECORD. */
export function wheelMembers(project: Project): Members {
  const escaped = project.name.replaceAll(/[-_.]+/g, "_");
  const info = `${escaped}-${project.version}.dist-info`;
  return new Map([
    [`${escaped}/__init__.py`, `__version__ = "${project.version}"\n`],
    [`${info}/METADATA`, metadataOf(project)],
    [`${info}/WHEEL`, "Wheel-Version: 1.0\nGenerator: toy\nRoot-Is-Purelib: true\nTag: py3-none-any\n"],
  ]);
}

/** Adds a RECORD that agrees. */
export function withRecord(project: Project, members: Members): Members {
  const path = `${project.name.replaceAll(/[-_.]+/g, "_")}-${project.version}.dist-info/RECORD`;
  const lines = [...members].map(([name, text]) => {
    const digest = createHash("sha256").update(text).digest("base64url");
    return `${name},sha256=${digest},${Buffer.byteLength(text)}\n`;
  });
  return new Map([...members, [path, `${lines.join("")}${path},,\n`]]);
}

export async function zipOf(members: Members): Promise<Uint8Array> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const [name, text] of members) {
    await writer.add(name, new TextReader(text), {
      lastModDate: new Date(1_600_000_000_000),
      extendedTimestamp: false,
    });
  }
  return await writer.close();
}

export async function buildWheel(project: Project): Promise<BuiltFile> {
  const escaped = project.name.replaceAll(/[-_.]+/g, "_");
  return {
    filename: `${escaped}-${project.version}-py3-none-any.whl`,
    bytes: await zipOf(withRecord(project, wheelMembers(project))),
  };
}

export function sdistMembers(project: Project): TarEntry[] {
  const folder = `${project.name.replaceAll(/[-_.]+/g, "_")}-${project.version}`;
  return [
    tarFile(`${folder}/PKG-INFO`, metadataOf(project)),
    tarFile(`${folder}/pyproject.toml`, "[build-system]\n"),
  ];
}

export function tarFile(name: string, text: string): TarEntry {
  return { header: { name, size: Buffer.byteLength(text), type: "file", mtime: new Date(0) }, body: text };
}

export async function tarGzOf(members: readonly TarEntry[]): Promise<Uint8Array> {
  return gzipSync(await packTar(members));
}

export async function buildSdist(project: Project): Promise<BuiltFile> {
  const escaped = project.name.replaceAll(/[-_.]+/g, "_").toLowerCase();
  return {
    filename: `${escaped}-${project.version}.tar.gz`,
    bytes: await tarGzOf(sdistMembers(project)),
  };
}

/** The fields that twine sends with a file, in its order. */
export function uploadFields(project: Project, file: BuiltFile): Map<string, string> {
  const isWheel = file.filename.endsWith(".whl");
  return new Map([
    [":action", "file_upload"],
    ["protocol_version", "1"],
    ["name", project.name],
    ["version", project.version],
    ["filetype", isWheel ? "bdist_wheel" : "sdist"],
    ["pyversion", isWheel ? "py3" : "source"],
    ["metadata_version", "2.1"],
    ["requires_python", project.requiresPython ?? ""],
    ["sha256_digest", createHash("sha256").update(file.bytes).digest("hex")],
    ["md5_digest", createHash("md5").update(file.bytes).digest("hex")],
  ]);
}

/** A multipart body, as a request that the index can take. */
export function uploadBody(fields: ReadonlyMap<string, string>, file: BuiltFile | null): FormData {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  if (file !== null) form.append("content", new File([new Uint8Array(file.bytes)], file.filename));
  return form;
}
