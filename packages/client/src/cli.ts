// SPDX-License-Identifier: Apache-2.0
import { Command, CommanderError, Option } from "commander";
import { EXIT } from "./failure.ts";
import { type CommonOptions, readSettings } from "./settings.ts";
import { describeError } from "./show/describe-error.ts";
import { createOutput } from "./show/output.ts";
import type { CommandContext, World } from "./world.ts";

const VERSION = "0.1.0";

type CommonName = "trust" | "index" | "authority" | "ca" | "lock";

const COMMON: Readonly<Record<CommonName, readonly [flags: string, description: string]>> = {
  trust: ["--trust <file#sha256=hex>", "trust description, pinned by its SHA-256 (COUNTERMARK_TRUST)"],
  index: [
    "--index <url>",
    "base URL of the index, perhaps with credentials; those of a netrc file are used too (COUNTERMARK_INDEX)",
  ],
  authority: [
    "--authority <url|file>",
    "signing_config.json, or the URL of an authority that serves it (COUNTERMARK_SIGNING_CONFIG)",
  ],
  ca: [
    "--ca <file>",
    "PEM of certificates that may vouch for the servers, beside the system's and those of PIP_CERT, REQUESTS_CA_BUNDLE, SSL_CERT_FILE and CURL_CA_BUNDLE (COUNTERMARK_CA)",
  ],
  lock: ["--lock <file>", "the identity lock (COUNTERMARK_LOCK; countermark.lock)"],
};

/** With --trust: the trust description as a target of a TUF repository. */
const TRUST_REPOSITORY: readonly (readonly [flags: string, description: string])[] = [
  ["--trust-repository <url>", "TUF repository with the trust description (COUNTERMARK_TRUST_REPOSITORY)"],
  [
    "--trust-root <file#sha256=hex>",
    "the root.json to begin with, pinned by its SHA-256 (COUNTERMARK_TRUST_ROOT)",
  ],
  [
    "--trust-offline <days>",
    "fetch nothing of it, and take what is cached if it expired at most so many days ago (COUNTERMARK_TRUST_OFFLINE)",
  ],
];

/** What commander hands to a command: its arguments, and its own options by their camel-case names. */
type Options = CommonOptions & Readonly<Record<string, unknown>>;
type Run = (context: CommandContext, args: readonly string[], options: Options) => Promise<number>;

type CommandRow = {
  readonly name: string;
  readonly argument: string | null;
  readonly summary: string;
  readonly common: readonly CommonName[];
  /** The options of a TUF repository, for who takes a Sigstore root alone from it. */
  readonly trustRepository?: true;
  readonly options?: readonly (readonly [flags: string, description: string])[];
  readonly examples: readonly string[];
  /** Said after the options, before the examples. */
  readonly notes?: string;
  /** The first argument ends our options: the rest belongs to the tool that is driven. */
  readonly passThrough?: true;
  /** Loaded when the command is run, so that `--help` is quick. */
  readonly load: () => Promise<Run>;
};

const PROXY_OPTIONS = [
  [
    "--timeout <seconds>",
    "how long the index may be silent, and one page of it take; a file as long again as its size allows (COUNTERMARK_TIMEOUT; 60)",
  ],
  [
    "--accept-change <project>",
    "accept that this project's files come from another identity now; may be repeated",
  ],
  ["--report <file>", "write what was verified, as JSON"],
] as const;

const DRIVE_OPTIONS = [
  [
    "--isolate",
    "give the tool a network in which only the proxy is there (Linux, where the system lets a user make one)",
  ],
  ...PROXY_OPTIONS,
] as const;

const DRIVE_NOTES = `
The tool's only index is the proxy. Its configuration files, its PIP_ and UV_ variables and its caches are switched off; an index that an
argument, a requirements file or a project names is refused, with file and line. What is named to come from elsewhere one by one (a URL, a
repository, a folder) is said before. Other traffic goes to the proxy, which refuses it, as far as the tool honours proxies.
The last line is always the coverage: "41 installed: 38 verified, 2 from git, 1 editable". Nothing verified is a failure.`;

const VERIFY_OPTIONS = [
  ["--bundle <file>", "a Sigstore bundle; may be repeated"],
  ["--attestation <file>", "a PEP 740 attestation; may be repeated"],
  ["--provenance <file>", "a PEP 740 provenance object"],
  [
    "--receipt <file>",
    "the ledger's receipt; without any of these four, what lies beside the file is found by itself",
  ],
  ["--index <url>", "fetch the provenance object from this index"],
  [
    "--trusted-root <file#sha256=hex>",
    "Sigstore trusted root; enough without --trust where there is no receipt (COUNTERMARK_TRUSTED_ROOT)",
  ],
  ["--certificate-identity <name>", "who must have signed: the certificate's name, exactly"],
  ["--certificate-oidc-issuer <url>", "and who vouched for the name, exactly"],
  ["--key <pem>", "the public key that must have signed a bundle"],
  ["--any-identity", "accept whoever signed"],
  ["--bundle-version-floor <version>", "the oldest bundle version to accept: 0.1, 0.2 (the default) or 0.3"],
  ["--cosigners <policy>", "a C2SP tlog-policy that the signature log's trees must meet"],
  ["--explain", "say every step, what it found and where the specification has it"],
] as const;

const CHECK_OPTIONS = [
  [
    "--trusted-root <file#sha256=hex>",
    "Sigstore trusted root; else a target of --trust-repository, or the one in the configuration folder (COUNTERMARK_TRUSTED_ROOT)",
  ],
  [
    "--simple-index <url>",
    "simple API that a lock may name; the first is meant where it names none (https://pypi.org/simple); may be repeated",
  ],
  ["--mirror <index=url>", "ask this mirror instead of that index; may be repeated"],
  [
    "--accept-change <project>",
    "accept that this project's files come from another identity or index now; may be repeated",
  ],
  ["--locked", "refuse projects of which nothing is remembered, and write nothing down: for CI"],
  ["--no-downgrade", "refuse a file without an attestation where its version or the ones before have one"],
  ["--write", "write attestation-identities into the pylock.toml, where there are none"],
  ["--offline", "fetch nothing: by what was kept, if it is no older than --max-age (7d)"],
  [
    "--max-age <age>",
    "take pages that were kept and are no older, as in 90s, 15m, 12h or 7d (online: every page is asked for again)",
  ],
] as const;

const COMMANDS: readonly CommandRow[] = [
  {
    name: "publish",
    argument: "<files...>",
    summary: "attest files with this CI job's identity and upload them",
    common: ["trust", "index", "authority", "ca"],
    options: [
      ["--print-receipt", "print each receipt (C2SP tlog-proof)"],
      ["--receipts <folder>", "write each receipt as <file>.tlog-proof into this folder"],
    ],
    examples: ["countermark publish dist/*", "countermark publish --receipts receipts/ dist/*.whl"],
    load: async () => (await import("./commands/publish.ts")).publishCommand,
  },
  {
    name: "release",
    argument: "<project-and-version...>",
    summary: "show the staged files of a release, with the token of an account (COUNTERMARK_TOKEN)",
    common: ["index", "ca"],
    options: [["--close", "close the release instead: it takes no more files, for ever"]],
    examples: ["countermark release sampleproject 1.0.0", "countermark release --close sampleproject 1.0.0"],
    load: async () => (await import("./commands/release.ts")).releaseCommand,
  },
  {
    name: "sign",
    argument: "<files...>",
    summary: "write <file>.publish.attestation beside each file",
    common: ["trust", "authority", "ca"],
    examples: ["countermark sign dist/*", "twine upload --attestations dist/*"],
    load: async () => (await import("./commands/sign.ts")).signCommand,
  },
  {
    name: "exchange-token",
    argument: null,
    summary: "exchange this CI job's identity for a short-lived upload token and print it",
    common: ["index", "ca"],
    examples: ['TWINE_USERNAME=__token__ TWINE_PASSWORD="$(countermark exchange-token)" twine upload dist/*'],
    load: async () => (await import("./commands/exchange-token.ts")).exchangeTokenCommand,
  },
  {
    name: "verify",
    argument: "<file|sha256:hex|url>",
    summary:
      "check a file against its Sigstore bundle, PEP 740 attestations or provenance, and receipt; offline unless --index or a URL is named",
    common: ["trust", "ca"],
    options: VERIFY_OPTIONS,
    examples: [
      "countermark verify FILE --trusted-root trusted_root.json --bundle FILE.sigstore.json \\\n" +
        "      --certificate-identity https://github.com/o/r/.github/workflows/release.yml@refs/tags/v1 \\\n" +
        "      --certificate-oidc-issuer https://token.actions.githubusercontent.com",
      "countermark verify FILE.publish.attestation --trusted-root trusted_root.json --any-identity --explain",
      "countermark verify FILE --receipt FILE.tlog-proof --provenance FILE.provenance",
      "countermark verify FILE --index https://index.example --any-identity",
    ],
    load: async () => (await import("./commands/verify.ts")).verifyCommand,
  },
  {
    name: "install",
    argument: "<args...>",
    summary: "drive unmodified pip through the verifying proxy",
    common: ["trust", "index", "ca", "lock"],
    options: [
      [
        "--python <path>",
        "the interpreter whose pip is driven; before 22.2, what is there is compared instead of a report (python3)",
      ],
      ...DRIVE_OPTIONS,
    ],
    notes: DRIVE_NOTES,
    examples: ["countermark install requests", "countermark install --target ./site requests"],
    passThrough: true,
    load: async () => (await import("./commands/install.ts")).installCommand,
  },
  {
    name: "run",
    argument: "<command...>",
    summary: "run uv, pip or another tool behind the verifying proxy",
    common: ["trust", "index", "ca", "lock"],
    options: DRIVE_OPTIONS,
    notes: DRIVE_NOTES,
    examples: ["countermark run -- uv pip install requests", "countermark run -- uv lock"],
    passThrough: true,
    load: async () => (await import("./commands/run.ts")).runCommand,
  },
  {
    name: "proxy",
    argument: null,
    summary: "serve the verifying proxy until stopped, and print its URL",
    common: ["trust", "index", "ca", "lock"],
    options: PROXY_OPTIONS,
    examples: ["countermark proxy"],
    load: async () => (await import("./commands/proxy.ts")).proxyCommand,
  },
  {
    name: "check",
    argument: "<lock|project>",
    summary:
      "check a uv.lock, pylock.toml, poetry.lock, pdm.lock or requirements.txt, or a PROJECT[==VERSION], against an index of today",
    common: ["ca", "lock"],
    trustRepository: true,
    options: CHECK_OPTIONS,
    examples: [
      "countermark check uv.lock --trusted-root trusted_root.json",
      "countermark check pylock.toml --write",
      "countermark check requirements.txt --locked --no-downgrade",
      "countermark check sampleproject==4.0.0",
    ],
    load: async () => (await import("./commands/check.ts")).checkCommand,
  },
  {
    name: "check-mine",
    argument: "<files...>",
    summary: "check that the index hosts exactly these files in their releases",
    common: ["trust", "index", "ca"],
    examples: ["countermark check-mine dist/*"],
    load: async () => (await import("./commands/check-mine.ts")).checkMineCommand,
  },
  {
    name: "audit",
    argument: null,
    summary: "replay the whole ledger: every entry legal, every attestation valid, the state as cosigned",
    common: ["trust", "index", "ca"],
    options: [
      [
        "--evidence-token <file>",
        "an auditor's token: also the evidence of withdrawn files (COUNTERMARK_AUDIT_TOKEN)",
      ],
    ],
    examples: ["countermark audit", "countermark audit --evidence-token audit.token"],
    load: async () => (await import("./commands/audit.ts")).auditCommand,
  },
  {
    name: "ceremony",
    argument: "<step...>",
    summary:
      "key, show, sign, join: what whoever holds an offline root key of an index does, without any network",
    common: [],
    options: [
      ["--key <file>", "the root key that signs, a PEM file"],
      ["--out <file>", "where the signature, or the signed draft, is written"],
    ],
    examples: [
      "countermark ceremony key root-a.pem",
      "countermark ceremony sign draft.json --key root-a.pem",
      "countermark ceremony join draft.json draft.json.*.sig --out signed.json",
    ],
    load: async () => (await import("./commands/ceremony.ts")).ceremonyCommand,
  },
  {
    name: "inspect",
    argument: "<file>",
    summary: "show in words what a receipt, attestation, provenance or bundle says, without verifying it",
    common: [],
    examples: ["countermark inspect sampleproject-4.0.0.tar.gz.publish.attestation"],
    load: async () => (await import("./commands/inspect.ts")).inspectCommand,
  },
];

/** Runs the command that `argv` (without interpreter and script) asks for. Returns the exit status; never throws. */
export async function runCli(argv: readonly string[], world: World): Promise<number> {
  let exit: number = EXIT.ok;
  const program = createProgram(world, async (row, args, options) => {
    const out = createOutput(world, options.json === true);
    try {
      const run = await row.load();
      exit = await run({ world, settings: readSettings(options, world.env), out }, args, options);
    } catch (error) {
      exit = showError(error, out, world);
    }
  });
  try {
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    exit = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  return exit;
}

function createProgram(
  world: World,
  act: (row: CommandRow, args: readonly string[], options: Options) => Promise<void>,
): Command {
  const program = new Command("countermark")
    .description("Who published it, and the same file for everyone.")
    .version(VERSION)
    .option("--json", "print the result as one JSON document")
    .enablePositionalOptions()
    .showHelpAfterError("(run with --help for the options)")
    .exitOverride()
    .configureOutput({ writeOut: world.stdout, writeErr: world.stderr })
    .addHelpText("after", EXIT_HELP);
  for (const [flags, description] of Object.values(COMMON)) program.option(flags, description);
  for (const [flags, description] of TRUST_REPOSITORY) program.option(flags, description);
  for (const row of COMMANDS) addCommand(program, row, act);
  return program;
}

const EXIT_HELP = `
Exit status: 0 done; 1 refused by verification or policy; 2 wrong usage; 3 a server is unavailable; 4 malformed input; 5 a fault of this program.
An attestation says where a file comes from. It does not say that the file is safe.`;

function addCommand(
  program: Command,
  row: CommandRow,
  act: (row: CommandRow, args: readonly string[], options: Options) => Promise<void>,
): void {
  const command = program.command(row.name).description(row.summary);
  if (row.argument !== null) command.argument(row.argument);
  for (const name of row.common) command.option(...COMMON[name]);
  const hasRepository = row.common.includes("trust") || row.trustRepository === true;
  for (const [flags, description] of hasRepository ? TRUST_REPOSITORY : []) {
    command.option(flags, description);
  }
  for (const [flags, description] of row.options ?? []) command.addOption(option(flags, description));
  command.option("--json", "print the result as one JSON document");
  if (row.passThrough) command.passThroughOptions().allowUnknownOption();
  if (row.notes !== undefined) command.addHelpText("after", row.notes);
  command.addHelpText("after", `\nExamples:\n${row.examples.map((line) => `  $ ${line}`).join("\n")}`);
  command.action(async () => {
    // An option after the command's name beats the same option before it.
    await act(row, command.args, { ...program.opts(), ...command.opts() });
  });
}

/** An option; one whose description says so may be given several times and is then a list. */
function option(flags: string, description: string): Option {
  const made = new Option(flags, description);
  if (description.includes("may be repeated")) {
    made.argParser((value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value]);
  }
  return made;
}

function showError(error: unknown, out: ReturnType<typeof createOutput>, world: World): number {
  const { code, exit, message } = describeError(error);
  out.progress(`${out.paint("bad", "countermark:")} ${message} [${code}]`);
  if (code === "internal" && error instanceof Error && world.env["COUNTERMARK_DEBUG"] === "1") {
    for (const line of (error.stack ?? "").split("\n")) out.progress(line);
  }
  out.result({ error: { code, message } });
  return exit;
}
