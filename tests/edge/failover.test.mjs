// Origins die, hang and come back; clients should hardly notice.

import assert from "node:assert/strict";
import http from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { send, sleep, until } from "./client.mjs";
import { startOrigins } from "./origins.mjs";
import { QUICK, startWorker } from "./worker.mjs";

let origins;

before(async () => {
  origins = await startOrigins("a", "b", "c");
});
after(() => origins?.stop());
beforeEach(() => origins.clear());

/** A Worker before all three origins that ends with the test. */
async function worker(t, settings = {}) {
  const config = { ...QUICK, origins: origins.configuration, ...settings };
  const started = await startWorker({ config });
  t.after(() => started.stop());
  return started;
}

const counts = async () =>
  Promise.all(origins.all.map(async (origin) => (await origin.state()).counters.requests));

/** The origin of this name in the status. */
const seen = async (edge, id) => (await edge.status()).origins.find((origin) => origin.id === id);

/** Lets the isolate notice that its copy of the health document is old, and read it again. */
async function refresh(edge) {
  await sleep(1_050);
  await edge.status();
  await sleep(100);
}

/** Sends `count` requests, `clients` at a time over connections that stay open. */
async function load(url, { count, clients }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: clients });
  const errors = [];
  const latencies = [];
  let left = count;
  const client = async () => {
    while (left-- > 0) {
      const started = performance.now();
      try {
        const answer = await send(`${url}/load`, { agent });
        if (answer.status !== 200) errors.push(`${answer.status} ${answer.text}`);
      } catch (error) {
        errors.push(error.message);
      }
      latencies.push(performance.now() - started);
    }
  };
  const done = Promise.all(Array.from({ length: clients }, client)).then(() => {
    agent.destroy();
    latencies.sort((a, b) => a - b);
    return { errors, p99: latencies[Math.floor(latencies.length * 0.99)] };
  });
  return { done, sent: () => count - left };
}

test("all three serve, in equal shares", async (t) => {
  const edge = await worker(t);
  for (let i = 0; i < 30; i++) await send(`${edge.url}/`);
  assert.deepEqual(await counts(), [10, 10, 10]);
});

test("one dies under load and comes back: no client sees an error", async (t) => {
  const edge = await worker(t);
  await edge.runCron();
  assert.equal((await edge.health()).entries[1].health, "healthy");

  const run = await load(edge.url, { count: 4_000, clients: 8 });
  await until("a thousand were sent", () => run.sent() > 1_000, 60_000);
  await origins.b.set({ down: true });
  const { errors, p99 } = await run.done;
  assert.deepEqual(errors, []);
  t.diagnostic(`p99 ${p99.toFixed(1)} ms with an origin dying`);
  const ejected = await seen(edge, "b");
  assert.equal(ejected.health, "unhealthy", "seen by a request");
  assert.equal(ejected.checked.health, "healthy", "not yet seen by the cron");

  await edge.runCron();
  assert.deepEqual((await edge.health()).entries[1].streak, 1);
  await edge.runCron();
  assert.equal((await edge.health()).entries[1].health, "unhealthy");
  await refresh(edge);
  assert.equal((await seen(edge, "b")).checked.health, "unhealthy");

  await origins.b.set({ down: false });
  await edge.runCron();
  assert.equal((await edge.health()).entries[1].health, "unhealthy", "one pass is not enough");
  await edge.runCron();
  assert.equal((await edge.health()).entries[1].health, "healthy");
  await refresh(edge);
  assert.equal((await seen(edge, "b")).health, "healthy");
  await origins.clear();
  for (let i = 0; i < 30; i++) await send(`${edge.url}/`);
  assert.deepEqual(await counts(), [10, 10, 10]);
});

test("an origin that is unhealthy by its own word gets nothing", async (t) => {
  const edge = await worker(t);
  await origins.c.set({ health: "fail" });
  await edge.runCron();
  await edge.runCron();
  await refresh(edge);
  for (let i = 0; i < 30; i++) await send(`${edge.url}/`);
  assert.deepEqual(await counts(), [15, 15, 0]);
});

test("quiet runs of the cron do not write", async (t) => {
  const edge = await worker(t);
  await edge.runCron();
  const first = await edge.kv.get("health");
  for (let i = 0; i < 3; i++) await edge.runCron();
  assert.equal(await edge.kv.get("health"), first);
});

test("resets are repeated elsewhere, but never a POST", async (t) => {
  const edge = await worker(t);
  await origins.a.set({ reset: true });
  for (let i = 0; i < 6; i++) assert.equal((await send(`${edge.url}/`)).status, 200);
  assert.equal((await counts())[0], 1, "ejected after the first");

  const other = await worker(t);
  await origins.clear();
  await origins.set({ reset: true });
  const answer = await send(`${other.url}/`, { method: "POST", body: "pay" });
  assert.equal(answer.status, 502);
  assert.equal(answer.json().error, "bad_gateway");
  assert.equal((await counts()).reduce((sum, count) => sum + count), 1);
  assert.equal((await send(`${other.url}/`, { method: "POST" })).status, 502);
  assert.equal((await counts()).reduce((sum, count) => sum + count), 2);
});

test("a body of length zero is none: what tells of it is repeated, by the shorter timeout", async (t) => {
  const timeouts = { first_byte_ms: 500, upload_ms: 60_000 };
  for (const fault of [{ reset: true }, { hang: true }]) {
    for (const method of ["PUT", "DELETE", "OPTIONS"]) {
      const edge = await worker(t, { timeouts });
      await origins.clear();
      await origins.a.set(fault);
      await origins.b.set(fault);
      for (let i = 0; i < 3; i++) {
        const answer = await send(`${edge.url}/`, { method, headers: { "content-length": "0" } });
        assert.deepEqual([answer.status, answer.headers["x-origin"]], [200, "c"], `${method} ${i}`);
      }
      const { origins: seen } = await edge.status();
      assert.deepEqual(seen.map(({ failures }) => failures > 0), [true, true, false]);
    }
  }
});

test("an origin that hangs costs one timeout", async (t) => {
  const edge = await worker(t, { timeouts: { first_byte_ms: 400 } });
  await send(`${edge.url}/`);
  await origins.a.set({ hang: true });
  const started = performance.now();
  for (let i = 0; i < 9; i++) assert.equal((await send(`${edge.url}/`)).status, 200);
  const took = performance.now() - started;
  assert.ok(took >= 400 && took < 1_200, `${took} ms`);
});

test("when all hang the answer is 504, in time", async (t) => {
  const edge = await worker(t, { timeouts: { first_byte_ms: 300 }, retry: { max_tries: 2 } });
  await send(`${edge.url}/`);
  await origins.set({ hang: true });
  const started = performance.now();
  const answer = await send(`${edge.url}/`);
  const took = performance.now() - started;
  assert.equal(answer.status, 504);
  assert.equal(answer.json().error, "timeout");
  assert.ok(took >= 600 && took < 1_500, `${took} ms`);
});

test("a slow answer is not cut once it has begun", async (t) => {
  const edge = await worker(t, { timeouts: { first_byte_ms: 300 } });
  const answer = await send(`${edge.url}/stream?chunks=4&delay_ms=300`);
  assert.match(answer.text, /chunk 4 of 4/);
});

test("when all are down the answer is 502, and traffic flows when one is back", async (t) => {
  const edge = await worker(t);
  await origins.set({ down: true });
  for (let i = 0; i < 3; i++) {
    const answer = await send(`${edge.url}/`);
    assert.equal(answer.status, 502);
    assert.equal(answer.headers["content-type"], "application/json");
    assert.equal(answer.headers["x-request-id"], answer.json().request_id);
  }
  assert.equal((await edge.status()).fail_open, true);
  await origins.a.set({ down: false });
  for (let i = 0; i < 6; i++) assert.equal((await send(`${edge.url}/`)).status, 200);
});

for (const garbage of ["", "{", "null", '{"version":1,"entries":7}', '{"version":99}', "\u0000"]) {
  test(`traffic flows with ${JSON.stringify(garbage)} in the store`, async (t) => {
    const edge = await worker(t);
    await edge.kv.put("health", garbage);
    for (let i = 0; i < 6; i++) assert.equal((await send(`${edge.url}/`)).status, 200);
    await refresh(edge);
    assert.equal((await edge.status()).health_document.reading, "garbage");
    await edge.runCron();
    assert.equal((await edge.health()).entries.length, 3, "the cron writes over it");
  });
}

test("garbage later on leaves the last known state", async (t) => {
  const edge = await worker(t);
  await origins.c.set({ health: "fail" });
  await edge.runCron();
  await edge.runCron();
  await refresh(edge);
  await edge.kv.put("health", "garbage");
  await refresh(edge);
  assert.equal((await edge.status()).health_document.reading, "garbage");
  assert.equal((await seen(edge, "c")).health, "unhealthy");
});
