// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Demo, theWorld } from "../demo/demo.ts";
import { makeEnvironment, scrubbedEnvironment } from "../python.ts";
import { ROOT } from "../root.ts";

/** The variables of the user's shell that go on being the user's. */
const KEPT = new Set(["PATH", "HOME", "TMPDIR", "LANG"]);

/**
 * Writes what a shell reads to use this world: `countermark`, `pip` and `uv` in PATH, told of this index, its CA and its trust and of
 * nothing else; and `fresh`, which changes into a new, empty environment.
 *
 * @returns the path of the file
 */
export async function writeActivate(demo: Demo): Promise<string> {
  const world = theWorld(demo);
  const [python, pip, tools] = await Promise.all([demo.python, demo.pip, demo.tools]);
  const bin = join(demo.dir, "bin");
  mkdirSync(bin, { recursive: true });
  const main = join(ROOT, "packages/client/src/main.ts");
  writeProgram(
    join(bin, "countermark"),
    `exec ${quoted(process.execPath)} --conditions=source ${quoted(main)} "$@"`,
  );
  if (tools !== null) writeProgram(join(bin, "uv"), `exec ${quoted(tools.uv)} "$@"`);
  const template = makeEnvironment(python, join(demo.dir, "environments", "template"), pip.folder);
  writeProgram(join(template.bin, "pip"), 'exec "$(dirname "$0")/python" -m pip "$@"');
  const variables = {
    ...scrubbedEnvironment(demo.home),
    COUNTERMARK_TRUST: `${world.trustFile}#sha256=${world.trustDigest}`,
    COUNTERMARK_INDEX: world.indexUrl,
    COUNTERMARK_CA: world.caFile,
    COUNTERMARK_LOCK: join(demo.dir, "countermark.lock"),
    COUNTERMARK_CACHE_DIR: join(demo.home, "cache", "countermark"),
    COUNTERMARK_STATE_DIR: join(demo.home, ".local/state/countermark"),
    COUNTERMARK_CONFIG_DIR: join(demo.home, "config", "countermark"),
    PIP_INDEX_URL: `${world.indexUrl}/simple/`,
    PIP_CERT: world.caFile,
    PIP_NO_CACHE_DIR: "1",
    UV_DEFAULT_INDEX: `${world.indexUrl}/simple/`,
    SSL_CERT_FILE: world.caFile,
    UV_NO_CACHE: "1",
    UV_NO_CONFIG: "1",
  };
  const exports = Object.entries(variables)
    .filter(([name]) => !KEPT.has(name))
    .map(([name, value]) => `export ${name}=${quoted(value)}`);
  const environments = join(demo.dir, "environments");
  const file = join(demo.dir, "activate");
  const text = [
    "# For bash and zsh: . this file. It changes this shell only.",
    "for name in $(env | sed -n 's/^\\(\\(PIP\\|UV\\|COUNTERMARK\\)_[A-Z_]*\\)=.*/\\1/p'); do unset \"$name\"; done",
    "unset PYTHONPATH PYTHONHOME",
    ...exports,
    `export PATH=${quoted(bin)}:"$PATH"`,
    "fresh() {",
    `  VIRTUAL_ENV="$(mktemp -d ${quoted(join(environments, "XXXXXX"))})" || return`,
    `  cp -a ${quoted(template.dir)}/. "$VIRTUAL_ENV"/ && export VIRTUAL_ENV PATH="$VIRTUAL_ENV/bin:$PATH" && hash -r`,
    "}",
  ];
  writeFileSync(file, `${text.join("\n")}\n`);
  return file;
}

function writeProgram(path: string, line: string): void {
  writeFileSync(path, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
}

/** In single quotes, as a shell reads them. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
