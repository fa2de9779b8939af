// SPDX-License-Identifier: Apache-2.0
// The command line that the conformance suite of Sigstore clients drives. Not for users: it signs with any token it is given.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { encodeBundle, parseBundle, parseIdToken, parseInTotoStatement } from "@countermark/formats";
import { createP256 } from "@countermark/log";
import { ORDINARY_DEMANDS, type SignerDemand } from "@countermark/verify";
import { artifactOfDigest, type LocalArtifact, openArtifact } from "../evidence/artifact.ts";
import { checkBundle } from "../evidence/check-bundle.ts";
import { readSigner } from "../evidence/signer.ts";
import { ClientError, EXIT } from "../failure.ts";
import { describeError } from "../show/describe-error.ts";
import { requestCertificate } from "../sign/request-certificate.ts";
import { signMessageBundle, signStatementBundle } from "../sign/sign-bundle.ts";
import { parseSigningConfig } from "../sign/signing-config.ts";
import { readTrustedRoot } from "../trust/read-trusted-root.ts";
import type { World } from "../world.ts";

/** The public instance's own files, where the environment does not name others. Not part of this project. */
const PUBLIC_FILES = {
  trustedRoot: { variable: "SIGSTORE_TRUSTED_ROOT", path: "trust/trusted_root.json" },
  signingConfig: { variable: "SIGSTORE_SIGNING_CONFIG", path: "trust/signing_config_rekor_v2.v0.2.json" },
} as const;

type ConformanceWorld = Pick<World, "env" | "now" | "stderr" | "createFetch">;
type Values = ReturnType<typeof readArguments>["values"];

/**
 * Runs `sign-bundle` or `verify-bundle`. Returns 0 only when all that was asked for is so; never throws.
 *
 * @spec github.com/sigstore/sigstore-conformance/blob/main/docs/cli_protocol.md
 */
export async function runSigstoreConformance(
  argv: readonly string[],
  world: ConformanceWorld,
): Promise<number> {
  try {
    const { values, command, file } = readArguments(argv);
    if (command === "sign-bundle") await signBundle(file, values, world);
    else await verifyBundleOf(file, values, world);
    return EXIT.ok;
  } catch (error) {
    const { code, exit, message } = describeError(error);
    world.stderr(`${message} [${code}]\n`);
    return exit;
  }
}

function readArguments(argv: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        staging: { type: "boolean" },
        "in-toto": { type: "boolean" },
        "identity-token": { type: "string" },
        bundle: { type: "string" },
        "certificate-identity": { type: "string" },
        "certificate-oidc-issuer": { type: "string" },
        key: { type: "string" },
        "trusted-root": { type: "string" },
        "signing-config": { type: "string" },
      },
    });
    const [command = "", file = "", ...more] = positionals;
    if (!["sign-bundle", "verify-bundle"].includes(command) || file === "" || more.length > 0) {
      throw new ClientError("usage", "Cannot run: wanted sign-bundle or verify-bundle, options and one file");
    }
    return { values, command, file };
  } catch (cause) {
    if (cause instanceof ClientError) throw cause;
    throw new ClientError("usage", cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

async function verifyBundleOf(file: string, values: Values, world: ConformanceWorld): Promise<void> {
  const identity = values["certificate-identity"];
  const issuer = values["certificate-oidc-issuer"];
  const signer = await readSigner({
    ...(identity === undefined ? {} : { certificateIdentity: identity }),
    ...(issuer === undefined ? {} : { certificateOidcIssuer: issuer }),
    ...(values.key === undefined ? {} : { key: values.key }),
  });
  if (signer === null) throw new ClientError("usage", "Cannot verify: nobody says who should have signed");
  // The suite verifies bundles of every version.
  const bundle = parseBundle(await readFile(wanted(values.bundle, "--bundle")), "0.1");
  const artifact = await openArtifact(file);
  await verifyNow(bundle, artifact, signer, publicFile("trustedRoot", values["trusted-root"], values, world));
}

async function signBundle(file: string, values: Values, world: ConformanceWorld): Promise<void> {
  const text = wanted(values["identity-token"], "--identity-token");
  const config = await readFile(publicFile("signingConfig", values["signing-config"], values, world));
  const trustedRoot = publicFile("trustedRoot", values["trusted-root"], values, world);
  const services = parseSigningConfig(config, world.now());
  const fetch = world.createFetch({ ca: null, env: world.env, idleSeconds: 60 });
  const key = createP256();
  const ambient = { text, token: parseIdToken(text) };
  const certificate = await requestCertificate(fetch, services.certificateUrl, ambient, key);
  const signer = { key, certificate, services };
  const bytes = new Uint8Array(await readFile(file));
  const isStatement = values["in-toto"] === true;
  const bundle = isStatement
    ? await signStatementBundle(bytes, signer, fetch)
    : await signMessageBundle(bytes, signer, fetch);
  const artifact = isStatement ? artifactOfDigest(subjectOf(bytes)) : await openArtifact(file);
  await verifyNow(bundle, artifact, { kind: "any-identity" }, trustedRoot);
  await writeFile(wanted(values.bundle, "--bundle"), encodeBundle(bundle));
}

async function verifyNow(
  bundle: Parameters<typeof checkBundle>[0],
  artifact: LocalArtifact,
  signer: SignerDemand,
  trustedRoot: string,
): Promise<void> {
  const { root } = await readTrustedRoot(trustedRoot);
  await checkBundle(bundle, artifact, { ...ORDINARY_DEMANDS, signer }, root);
}

function subjectOf(statement: Uint8Array): Uint8Array {
  const [subject] = parseInTotoStatement(statement).subjects;
  if (subject?.digest?.algorithm !== "sha256") {
    throw new ClientError("usage", "Cannot sign the statement: it has no subject with a SHA-256");
  }
  return subject.digest.digest;
}

/** The named file; else the public instance's, as far as it is on this machine. @throws ClientError `no-trust` */
function publicFile(
  which: keyof typeof PUBLIC_FILES,
  named: string | undefined,
  values: Values,
  world: ConformanceWorld,
): string {
  if (named !== undefined) return named;
  const { variable, path } = PUBLIC_FILES[which];
  const set = world.env[variable];
  if (set) return set;
  const folder = world.env["CONFORMANCE_DIR"];
  if (values.staging === true || !folder) {
    throw new ClientError(
      "no-trust",
      `Cannot find the instance's own file: name it with ${variable}, or CONFORMANCE_DIR with ${path} in it (never for --staging)`,
    );
  }
  return join(folder, path);
}

function wanted(value: string | undefined, option: string): string {
  if (value === undefined) throw new ClientError("usage", `Cannot run without ${option}`);
  return value;
}
