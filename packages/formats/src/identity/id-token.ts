// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { ID_TOKEN_CHARS_MAX, JSON_DEPTH_MAX } from "../limits.ts";
import { parseBase64Url } from "../text/base64.ts";
import { type Bytes, utf8 } from "../text/bytes.ts";
import { type JsonObject, parseJsonObject } from "../text/json.ts";

/** The signature algorithms an ID token may have. RSA with PKCS #1 v1.5 is what CI providers use. @spec rfc7518#3.1 */
export const ID_TOKEN_ALGORITHMS = ["RS256", "ES256", "EdDSA"] as const;

export type IdTokenAlgorithm = (typeof ID_TOKEN_ALGORITHMS)[number];

/** A JSON Web Token as it was received: nothing in it is believed. */
export type IdToken = {
  readonly algorithm: IdTokenAlgorithm;
  /** The header's `kid`. */
  readonly keyId: string;
  readonly issuer: string;
  readonly subject: string;
  /** One or more; a single `aud` text is a list of one. */
  readonly audiences: readonly string[];
  /** `iat`, `exp`, `nbf` in Unix seconds. */
  readonly issuedAt: number;
  readonly expires: number;
  readonly notBefore: number | null;
  /** `jti`. */
  readonly tokenId: string | null;
  /** Every claim, the ones above included. */
  readonly claims: JsonObject;
  /** What the signature is over: the first two parts and the dot between them. */
  readonly signed: Bytes;
  readonly signature: Bytes;
};

const CLAIM_CHARS_MAX = 2_048;
const AUDIENCES_MAX = 16;
/** The last second of the year 9999. */
const TIME_MAX = 253_402_300_799;

/**
 * Reads a token in the compact form: `base64url(header) "." base64url(claims) "." base64url(signature)`.
 *
 * The header needs `alg` and `kid`, and may not have `crit` or `b64`: no extension is understood here. Times are whole
 * seconds. Claims that this format does not name stay in `claims` (rfc7519#4: "all claims that are not understood by
 * implementations MUST be ignored").
 *
 * @throws ParseError `too-large`, `malformed`, `not-base64`, `unsupported` and those of a JSON object
 * @spec rfc7515#7.1
 */
export function parseIdToken(text: string): IdToken {
  if (text.length > ID_TOKEN_CHARS_MAX) {
    throw new ParseError(
      "too-large",
      `Cannot read ID token: ${text.length} characters, at most ${ID_TOKEN_CHARS_MAX}`,
    );
  }
  const [headerPart, claimsPart, signaturePart, ...rest] = text.split(".");
  if (
    headerPart === undefined ||
    claimsPart === undefined ||
    signaturePart === undefined ||
    rest.length > 0
  ) {
    throw new ParseError("malformed", "Cannot read ID token: wanted three parts separated by dots");
  }
  const header = parseHeader(readPart(headerPart, "ID token header"));
  const claims = readPart(claimsPart, "ID token claims");
  return {
    ...header,
    ...parseRegisteredClaims(claims),
    claims,
    signed: utf8(`${headerPart}.${claimsPart}`),
    signature: readBytes(signaturePart, "ID token signature"),
  };
}

function parseHeader(header: JsonObject): Pick<IdToken, "algorithm" | "keyId"> {
  for (const name of ["crit", "b64"]) {
    if (header.has(name)) {
      throw new ParseError(
        "unsupported",
        `Cannot read ID token: the header parameter "${name}" is not accepted`,
      );
    }
  }
  if (header.has("typ")) header.choice("typ", ["JWT"]);
  const algorithm = header.choice("alg", ID_TOKEN_ALGORITHMS);
  const keyId = readFilled(header, "kid");
  // rfc7515#4: parameters that are not understood are ignored, unless "crit" names them.
  header.ignoreRest();
  return { algorithm, keyId };
}

function parseRegisteredClaims(
  claims: JsonObject,
): Omit<IdToken, "algorithm" | "keyId" | "claims" | "signed" | "signature"> {
  const time = { min: 0, max: TIME_MAX };
  return {
    issuer: readFilled(claims, "iss"),
    subject: readFilled(claims, "sub"),
    audiences: readAudiences(claims),
    issuedAt: claims.integer("iat", time),
    expires: claims.integer("exp", time),
    notBefore: claims.has("nbf") ? claims.integer("nbf", time) : null,
    tokenId: claims.has("jti") ? readFilled(claims, "jti") : null,
  };
}

function readAudiences(claims: JsonObject): readonly string[] {
  if (typeof claims.value("aud") === "string") return [readFilled(claims, "aud")];
  const audiences = claims.texts("aud", { itemsMax: AUDIENCES_MAX, charsMax: CLAIM_CHARS_MAX });
  if (audiences.length === 0) {
    throw new ParseError("out-of-range", "Cannot read ID token claims.aud: the list is empty");
  }
  return audiences;
}

function readFilled(object: JsonObject, name: string): string {
  return object.text(name, { charsMax: CLAIM_CHARS_MAX, pattern: /^.+$/su });
}

function readPart(part: string, what: string): JsonObject {
  return parseJsonObject(
    readBytes(part, what),
    { bytesMax: ID_TOKEN_CHARS_MAX, depthMax: JSON_DEPTH_MAX },
    what,
  );
}

function readBytes(part: string, what: string): Bytes {
  if (part === "") throw new ParseError("malformed", `Cannot read ${what}: it is empty`);
  try {
    return parseBase64Url(part, what);
  } catch {
    // Said again without the text: a token is a secret, and so is each part of it.
    throw new ParseError("not-base64", `Cannot read ${what}: it is not canonical base64url`);
  }
}
