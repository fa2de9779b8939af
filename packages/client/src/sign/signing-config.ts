// SPDX-License-Identifier: Apache-2.0
import { readFile } from "node:fs/promises";
import { type JsonObject, ParseError, parseJsonObject } from "@countermark/formats";
import { ClientError } from "../failure.ts";
import { fetchBytes } from "../fetch/exchange.ts";
import { baseUrl } from "../settings.ts";
import type { CommandContext, Fetch } from "../world.ts";

/** The services that one signature needs. `timestampUrl` is whole, the others are base URLs. */
export type SigningServices = {
  readonly certificateUrl: string;
  readonly logUrl: string;
  readonly timestampUrl: string;
};

const SIGNING_CONFIG_BYTES_MAX = 262_144;
const MEDIA_TYPE = "application/vnd.dev.sigstore.signingconfig.v0.2+json";
const SERVICES_MAX = 64;
const URL_CHARS_MAX = 2_048;

/** The services of the authority that the settings name. @throws ClientError `usage`, `http-status`, `unreachable`; ParseError */
export async function readSigningServices(context: CommandContext, fetch: Fetch): Promise<SigningServices> {
  const { authority } = context.settings;
  if (authority === null) {
    throw new ClientError(
      "usage",
      "Cannot choose an authority: name one with --authority URL|FILE or COUNTERMARK_SIGNING_CONFIG",
    );
  }
  return parseSigningConfig(await readConfig(authority, fetch), context.world.now());
}

async function readConfig(authority: string, fetch: Fetch): Promise<Uint8Array> {
  if (!/^https?:\/\//.test(authority)) return await readFile(authority);
  const url = baseUrl(authority, "--authority");
  return await fetchBytes(fetch, {
    url: url.endsWith(".json") ? url : `${url}/signing_config.json`,
    bytesMax: SIGNING_CONFIG_BYTES_MAX,
  });
}

/**
 * Chooses one service of each kind: of the API version that is spoken here, in force at `now`, the newest first.
 *
 * @throws ParseError; `unsupported` when a kind has no such service
 * @spec protobuf-specs/sigstore_trustroot.proto#SigningConfig (v0.2)
 */
export function parseSigningConfig(bytes: Uint8Array, now: number): SigningServices {
  const limits = { bytesMax: SIGNING_CONFIG_BYTES_MAX, depthMax: 8 };
  const config = parseJsonObject(bytes, limits, "signing config");
  config.choice("mediaType", [MEDIA_TYPE]);
  const chosen = {
    certificateUrl: chooseService(config, "caUrls", 1, now),
    logUrl: chooseService(config, "rekorTlogUrls", 2, now),
    timestampUrl: chooseService(config, "tsaUrls", 1, now),
  };
  // Protobuf JSON: unknown fields are those of later versions. @spec protobuf-specs, "ignore unknown fields"
  config.ignoreRest();
  return chosen;
}

function chooseService(config: JsonObject, list: string, apiVersion: number, now: number): string {
  const services = config.objects(list, { itemsMax: SERVICES_MAX }).map(parseService);
  const usable = services
    .filter((service) => service.apiVersion === apiVersion && service.start <= now && now <= service.end)
    .sort((a, b) => b.start - a.start);
  const [newest] = usable;
  if (newest === undefined) {
    throw new ParseError(
      "unsupported",
      `Cannot use signing config: no service in ${list} has API version ${apiVersion} and is in force`,
    );
  }
  return baseUrl(newest.url, `signing config ${list}`);
}

function parseService(service: JsonObject) {
  const validity = service.object("validFor");
  const parsed = {
    url: service.text("url", { charsMax: URL_CHARS_MAX }),
    apiVersion: service.integer("majorApiVersion", { min: 0, max: 100 }),
    start: parseTime(validity, "start"),
    end: validity.has("end") ? parseTime(validity, "end") : Number.POSITIVE_INFINITY,
  };
  validity.ignoreRest();
  service.ignoreRest();
  return parsed;
}

function parseTime(validity: JsonObject, name: string): number {
  const text = validity.text(name, {
    charsMax: 40,
    pattern: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/,
  });
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) {
    throw new ParseError("malformed", `Cannot read signing config: ${JSON.stringify(text)} is not a time`);
  }
  return Math.floor(milliseconds / 1000);
}
