// A run of the cron lasts most of a minute and probes several times. What people do meanwhile is in
// force from then on, and no later round takes it back.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { send, sleep } from "./client.mjs";
import { startOrigins } from "./origins.mjs";
import { QUICK, startWorker } from "./worker.mjs";

const TOKEN = "a-token-for-tests";
const CHECK = { ...QUICK.health_check, interval_s: 30 };
let origins;

before(async () => {
  origins = await startOrigins("a", "b", "c", "d");
});
after(() => origins?.stop());

async function worker(t, config = {}) {
  const whole = { ...QUICK, origins: origins.configuration, ...config, health_check: CHECK };
  const edge = await startWorker({ config: whole, secrets: { GOMUJUL_TOKEN: TOKEN } });
  t.after(() => edge.stop());
  const headers = { authorization: `Bearer ${TOKEN}` };
  const call = async (method, path, body) => {
    const answer = await send(`${edge.url}/_lb/api/${path}`, { method, headers, body: JSON.stringify(body) });
    assert.equal(answer.status, 200, answer.text);
  };
  const served = async () => {
    const names = new Set();
    for (let i = 0; i < 12; i++) names.add((await send(`${edge.url}/`)).headers["x-origin"]);
    return [...names].sort().join("");
  };
  return { ...edge, whole, call, served };
}

test("rounds of a run", { concurrency: true }, async (t) => {
  const tests = [
    t.test("two of thirty seconds each probe every origin, and keep what is wished between them", async (t) => {
      const edge = await worker(t);
      const run = edge.runCron();
      await sleep(3_000);
      await edge.call("POST", "origins/a", { state: "maintenance" });
      assert.equal(await edge.served(), "bcd");
      await run;
      assert.equal(await edge.served(), "bcd", "the second round has heard of it");
      const { wishes, entries } = await edge.health();
      assert.deepEqual(wishes.origins, { a: { state: "maintenance" } }, "and told everybody");
      assert.equal(entries.length, 4);
    }),
    t.test("a configuration that is put between them stays", async (t) => {
      const edge = await worker(t);
      const run = edge.runCron();
      await sleep(3_000);
      await edge.call("PUT", "config", { ...edge.whole, origins: edge.whole.origins.slice(1) });
      assert.equal(await edge.served(), "bcd");
      await run;
      assert.equal((await edge.status()).config_version, 1);
      assert.equal(await edge.served(), "bcd");
      assert.equal((await edge.health()).wishes.current, 1);
    }),
    t.test("a capacity that is set between them is set by the next run", async (t) => {
      const standby = origins.configuration.map((o) => ({ ...o, standby: o.id > "b" }));
      const edge = await worker(t, { origins: standby, scaling: { min_size: 1 } });
      const minute = Math.floor(Date.now() / 60_000);
      const run = edge.runCron(new Date(minute * 60_000));
      await sleep(3_000);
      await edge.call("POST", "pools/default", { desired: 3 });
      await run;
      assert.equal((await edge.status()).groups[0].desired_capacity, 2);
      // Not awaited to its end: what the first round decides is seen after it.
      const next = edge.runCron(new Date((minute + 1) * 60_000));
      await sleep(5_000);
      assert.equal((await edge.status()).groups[0].desired_capacity, 3);
      await next;
      assert.equal((await edge.status()).groups[0].desired_capacity, 3, "once");
    }),
  ];
  await Promise.all(tests);
  const probes = await Promise.all(origins.all.map(async (o) => (await o.state()).counters.health_requests));
  // b: two rounds in the first test, one and no more in the second (its next run goes by the new
  // configuration), four in the third.
  assert.equal(probes[1], 7, probes.join(" "));
});
