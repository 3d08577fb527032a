// What a run of the cron asks of the platform: how many probes wait at once, how many there are, and that
// no origin, however it answers, holds up the others.

import assert from "node:assert/strict";
import { test } from "node:test";
import { send, sleep, until } from "./client.mjs";
import { startServer } from "./server.mjs";
import { QUICK, startWorker } from "./worker.mjs";

/** What the platform lets wait at once, and what a run may send (docs/EDGE.md). */
const AT_ONCE = 6;
const A_RUN = 45;
const TOKEN = "a-token-for-tests";

/** A server that is `count` origins; it counts the probes, in all and at once, and answers as `answer` says. */
async function startMany(t, count, answer) {
  const seen = { probes: 0, now: 0, most: 0, byOrigin: new Map() };
  const server = await startServer((request, response) => {
    const nth = Number(request.socket.localAddress.split(".").at(-1));
    seen.probes++;
    seen.most = Math.max(seen.most, ++seen.now);
    seen.byOrigin.set(nth, (seen.byOrigin.get(nth) ?? 0) + 1);
    response.on("close", () => seen.now--);
    answer(response, nth);
  }, { host: "0.0.0.0" });
  t.after(() => server.stop());
  const origin = (_, i) => ({ id: `o${i + 1}`, url: `http://127.0.0.${i + 1}:${server.port}` });
  return { seen, origins: Array.from({ length: count }, origin) };
}

async function worker(t, config) {
  const secrets = { GOMUJUL_TOKEN: TOKEN };
  const edge = await startWorker({ config: { ...QUICK, ...config }, secrets });
  t.after(() => edge.stop());
  return edge;
}

test("six probes wait at once, never more, and every origin has one a round", async (t) => {
  const slowly = (response) => setTimeout(() => response.end("ok"), 300);
  const { seen, origins } = await startMany(t, 40, slowly);
  const edge = await worker(t, { origins, health_check: { ...QUICK.health_check, timeout_s: 5 } });
  await edge.runCron();
  assert.equal(seen.probes, 40);
  assert.equal(seen.most, AT_ONCE);
  assert.deepEqual([...seen.byOrigin.values()], Array(40).fill(1));
  const { entries } = await edge.health();
  assert.ok(entries.every(({ health }) => health === "healthy"), JSON.stringify(entries));
});

test("45 probes a run are the most: a configuration that needs more is refused", async (t) => {
  const { seen, origins } = await startMany(t, 16, (response) => response.end("ok"));
  // Three rounds, at 0, 20 and 40 seconds of the minute.
  const health_check = { ...QUICK.health_check, interval_s: 20 };
  const most = { ...QUICK, origins: origins.slice(0, A_RUN / 3), health_check };
  const edge = await worker(t, most);
  const run = edge.runCron();
  await until("the first round is over", () => seen.probes === A_RUN / 3);
  const put = await send(`${edge.url}/_lb/api/config`, {
    method: "PUT",
    headers: { authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({ ...most, origins }),
  });
  assert.equal(put.status, 422);
  assert.match(put.text, /16 origins make 48 probes a minute: 45 are/);
  await run;
  assert.equal(seen.probes, A_RUN);
  assert.ok(seen.most <= AT_ONCE, `${seen.most} at once`);
  assert.deepEqual([...seen.byOrigin.values()], Array(15).fill(3));
});

test("bodies that stall fail their probes in time, and hold up nobody else's", async (t) => {
  const stalled = 12;
  const { seen, origins } = await startMany(t, 20, (response, nth) => {
    response.writeHead(200, { "content-length": 100 });
    // The first ones get as far as half of what is expected.
    if (nth <= stalled) return response.write("all is w");
    response.end("all is well".padEnd(100));
  });
  const health_check = { ...QUICK.health_check, expected_body: "all is well", unhealthy_threshold: 1, timeout_s: 1 };
  const edge = await worker(t, { origins, health_check });
  const before = performance.now();
  await edge.runCron();
  const took = performance.now() - before;
  // Twelve, six at a time, a second each; the rest is what the machine adds.
  assert.ok(took >= 1_900 && took < 8_000, `${took} ms`);
  assert.equal(seen.probes, 20);
  const { entries, events } = await edge.health();
  assert.deepEqual(
    entries.map(({ health }) => health),
    origins.map((_, i) => (i < stalled ? "unhealthy" : "healthy")),
  );
  const reasons = events.filter(({ health }) => health === "unhealthy").map(({ reason }) => reason);
  assert.deepEqual(reasons, Array(stalled).fill("no answer in time"));
  await until("their connections are closed", () => seen.now === 0);
});

test("a body without an end is read as far as is looked at, and let go", async (t) => {
  let written = 0;
  const endless = async (response, nth) => {
    response.writeHead(200);
    response.write(nth === 1 ? "all is well" : "all is ill");
    const block = Buffer.alloc(4_096, ".");
    while (!response.closed) {
      written += block.length;
      if (!response.write(block)) await sleep(5);
    }
  };
  const { seen, origins } = await startMany(t, 2, endless);
  const health_check = { ...QUICK.health_check, expected_body: "ALL IS WELL", unhealthy_threshold: 1, timeout_s: 5 };
  const edge = await worker(t, { origins, health_check });
  const before = performance.now();
  await edge.runCron();
  const took = performance.now() - before;
  assert.ok(took < 4_000, `${took} ms: it is not waited for`);
  await until("both connections are closed", () => seen.now === 0);
  assert.ok(written < 64 << 20, `${written} bytes`);
  assert.deepEqual((await edge.health()).entries.map(({ health }) => health), ["healthy", "unhealthy"]);
});
