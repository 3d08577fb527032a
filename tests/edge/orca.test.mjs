// The three ways in which an origin tells its load: ORCA's header field as TEXT and as JSON, and a number
// in the body of the health page. One group each, whose alarm acts on what the probes of the cron read.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { send } from "./client.mjs";
import { startServer } from "./server.mjs";
import { QUICK, startWorker } from "./worker.mjs";

const FIELD = "endpoint-load-metrics";
/** How an origin of each pool answers a probe at a load, and where the pool looks. */
const POOLS = {
  text: { load: {}, tell: (load) => [{ [FIELD]: `TEXT cpu_utilization=${load}, mem_utilization=0.99` }, "ok"] },
  json: {
    load: {},
    tell: (load) => [{ [FIELD]: `JSON ${JSON.stringify({ mem_utilization: 0.99, cpu_utilization: load })}` }, "ok"],
  },
  // What the field says does not count where a body is looked into.
  body: {
    load: { body_pointer: "/load/cpu" },
    tell: (load) => [{ [FIELD]: "TEXT cpu_utilization=0.5" }, JSON.stringify({ load: { cpu: load, memory: 0.99 } })],
  },
  // A metric of the application's own, here how many jobs wait.
  named: {
    load: { custom: "named_metrics.jobs" },
    metric: "custom",
    tell: (load) => [{ [FIELD]: `TEXT named_metrics.jobs=${load * 100}, cpu_utilization=0.5` }, "ok"],
  },
  // What nobody can read is no load, and neither high nor low.
  binary: { load: {}, tell: () => [{ [FIELD]: "BIN CZqZmZmZmbk/" }, "ok"] },
};
const NAMES = Object.keys(POOLS);
const CALM = 0.5;
const CROWD = 0.9;
const IDLE = 0.1;

let server, loads;

before(async () => {
  // One server for all of 127.0.0.0/8: pool n has its origins at 127.0.n.1 and 127.0.n.2.
  server = await startServer((request, response) => {
    const [, , nth] = request.socket.localAddress.split(":").at(-1).split(".");
    const name = NAMES[nth - 1];
    const [headers, body] = POOLS[name].tell(loads[name]);
    response.writeHead(200, { ...headers, "x-origin": request.socket.localAddress }).end(body);
  }, { host: "0.0.0.0" });
});
after(() => server?.stop());
beforeEach(() => (loads = Object.fromEntries(NAMES.map((name) => [name, CALM]))));

/** The pools, each of one origin in service and one on standby, and the minutes of the cron. */
async function elastic(t) {
  const alarm = (metric, more) => ({ ...more, ...(metric && { metric }) });
  const pool = (name, index) => ({
    id: name,
    origins: [1, 2].map((n) => ({
      id: `${name}-${n}`,
      url: `http://127.0.${index + 1}.${n}:${server.port}`,
      standby: n === 2,
    })),
    scaling: {
      min_size: 1,
      load: POOLS[name].load,
      deregistration_delay_s: 60,
      policies: [
        { type: "step", alarm: alarm(POOLS[name].metric, { threshold: 80 }), steps: [{ lower: 0, adjustment: 1 }] },
        {
          type: "step",
          alarm: alarm(POOLS[name].metric, { comparison: "less_than_threshold", threshold: 20 }),
          steps: [{ upper: 0, adjustment: -1 }],
        },
      ],
    },
  });
  const edge = await startWorker({ config: { ...QUICK, pools: NAMES.map(pool) } });
  t.after(() => edge.stop());
  let minute = Math.floor(Date.now() / 60_000);
  return {
    minutes: async (count) => {
      for (let i = 0; i < count; i++) await edge.runCron(new Date(++minute * 60_000));
    },
    desired: async () =>
      Object.fromEntries((await edge.status()).groups.map((group) => [group.pool, group.desired_capacity])),
    served: async (path) => (await send(`${edge.url}${path}`)).headers["x-origin"],
  };
}

const all = (count) => Object.fromEntries(NAMES.map((name) => [name, count]));

for (const name of NAMES.filter((name) => name !== "binary")) {
  test(`${name}: the alarm of the group acts on what probes read, and no other group's does`, async (t) => {
    const edge = await elastic(t);
    await edge.minutes(3);
    assert.deepEqual(await edge.desired(), all(1), "calm");
    loads[name] = CROWD;
    await edge.minutes(2);
    assert.deepEqual(await edge.desired(), { ...all(1), [name]: 2 }, "a crowd");
    loads[name] = CALM;
    await edge.minutes(3);
    assert.deepEqual(await edge.desired(), { ...all(1), [name]: 2 }, "calm again, with two");
    loads[name] = IDLE;
    await edge.minutes(4);
    assert.deepEqual(await edge.desired(), all(1), "the night");
  });
}

test("all at once, and what cannot be read moves nothing", async (t) => {
  const edge = await elastic(t);
  await edge.minutes(2);
  loads = all(CROWD);
  await edge.minutes(2);
  assert.deepEqual(await edge.desired(), { ...all(2), binary: 1 });
  loads = all(IDLE);
  await edge.minutes(4);
  assert.deepEqual(await edge.desired(), all(1));
});
