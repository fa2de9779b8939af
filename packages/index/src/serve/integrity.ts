// SPDX-License-Identifier: Apache-2.0
import {
  type Attestation,
  type Digest,
  encodeProvenance,
  type JsonInput,
  type ProvenancePublisher,
  type PublisherRecord,
  parseAttestation,
} from "@countermark/formats";
import { IndexRefusal } from "../failure.ts";
import type { Blobs } from "../store/blobs.ts";
import type { PublisherOpening } from "../trust/publishers.ts";
import { chooseOffer, type Offer } from "./negotiate.ts";
import { PAGE, serveBytes } from "./respond.ts";
import type { ShownFile, ShownProject } from "./shown-project.ts";

const OFFERS: readonly Offer[] = [
  { type: "application/vnd.pypi.integrity.v1+json", also: [] },
  { type: "application/json", also: [] },
];

export interface IntegrityPorts {
  readonly blobs: Blobs;
  findPublisher(id: Digest): Promise<PublisherOpening | null>;
}

/**
 * The PEP 740 provenance of a file: its attestations as they were uploaded, by publisher.
 *
 * @throws IndexRefusal `not-found`, `not-acceptable`
 * @spec warehouse/integrity
 */
export async function serveProvenance(
  request: Request,
  project: ShownProject | null,
  path: { readonly version: string; readonly filename: string },
  ports: IntegrityPorts,
): Promise<Response> {
  const offer = chooseOffer(request.headers.get("accept"), OFFERS);
  if (offer === null) throw new IndexRefusal("not-acceptable", "Request not acceptable");
  const file = project?.files.find(
    (shown) => shown.filename === path.filename && shown.version === path.version,
  );
  if (file === undefined || file.record.attestations.length === 0) {
    throw new IndexRefusal("not-found", `No provenance available for ${path.filename}`);
  }
  const bytes = await renderProvenance(file, ports);
  return serveBytes(request, { type: offer.type, bytes, cacheControl: PAGE, vary: "Accept" });
}

async function renderProvenance(file: ShownFile, ports: IntegrityPorts): Promise<Uint8Array> {
  const byPublisher = Map.groupBy(file.record.attestations, ({ publisher }) => publisher);
  const bundles = [];
  for (const [id, attestations] of byPublisher) {
    const opening = await ports.findPublisher(id);
    if (opening === null) throw new IndexRefusal("not-found", `No provenance available for ${file.filename}`);
    const parsed: Attestation[] = [];
    for (const { digest } of attestations) parsed.push(await readAttestation(digest, ports.blobs));
    bundles.push({ publisher: provenancePublisher(opening.record), attestations: parsed });
  }
  return encodeProvenance({ bundles });
}

async function readAttestation(digest: Digest, blobs: Blobs): Promise<Attestation> {
  const bytes = await blobs.read(digest);
  if (bytes === null) throw new IndexRefusal("not-found", "An attestation of the file is not there.");
  return parseAttestation(bytes);
}

/** How each provider is called where PEP 740 has a word for it, and under which key its project is. */
const KINDS: Readonly<Record<string, { readonly kind: string; readonly member: string }>> = {
  github: { kind: "GitHub", member: "repository" },
  gitlab: { kind: "GitLab", member: "repository" },
  google: { kind: "Google", member: "email" },
};

/**
 * The publisher object that old verifiers read, with issuer and ids beside it: they ignore members they do not know,
 * and refuse kinds they do not know.
 */
export function provenancePublisher(record: PublisherRecord): ProvenancePublisher {
  const { kind, member } = KINDS[record.provider] ?? { kind: record.provider, member: "repository" };
  const { workflow } = record;
  const json: JsonInput = {
    kind,
    claims: null,
    environment: record.environment,
    issuer: record.issuer,
    owner: record.owner,
    owner_id: record.ownerId,
    repository_id: record.projectId,
    called_workflow: record.calledWorkflow,
    [member]: member === "email" ? record.subject : record.project,
    // GitHub's publishers are known by the file's name; GitLab's by its path, under another key.
    ...(workflow === null
      ? {}
      : { workflow: workflow.replace(/^\.github\/workflows\//, ""), workflow_filepath: workflow }),
  };
  return { kind, json };
}
