// SPDX-License-Identifier: Apache-2.0
import {
  type BuiltFile,
  coreMetadata,
  distributionName,
  member,
  sourceMembers,
  type ToyProject,
} from "./build-wheel.ts";
import { buildTarGz } from "./tar.ts";
import type { ArchiveMember } from "./zip.ts";

/** What an sdist with a build backend of its own needs and does. */
export interface ToyBuild {
  /** `build-system.requires`. */
  readonly requires: readonly string[];
  /** Python that runs whenever a wheel is built. */
  readonly script: string;
}

/** An sdist that builds itself, with a backend in its own folder: neither setuptools nor a network is needed. @spec peps.python.org/pep-0517 */
export function buildSelfBuildingSdist(project: ToyProject, build: ToyBuild): BuiltFile {
  const folder = `${distributionName(project.name)}-${project.version}`;
  const filename = `${folder}.tar.gz`;
  const members = selfBuildingMembers(project, build).map((each) => ({
    ...each,
    name: `${folder}/${each.name}`,
  }));
  return { filename, bytes: buildTarGz(members) };
}

/** The files of such a project, as they lie in its folder. */
export function selfBuildingMembers(project: ToyProject, build: ToyBuild): readonly ArchiveMember[] {
  return [
    member("PKG-INFO", coreMetadata(project)),
    member(
      "pyproject.toml",
      [
        "[build-system]",
        `requires = ${JSON.stringify(build.requires)}`,
        'build-backend = "toy_backend"',
        'backend-path = ["."]',
        "",
        "[project]",
        `name = ${JSON.stringify(project.name)}`,
        `version = ${JSON.stringify(project.version)}`,
        `dependencies = ${JSON.stringify(project.requires)}`,
        "",
      ].join("\n"),
    ),
    member("toy_backend.py", backend(build.script)),
    ...sourceMembers(project, ""),
  ];
}

function backend(script: string): string {
  return `import base64, glob, hashlib, os, zipfile

def _info():
    lines = open("PKG-INFO").read()
    fields = dict(line.split(": ", 1) for line in lines.splitlines() if ": " in line)
    return lines, fields["Name"].replace("-", "_"), fields["Version"]

def _wheel(folder, editable):
    text, name, version = _info()
${script
  .split("\n")
  .map((line) => `    ${line}`)
  .join("\n")}
    modules = [m for m in glob.glob("*.py") if m != "toy_backend.py"]
    info = "%s-%s.dist-info" % (name, version)
    files = {info + "/METADATA": text, info + "/WHEEL": "Wheel-Version: 1.0\\nGenerator: toy\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"}
    if editable:
        files[name + ".pth"] = os.getcwd() + "\\n"
    else:
        files.update({m: open(m).read() for m in modules})
    record = ""
    for path, body in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(body.encode()).digest()).rstrip(b"=").decode()
        record += "%s,sha256=%s,%d\\n" % (path, digest, len(body))
    files[info + "/RECORD"] = record + info + "/RECORD,,\\n"
    filename = "%s-%s-py3-none-any.whl" % (name, version)
    with zipfile.ZipFile(os.path.join(folder, filename), "w") as archive:
        for path, body in files.items():
            archive.writestr(path, body)
    return filename

def get_requires_for_build_wheel(config_settings=None):
    return []

def get_requires_for_build_editable(config_settings=None):
    return []

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return _wheel(wheel_directory, False)

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    return _wheel(wheel_directory, True)

def build_sdist(sdist_directory, config_settings=None):
    raise NotImplementedError
`;
}
