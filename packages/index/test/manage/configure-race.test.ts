// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { findProject } from "@countermark/verify";
import { LedgerRefusal } from "../../src/failure.ts";
import { configureProject, type ManagePorts } from "../../src/manage/manage.ts";
import { openServices } from "../../src/services.ts";
import { findOpening } from "../../src/trust/publishers.ts";
import { openWorld, PUBLISHER } from "../support/world.ts";

test("configureProject: a refused request does not take away the publisher that another one seals meanwhile", async (context) => {
  const world = await openWorld(context);
  assert.equal((await world.manage("projects", { project: "toy-box" })).status, 201);
  await world.index.close();
  const services = await openServices(world.options);
  context.after(() => services.close());
  // The first request is refused as late as can be: when the second is sealed, if that does not wait for it.
  const secondSealed = Promise.withResolvers<void>();
  let seals = 0;
  const ports: ManagePorts = {
    ...services.manage,
    async seal(request) {
      seals++;
      if (seals > 1) {
        const sealed = await services.manage.seal(request);
        secondSealed.resolve();
        return sealed;
      }
      await Promise.race([secondSealed.promise, pause(200)]);
      throw new LedgerRefusal("bad-way", "no");
    },
  };
  const request = {
    act: null,
    way: null,
    publishers: [PUBLISHER],
    policy: null,
    reason: null,
    consent: { kind: "none" },
    proposal: null,
  } as const;
  const refused = assert.rejects(configureProject("toy-box", request, ports), LedgerRefusal);
  while (seals === 0) await pause(1);
  await configureProject("toy-box", request, ports);
  await refused;
  const publishers = findProject(services.ledger.state(), services.manage.projectKey("toy-box"))?.current
    .publishers;
  assert.equal(publishers?.length, 1);
  assert.notEqual(await findOpening(services.database, publishers?.[0] ?? ""), null);
});
