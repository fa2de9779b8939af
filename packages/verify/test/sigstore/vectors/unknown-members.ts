// SPDX-License-Identifier: Apache-2.0
import type { JsonInput } from "@countermark/formats";
import type { Changes, Json } from "./json.ts";

/** Of every object in `json` the one change that gives it a member which nobody knows, by the object's place. */
export function unknownMembers(json: Json): readonly (readonly [place: string, changes: Changes])[] {
  return placesOf(json, "").map((place) => [place || "the object itself", { [`${place}/extra`]: 1 }]);
}

/** JSON Pointers of the objects; of several in a list the first stands for all. */
function placesOf(value: JsonInput | undefined, place: string): readonly string[] {
  if (value === null || typeof value !== "object") return [];
  if (Array.isArray(value)) {
    const items: readonly JsonInput[] = value;
    return placesOf(items[0], `${place}/0`);
  }
  return [place, ...Object.entries(value).flatMap(([name, member]) => placesOf(member, `${place}/${name}`))];
}
