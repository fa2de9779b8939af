// SPDX-License-Identifier: Apache-2.0

/** Why the index says no: code -> HTTP status and meaning. Sorted. */
export const INDEX_CODES = {
  "account-exists": { status: 409, meaning: "An account of that name exists already." },
  "archive-entry-unsafe": {
    status: 400,
    meaning: "A member of the archive would be written outside its folder, or is not a plain file or folder.",
  },
  "archive-expands-too-far": {
    status: 400,
    meaning: "The archive has more members, or expands to more bytes, than is allowed.",
  },
  "archive-layout": {
    status: 400,
    meaning:
      "The archive does not have the one folder, or the files, that its kind of distribution must have.",
  },
  "archive-unreadable": {
    status: 400,
    meaning: "The archive is damaged, or two tools could read two different contents from it.",
  },
  "attestation-identity": {
    status: 400,
    meaning: "The attestation is by another identity, or another run, than the token that uploads the file.",
  },
  "attestation-invalid": { status: 400, meaning: "An attestation of the upload does not verify." },
  "attestation-malformed": {
    status: 400,
    meaning:
      "The field `attestations` is not a list of attestations, or holds none, too many, or two of a kind.",
  },
  "attestation-without-publisher": {
    status: 400,
    meaning: "Attestations come with an upload by a trusted publisher only, not with an API token.",
  },
  "attested-ahead": {
    status: 503,
    meaning:
      "The attestation is from later than the ledger's time: a cosigner's clock is behind, or the timestamp authority's ahead. An identical retry completes it.",
  },
  "config-malformed": { status: 500, meaning: "A configuration file is not what the index expects." },
  "content-missing": { status: 400, meaning: "The upload has no file part `content`, or more than one." },
  "detail-unknown": {
    status: 404,
    meaning: "The project has no such entry with a detail that is still there.",
  },
  "digest-mismatch": {
    status: 400,
    meaning: "A digest in the form is not the digest of the bytes that arrived.",
  },
  "digest-missing": { status: 400, meaning: "The form states no digest of the file." },
  "field-malformed": { status: 400, meaning: "A field of the form does not follow its grammar." },
  "field-missing": { status: 400, meaning: "A required field of the form is absent." },
  "file-exists": { status: 400, meaning: "Another file of that name is, or was, in the project." },
  "file-too-large": { status: 400, meaning: "The file is larger than the index accepts." },
  "file-unknown": {
    status: 404,
    meaning: "The project has no such file, or it is withdrawn, or its name was erased.",
  },
  "filename-malformed": {
    status: 400,
    meaning: "The name of the file is not that of a wheel or of a .tar.gz source distribution.",
  },
  "filename-mismatch": {
    status: 400,
    meaning: "The file's name says another project, version or kind than the form.",
  },
  "filename-not-normal": {
    status: 400,
    meaning: "The file's name does not spell its project, or its version, in the normal form.",
  },
  "form-too-large": { status: 400, meaning: "The form has more fields, or more bytes, than is allowed." },
  "id-token-invalid": { status: 422, meaning: "The identity token does not verify." },
  "id-token-issuer": { status: 422, meaning: "No trusted publisher's issuer has that name." },
  "id-token-malformed": { status: 422, meaning: "The request holds no identity token." },
  "id-token-reused": { status: 422, meaning: "The identity token was exchanged before." },
  "issuer-unavailable": { status: 503, meaning: "The issuer's keys could not be fetched." },
  "management-refused": { status: 403, meaning: "The bearer token may not do this." },
  "metadata-mismatch": {
    status: 400,
    meaning: "The metadata inside the file says another name, version or Python than the form.",
  },
  "metadata-missing": { status: 400, meaning: "The file has no readable core metadata inside." },
  "no-publisher": { status: 422, meaning: "No registered publisher has that identity." },
  "not-acceptable": {
    status: 406,
    meaning: "The index has no form of this resource that the client accepts.",
  },
  "not-found": { status: 404, meaning: "There is no such thing, or not yet under a released head." },
  "not-multipart": { status: 400, meaning: "The upload is not a well-formed multipart/form-data body." },
  "not-released": {
    status: 503,
    meaning: "The change is sealed, and waits for its cosigners. An identical retry completes it.",
  },
  "nothing-staged": { status: 409, meaning: "No file of that release waits to be shown." },
  "opening-missing": {
    status: 400,
    meaning:
      "The configuration names somebody who is neither known to the project nor opened by the request.",
  },
  "passkey-unknown": { status: 404, meaning: "The project has no passkey of that name." },
  "pending-exists": { status: 409, meaning: "That publisher waits for that project already." },
  "pending-publisher-late": {
    status: 422,
    meaning: "The project that a pending publisher was to create exists already.",
  },
  "project-unknown": { status: 404, meaning: "There is no project of that name." },
  "protocol-unsupported": {
    status: 400,
    meaning: "The upload speaks another version of the upload protocol.",
  },
  "range-unsatisfiable": { status: 416, meaning: "The file has no bytes in the range asked for." },
  "request-malformed": { status: 400, meaning: "The request is not what this endpoint takes." },
  "request-too-large": {
    status: 413,
    meaning: "The body of the request is larger than this endpoint takes.",
  },
  "sdist-exists": {
    status: 400,
    meaning: "The release has a source distribution already, under another spelling of its version.",
  },
  "storage-full": { status: 503, meaning: "The index has no space left to write to; nothing was accepted." },
  "token-expired": { status: 403, meaning: "The upload token is past its time." },
  "token-missing": { status: 403, meaning: "The request carries no token, or not in a form that is known." },
  "token-project": { status: 403, meaning: "The token is good, but not for this project." },
  "token-unknown": { status: 403, meaning: "The token is not one of this index." },
  "too-many-pending": { status: 429, meaning: "The account has as many pending publishers as it may." },
  "upload-action-retired": { status: 410, meaning: "That upload action is no more; upload files." },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly meaning: string }>>;

export type IndexCode = keyof typeof INDEX_CODES;

/** The index says no. The message is shown to the client: what was asked, what was found, what was wanted. */
export class IndexRefusal extends Error {
  override readonly name = "IndexRefusal";
  readonly code: IndexCode;
  readonly status: number;

  constructor(code: IndexCode, message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.code = code;
    this.status = INDEX_CODES[code].status;
  }
}

/**
 * The ledger's rules say no: `apply` found the entry void, and nothing was sealed. `code` is the void code of the
 * rules, see `docs/refusals.md`.
 */
export class LedgerRefusal extends Error {
  override readonly name = "LedgerRefusal";
  readonly code: string;
  readonly status = 400;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
