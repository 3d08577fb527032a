// The seven steps and the night, live: alarms over the load that origins report, standby origins
// that come and go, a server that dies and is replaced.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import http from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { send } from "./client.mjs";
import { startOrigins } from "./origins.mjs";
import { QUICK, startWorker } from "./worker.mjs";

const TOKEN = "a-token-for-tests";
const KEY = "a-key-for-tests";
let origins;

before(async () => {
  origins = await startOrigins("a", "b", "c", "d");
});
after(() => origins?.stop());
beforeEach(() => origins.clear());

const SCALING = {
  min_size: 2,
  default_instance_warmup_s: 60,
  deregistration_delay_s: 60,
  policies: [
    { type: "step", alarm: { threshold: 80 }, steps: [{ lower: 0, adjustment: 1 }] },
    {
      type: "step",
      alarm: {
        comparison: "less_than_threshold",
        threshold: 20,
        evaluation_periods: 5,
        datapoints_to_alarm: 5,
      },
      steps: [{ upper: 0, adjustment: -1 }],
    },
  ],
};

/** A Worker before two origins, with two more on standby, and the minutes of its cron. */
async function elastic(t, scaling = {}) {
  const standby = new Set(["c", "d"]);
  const config = {
    ...QUICK,
    origins: origins.configuration.map((o) => ({ ...o, standby: standby.has(o.id) })),
    scaling: { ...SCALING, ...scaling },
  };
  const edge = await startWorker({
    config,
    secrets: { GOMUJUL_TOKEN: TOKEN, GOMUJUL_KEY: KEY },
  });
  t.after(() => edge.stop());
  let minute = Math.floor(Date.now() / 60_000);
  return {
    ...edge,
    minutes: async (count) => {
      for (let i = 0; i < count; i++) await edge.runCron(new Date(++minute * 60_000));
    },
    group: async () => (await edge.status()).groups[0],
    /** Who answers thirty requests, and how often. */
    shares: async () => {
      const counts = {};
      for (let i = 0; i < 30; i++) {
        const { headers } = await send(`${edge.url}/`);
        counts[headers["x-origin"]] = (counts[headers["x-origin"]] ?? 0) + 1;
      }
      return counts;
    },
    events: async () => {
      const headers = { authorization: `Bearer ${TOKEN}` };
      const { events } = (await send(`${edge.url}/_lb/api/events`, { headers })).json();
      return events.reverse();
    },
  };
}

test("the seven steps, and the night", async (t) => {
  const edge = await elastic(t);
  // 1, 2: requests arrive and are forwarded to the origins in service.
  await origins.set({ load: 0.4 });
  await edge.minutes(3);
  assert.deepEqual(await edge.shares(), { a: 15, b: 15 });
  assert.deepEqual(await edge.group(), { pool: "default", desired_capacity: 2, in_service: 2 });

  // 3: a crowd arrives. 4: the alarm goes to ALARM. 5: the group activates an origin.
  await origins.set({ load: 0.9 });
  await edge.minutes(2);
  assert.equal((await edge.group()).desired_capacity, 3);
  assert.deepEqual(await edge.shares(), { a: 15, b: 15 }, "c has not passed a check yet");
  // 6: it passes its health check and gets traffic.
  await edge.minutes(1);
  assert.deepEqual(await edge.shares(), { a: 10, b: 10, c: 10 });
  // 7: the load spreads.
  await origins.set({ load: 0.6 });
  await edge.minutes(4);
  assert.equal((await edge.group()).in_service, 3);

  // The night: the group drains one and puts it back on standby.
  await origins.set({ load: 0.1 });
  await edge.minutes(5);
  assert.equal((await edge.group()).desired_capacity, 2);
  assert.deepEqual(await edge.shares(), { a: 15, b: 15 });
  await edge.minutes(2);
  const { origins: seen } = await edge.status();
  assert.equal(seen.find(({ id }) => id === "c").phase, undefined, "on standby");

  const told = (await edge.events())
    .filter(({ event }) => event !== "health")
    .map((e) => [e.event, e.origin ?? e.state ?? `${e.from} to ${e.to}`].join(" "));
  const inOrder = [
    "alarm ALARM",
    "capacity 2 to 3",
    "activated c",
    "in_service c",
    "alarm OK",
    "alarm ALARM",
    "capacity 3 to 2",
    "draining c",
    "deactivated c",
  ];
  let from = 0;
  for (const step of inOrder) {
    const found = told.indexOf(step, from);
    assert.ok(found >= 0, `${step} after ${from} of ${JSON.stringify(told)}`);
    from = found + 1;
  }
});

test("a server that dies is replaced, and is on standby when it comes back", async (t) => {
  const edge = await elastic(t);
  await origins.set({ load: 0.4 });
  await edge.minutes(2);
  await origins.a.set({ down: true });
  await edge.minutes(2);
  assert.equal((await edge.status()).origins.find(({ id }) => id === "c").phase, "checking");
  await edge.minutes(1);
  assert.deepEqual(await edge.shares(), { b: 15, c: 15 });
  await origins.a.set({ down: false });
  await edge.minutes(3);
  assert.deepEqual(await edge.shares(), { b: 15, c: 15 });
});

test("a signed webhook is told the desired capacity, and people may set it", async (t) => {
  const told = [];
  const server = http.createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    told.push({ headers: request.headers, body });
    response.end("ok");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const webhook = { url: `http://127.0.0.1:${server.address().port}`, path: "/scale" };
  const edge = await elastic(t, { webhook });
  await origins.set({ load: 0.4 });
  await edge.minutes(2);
  const headers = { authorization: `Bearer ${TOKEN}` };
  const ask = (desired) =>
    send(`${edge.url}/_lb/api/pools/default`, {
      method: "POST",
      headers,
      body: JSON.stringify({ desired }),
    });
  assert.equal((await ask(9)).status, 422);
  assert.equal((await ask(4)).status, 200);
  await edge.minutes(2);
  assert.deepEqual(await edge.group(), { pool: "default", desired_capacity: 4, in_service: 4 });
  assert.equal(told.length, 1);
  const [{ headers: sent, body }] = told;
  assert.equal(JSON.parse(body).desired_capacity, 4);
  const signed = `${sent["x-gomujul-timestamp"]}.${body}`;
  const expected = createHmac("sha256", KEY).update(signed).digest("hex");
  assert.equal(sent["x-gomujul-signature"], `sha256=${expected}`);
});

test("quiet minutes write nothing", async (t) => {
  const edge = await elastic(t);
  await origins.set({ load: 0.4 });
  await edge.minutes(3);
  const before = await edge.kv.get("health");
  await edge.minutes(4);
  assert.equal(await edge.kv.get("health"), before);
});
