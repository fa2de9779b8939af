// SPDX-License-Identifier: Apache-2.0
import { normalizeProjectName } from "@countermark/formats";
import type { Journal } from "../proxy/journal.ts";
import { type ArchiveState, readArchives, reconcileArchives } from "./archives.ts";
import { type EnvironmentState, readEnvironment, readInstalled } from "./environment.ts";
import { reconcileLock } from "./locked.ts";
import { findPlace, type Place, type Setting } from "./places.ts";
import { type Reconciliation, reconcile } from "./reconcile.ts";

/** What was where a command will put things, before it did. */
export type Before = { readonly environment: EnvironmentState; readonly archives: ArchiveState };

const NOTHING: Before = { environment: new Map(), archives: new Map() };

/** Looks at the places of a command before it is run. */
export async function observeBefore(command: readonly string[], setting: Setting): Promise<Before> {
  const place = await findPlace(command, setting);
  switch (place.kind) {
    case "environments":
      return { ...NOTHING, environment: await readEnvironment(place.folders) };
    case "archives":
      return { ...NOTHING, archives: await readArchives(place.folder) };
    case "lock":
    case "unknown":
      return NOTHING;
  }
}

/** What is installed where a command installs and was not before: normalised name -> its `*.dist-info` folder. */
export async function findInstalled(
  command: readonly string[],
  setting: Setting,
  before: Before,
): Promise<ReadonlyMap<string, string>> {
  const place = await findPlace(command, setting);
  if (place.kind !== "environments") return new Map();
  const items = await readInstalled(before.environment, await readEnvironment(place.folders));
  return new Map(
    items.flatMap(({ name, info }) => (info === null ? [] : [[normalizeProjectName(name), info] as const])),
  );
}

/**
 * Compares what a command did with what was verified. The places are looked for again: it may have made them.
 *
 * @returns null where it cannot be seen what it did
 */
export async function observeAfter(
  command: readonly string[],
  setting: Setting,
  before: Before,
  proxy: { readonly journal: Journal; readonly secretUrl: string },
): Promise<Reconciliation | null> {
  const delivered = [...proxy.journal.delivered.values()].map(({ file }) => file);
  const place: Place = await findPlace(command, setting);
  switch (place.kind) {
    case "environments": {
      const installed = await readInstalled(before.environment, await readEnvironment(place.folders));
      return await reconcile(installed, delivered, proxy.secretUrl);
    }
    case "archives":
      return await reconcileArchives(place.folder, before.archives, delivered, proxy.journal.listed);
    case "lock":
      return await reconcileLock(place.path, proxy.journal, setting.env);
    case "unknown":
      return null;
  }
}
