// SPDX-License-Identifier: Apache-2.0
// Attacks on what is served: bytes, metadata, evidence.
import { basename } from "node:path";
import { type BuiltFile, buildWheel, coreMetadata, type ToyProject, toyProject } from "../build-wheel.ts";
import type { ProcessWorld } from "../process-world.ts";
import { fileDigest, type SampleProject } from "../sample-packages.ts";
import { NOT_FOUND, type Tampering } from "../tampering-proxy.ts";
import { postUpload } from "../upload.ts";
import { readTrue, withBody, withText } from "./pages.ts";
import type { Break, Scene, TryLine } from "./scene.ts";
import { sha256Hex, wheelOf } from "./victim.ts";

/** What an attacker's wheel adds to whoever imports it. */
const TROJAN = "swapped_by_the_attacker";

export const swapBytes: Break = {
  name: "swap-bytes",
  does: "the store serves another wheel under the same name and version, and the page gives its digest",
  lines: ({ victim }) => [
    ...withoutUs(victim, `installs the attacker's wheel: python -c "import ${TROJAN}" finds it`),
    ...withUs(victim, "refused: the digest that the ledger records, and the one that was served"),
  ],
  begin: async (scene) => {
    const evil = await evilWheel(scene);
    const [before, after] = [fileDigest(wheelOf(scene.victim)), sha256Hex(evil.bytes)];
    return {
      tampering: swapWheel(scene.victim, evil),
      done: [`${evil.filename}: sha256 ${before} became ${after}`],
    };
  },
};

export const withhold: Break = {
  name: "withhold",
  does: "the index keeps back the attestations that it took",
  lines: ({ victim }) => [
    ...withoutUs(victim, "installs: they do not look for any"),
    ...withUs(victim, "refused: the ledger lists an attestation that the index does not serve"),
  ],
  begin: async ({ victim }) => ({
    tampering: (path, answer) => (isProvenance(path, victim) ? NOT_FOUND : answer),
    done: [`/integrity/${victim.name}/ answers 404`],
  }),
};

export const stripPublisher: Break = {
  name: "strip-publisher",
  does: "the index serves the attestation, but not whose it must be: no publisher in the provenance, no opening in the details",
  lines: ({ victim }) => [
    ...withoutUs(victim, "installs: they do not look for it"),
    ...withUs(victim, "refused: the ledger names a publisher that the index does not open"),
  ],
  begin: async ({ victim }) => ({
    tampering: (path, answer) => {
      if (path.startsWith("/details/sha256/")) return NOT_FOUND;
      if (!isProvenance(path, victim) || answer.status !== 200) return answer;
      return withText(answer, (text) =>
        text.replaceAll(/"publisher":\{[^}]*\}/g, '"publisher":{"kind":"GitHub"}'),
      );
    },
    done: [`provenance of ${victim.name} names no repository any more`, "/details/sha256/ answers 404"],
  }),
};

export const swapMetadata: Break = {
  name: "swap-metadata",
  does: "the mirror serves a .metadata that asks for one more package, which the attacker published, and the page gives its digest",
  lines: ({ victim }) => [
    ...withoutUs(victim, `installs ${ACCOMPLICE} beside ${victim.name}`),
    ...withUs(
      victim,
      `refused, or installed without ${ACCOMPLICE}: what the metadata must be, the ledger records`,
    ),
  ],
  begin: async (scene) => {
    await publishAccomplice(scene);
    const { victim } = scene;
    const wheel = wheelOf(victim);
    const metadata = new TextEncoder().encode(
      coreMetadata({ ...toyProject(victim.name, victim.version), requires: [ACCOMPLICE] }),
    );
    const after = sha256Hex(metadata);
    const tampering: Tampering = (path, answer) => {
      if (answer.status !== 200) return answer;
      if (path === `/simple/${victim.name}/`)
        return withText(answer, (text) => withMetadataDigest(text, wheel, after));
      return path.endsWith(`/${basename(wheel)}.metadata`) ? withBody(answer, metadata) : answer;
    };
    return { tampering, done: [`${basename(wheel)}.metadata now says: Requires-Dist: ${ACCOMPLICE}`] };
  },
};

const ACCOMPLICE = "useful-helper";

/** pip and uv as they are. */
export function withoutUs(victim: SampleProject, sees: string): readonly TryLine[] {
  const wanted = `${victim.name}==${victim.version}`;
  return [
    { command: `fresh; pip install ${wanted}`, sees },
    { command: `fresh; uv pip install ${wanted}`, sees: "the same" },
  ];
}

/** The same pip and uv, driven. */
export function withUs(victim: SampleProject, sees: string): readonly TryLine[] {
  const wanted = `${victim.name}==${victim.version}`;
  return [
    { command: `fresh; countermark install ${wanted}`, sees },
    { command: `fresh; countermark run -- uv pip install ${wanted}`, sees: "the same" },
  ];
}

/** A wheel of the victim's name, version and METADATA that brings a module of the attacker's. */
export async function evilWheel({ world, victim }: Scene): Promise<BuiltFile> {
  const wheel = wheelOf(victim);
  const digest = fileDigest(wheel);
  const metadata = await readTrue(
    world,
    `/files/${digest.slice(0, 2)}/${digest}/${basename(wheel)}.metadata`,
  );
  const file = buildWheel({ ...evilProject(victim.name, victim.version), metadata });
  return { ...file, filename: basename(wheel) };
}

export function evilProject(name: string, version: string): ToyProject {
  const toy = toyProject(name, version);
  return { ...toy, modules: { ...toy.modules, [`${TROJAN}.py`]: '"""Never reviewed by anybody."""\n' } };
}

/** Shows `evil` wherever the victim's true wheel is named or served. */
export function swapWheel(victim: SampleProject, evil: BuiltFile): Tampering {
  const before = fileDigest(wheelOf(victim));
  return (path, answer) => {
    if (answer.status !== 200) return answer;
    if (path === `/simple/${victim.name}/`) {
      // The file's URL stays: it is the middleman's to answer.
      return withText(answer, (text) =>
        text.replaceAll(`"sha256":"${before}"`, `"sha256":"${sha256Hex(evil.bytes)}"`),
      );
    }
    return path.startsWith("/files/") && path.endsWith(`/${evil.filename}`)
      ? withBody(answer, evil.bytes)
      : answer;
  };
}

/** The page in which the metadata of `wheel` has another digest. */
function withMetadataDigest(page: string, wheel: string, digest: string): string {
  // Our own index's page, parsed only to be changed.
  const parsed = JSON.parse(page) as { files: Record<string, unknown>[] };
  const files = parsed.files.map((file) =>
    file["filename"] === basename(wheel)
      ? { ...file, "core-metadata": { sha256: digest }, "dist-info-metadata": { sha256: digest } }
      : file,
  );
  return JSON.stringify({ ...parsed, files });
}

function isProvenance(path: string, victim: SampleProject): boolean {
  return path.startsWith(`/integrity/${victim.name}/`);
}

/** The attacker's own project, published as anybody may. */
async function publishAccomplice({ world }: Scene): Promise<void> {
  const page = await fetch(`${world.indexUrl}/simple/${ACCOMPLICE}/`);
  if (page.ok) return;
  const { token } = await world.createAccount("attacker");
  await uploadAs(
    token,
    buildWheel(evilProject(ACCOMPLICE, "1.0.0")),
    { name: ACCOMPLICE, version: "1.0.0" },
    world,
  );
}

/** Uploads with an API token, without an attestation. Throws unless the index takes it. */
export async function uploadAs(
  token: string,
  file: BuiltFile,
  of: { readonly name: string; readonly version: string },
  world: ProcessWorld,
): Promise<void> {
  const form = { file, ...of, attestations: null, fields: { requires_python: ">=3.8" } };
  const answer = await postUpload(fetch, world.indexUrl, token, form);
  if (!answer.ok) throw new Error(`POST /legacy/: ${answer.status} ${await answer.text()}`);
}
