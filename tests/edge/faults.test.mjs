// Origins fail at random, by a seed, under load. While one healthy origin is left, no repeatable
// request fails, shares are the policy's, an origin that is seen down gets nothing, and the store is
// written within its budget.
//
// One minute by default; GOMUJUL_FAULT_MINUTES=10 is the long variant, GOMUJUL_FAULT_SEED replays.

import assert from "node:assert/strict";
import http from "node:http";
import { after, before, test } from "node:test";
import { send, sleep, until } from "./client.mjs";
import { startOrigins } from "./origins.mjs";
import { QUICK, startWorker } from "./worker.mjs";

const MINUTES = Number(process.env.GOMUJUL_FAULT_MINUTES ?? 1);
const SEED = Number(process.env.GOMUJUL_FAULT_SEED ?? (Date.now() % 1_000_000) + 1);
let origins;

before(async () => {
  origins = await startOrigins("a", "b", "c", "d");
});
after(() => origins?.stop());

/** Faults that the probes see, */
const SEEN = [{ down: true }, { reset: true }, { hang: true }, { health: "fail" }];
/** and those that they do not. */
const UNSEEN = [{ delay_ms: 80 }, { status: 503 }, { reset_body: true }];
const WELL = {
  down: false,
  reset: false,
  hang: false,
  health: "ok",
  delay_ms: 0,
  status: "none",
  reset_body: false,
};

test(`origins fail at random for ${MINUTES} minutes, seed ${SEED}`, async (t) => {
  let state = SEED;
  const random = (n) => (state = (state * 48_271) % 2_147_483_647) % n;
  const config = {
    ...QUICK,
    origins: origins.configuration,
    // Far beyond what a busy machine delays an answer: the last origin is not to be blamed for that.
    timeouts: { first_byte_ms: 1_000 },
    retry: { max_tries: 4, min_retries_per_s: 100, statuses: "500-599" },
    health_check: { ...QUICK.health_check, unhealthy_threshold: 1, healthy_threshold: 1 },
  };
  const edge = await startWorker({ config });
  t.after(() => edge.stop());
  await edge.runCron();

  let running = true;
  let sent = 0;
  const failed = [];
  // What breaks off after its head has gone to the client can only break off there too.
  let breaks = false;
  let broken = 0;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  const client = async () => {
    while (running) {
      sent++;
      const mayBreak = breaks;
      const answer = await send(`${edge.url}/load`, { agent }).catch((error) => ({ error }));
      if (answer.error !== undefined && (mayBreak || breaks)) broken++;
      else if (answer.status !== 200) failed.push(`${answer.error ?? answer.status} ${answer.text ?? ""}`);
    }
  };
  const clients = Promise.all(Array.from({ length: 6 }, client));

  // The last origin is never touched, so one healthy origin is always left.
  const mortal = origins.all.slice(0, 3);
  const end = Date.now() + MINUTES * 60_000;
  let writes = 0;
  let faults = 0;
  let last;
  const deck = [];
  while (Date.now() < end) {
    const origin = mortal[random(3)];
    // Every kind once before any comes again.
    if (deck.length === 0) deck.push(...SEEN, ...UNSEEN);
    const [fault] = deck.splice(random(deck.length), 1);
    breaks = fault.reset_body === true;
    const brokenBefore = broken;
    await origin.set(fault);
    faults++;
    await sleep(300 + random(700));
    // What the cron sees within two probes is in the store, and then isolates send it nothing.
    await edge.runCron();
    const now = await edge.kv.get("health");
    if (now !== last) writes++;
    last = now;
    await sleep(1_200);
    if (breaks) assert.ok(broken > brokenBefore, `${origin.name} breaks answers off and nobody hears of it`);
    if (SEEN.includes(fault)) {
      // Seen down by the cron, it is to be known to the isolate within its refresh time of a second and
      // what a busy machine adds.
      await until(`${origin.name} is known to be down`, async () => {
        const { origins } = await edge.status();
        return origins.find(({ id }) => id === origin.name).checked?.health === "unhealthy";
      }, 5_000);
      await sleep(500);
      const before = (await origin.state()).counters.requests;
      await sleep(400);
      const since = (await origin.state()).counters.requests - before;
      assert.ok(since === 0, `${origin.name} got ${since} requests while ${JSON.stringify(fault)}`);
    }
    await origin.set(WELL);
    breaks = false;
    await edge.runCron();
    await sleep(1_200);
    await edge.status();
  }
  running = false;
  await clients;
  agent.destroy();
  t.diagnostic(`${sent} requests, ${broken} broken off, ${faults} faults, ${writes} different documents`);
  assert.deepEqual(failed.slice(0, 5), [], `${failed.length} of ${sent} failed, seed ${SEED}`);
  assert.ok(sent > 200, `${sent} requests`);
  assert.ok(writes <= faults * 2 + 1, `${writes} writes for ${faults} faults`);

  // When everybody is back, shares are the policy's again. An isolate believes its own requests for ten
  // seconds and more, so that takes a while.
  await origins.clear();
  await until("every origin gets requests", async () => {
    await edge.runCron();
    // An isolate wakes for requests only.
    await send(`${edge.url}/`);
    const { origins } = await edge.status();
    return origins.every(({ health }) => health === "healthy");
  }, 60_000);
  await origins.clear();
  for (let i = 0; i < 400; i++) await send(`${edge.url}/`);
  const counts = await Promise.all(origins.all.map(async (o) => (await o.state()).counters.requests));
  for (const count of counts) assert.ok(Math.abs(count - 100) <= 5, counts.join(" "));
});

test("a body that breaks off is passed on as an error, and the next request is served", async (t) => {
  const edge = await startWorker({ config: { ...QUICK, origins: origins.configuration } });
  t.after(() => edge.stop());
  await origins.set({ reset_body: true });
  await assert.rejects(send(`${edge.url}/bytes?n=100000`));
  await origins.clear();
  assert.equal((await send(`${edge.url}/`)).status, 200);
});
