// SPDX-License-Identifier: Apache-2.0
import {
  type Bytes,
  encodeBase64,
  encodePem,
  parseJsonObject,
  parsePemBlock,
  utf8,
} from "@countermark/formats";
import type { PrivateKey } from "@countermark/log";
import type { AmbientToken } from "../ci/ambient.ts";
import { ClientError } from "../failure.ts";
import { describeAnswer, exchange } from "../fetch/exchange.ts";
import type { Fetch } from "../world.ts";

const ANSWER_BYTES_MAX = 262_144;
const CHAIN_MAX = 10;
const PEM_CHARS_MAX = 32_768;

/** What the token's holder must sign: the e-mail address where the token has one, else the subject. */
function challengeOf(ambient: AmbientToken): string {
  const { claims, subject } = ambient.token;
  return claims.has("email") ? claims.text("email", { charsMax: 1_024 }) : subject;
}

/**
 * Asks a certificate authority for a certificate of `key` on the strength of `ambient`. Returns the leaf in DER; that it is
 * what was asked for is checked with everything else when the attestation is verified.
 *
 * @throws ClientError `authority-refused`, `unreachable`; ParseError
 * @spec sigstore/fulcio fulcio.proto#CreateSigningCertificate
 */
export async function requestCertificate(
  fetch: Fetch,
  certificateUrl: string,
  ambient: AmbientToken,
  key: PrivateKey,
): Promise<Bytes> {
  const proof = key.sign(utf8(challengeOf(ambient)));
  const body = {
    credentials: { oidcIdentityToken: ambient.text },
    publicKeyRequest: {
      publicKey: { algorithm: "ECDSA", content: encodePem("PUBLIC KEY", key.publicSpki) },
      proofOfPossession: encodeBase64(proof),
    },
  };
  const answer = await exchange(fetch, {
    method: "POST",
    url: `${certificateUrl}/api/v2/signingCert`,
    headers: {
      "content-type": "application/json",
      accept: "application/json",
      authorization: `Bearer ${ambient.text}`,
    },
    body: JSON.stringify(body),
    bytesMax: ANSWER_BYTES_MAX,
  });
  if (answer.status !== 200 && answer.status !== 201) {
    throw new ClientError("authority-refused", `Cannot get a certificate: ${describeAnswer(answer)}`);
  }
  return parseLeaf(answer.body);
}

function parseLeaf(bytes: Uint8Array): Bytes {
  const what = "certificate answer";
  const answer = parseJsonObject(bytes, { bytesMax: ANSWER_BYTES_MAX, depthMax: 8 }, what);
  // Only the form with the SCT inside the certificate: attestations have no place for a detached one.
  const chain = answer.object("signedCertificateEmbeddedSct").object("chain");
  const [leaf] = chain.texts("certificates", { itemsMax: CHAIN_MAX, charsMax: PEM_CHARS_MAX });
  if (leaf === undefined)
    throw new ClientError("authority-refused", "Cannot get a certificate: the chain is empty");
  return parsePemBlock(`${leaf.trimEnd()}\n`, "CERTIFICATE", what);
}
