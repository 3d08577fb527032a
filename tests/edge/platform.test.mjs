// What the platform does for the Worker: it counts requests, and it sends them where they are for.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { open, send } from "./client.mjs";
import { startOrigins } from "./origins.mjs";
import { QUICK, startWorker } from "./worker.mjs";

let origins;

before(async () => {
  origins = await startOrigins("a", "b");
});
after(() => origins?.stop());
beforeEach(() => origins.clear());

async function worker(t, config, more) {
  const edge = await startWorker({ config: { ...QUICK, ...config }, more });
  t.after(() => edge.stop());
  return edge;
}

const LIMIT = { ratelimits: { GOMUJUL_RATE_LIMIT: { simple: { limit: 5, period: 60 } } } };
const from = (address) => ({ headers: { "cf-connecting-ip": address } });

test("a client over the rate limit is told to wait, and others are served", async (t) => {
  const edge = await worker(t, { origins: origins.configuration }, LIMIT);
  const statuses = [];
  for (let i = 0; i < 8; i++) statuses.push((await send(`${edge.url}/`, from("192.0.2.1"))).status);
  assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429, 429, 429]);
  const refused = await send(`${edge.url}/`, from("192.0.2.1"));
  assert.equal(refused.headers["retry-after"], "60");
  assert.equal(refused.json().error, "too_many_requests");
  assert.equal((await send(`${edge.url}/`, from("192.0.2.2"))).status, 200);
  const counts = await Promise.all(origins.all.map(async (o) => (await o.state()).counters.requests));
  assert.equal(counts[0] + counts[1], 6, "no origin saw what was refused");
  const { text } = await send(`${edge.url}/_lb/metrics`);
  assert.match(text, /gomujul_errors_total\{reason="too_many_requests"\} 4/);
});

test("addresses of one IPv6 household are one client", async (t) => {
  const edge = await worker(t, { origins: origins.configuration }, LIMIT);
  const statuses = [];
  for (let i = 0; i < 7; i++) {
    statuses.push((await send(`${edge.url}/`, from(`2001:db8:1:2::${i}`))).status);
  }
  assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429, 429]);
  assert.equal((await send(`${edge.url}/`, from("2001:db8:1:3::1"))).status, 200);
});

test("the console stays open to who is over the limit, and there is no limit without the binding", async (t) => {
  const limited = await worker(t, { origins: origins.configuration }, LIMIT);
  for (let i = 0; i < 8; i++) await send(`${limited.url}/`, from("192.0.2.1"));
  assert.equal((await send(`${limited.url}/_lb/status`, from("192.0.2.1"))).status, 200);
  const free = await worker(t, { origins: origins.configuration });
  for (let i = 0; i < 40; i++) assert.equal((await send(`${free.url}/`, from("192.0.2.1"))).status, 200);
});

/** The platform's network: sends a request to where `resolveOverride` says, with the `Host` of its URL. */
function network(asked) {
  return async (request) => {
    const url = new URL(request.url);
    const { resolveOverride } = request.cf ?? {};
    asked.push({ host: url.host, resolveOverride });
    const target = new URL(url);
    if (resolveOverride) target.hostname = resolveOverride;
    const answer = await open(target, { method: request.method, headers: { host: url.host } });
    const chunks = [];
    for await (const chunk of answer) chunks.push(chunk);
    return new Response(Buffer.concat(chunks), { status: answer.statusCode });
  };
}

test("requests and probes of an origin with a host header are for that host, and go to its URL", async (t) => {
  const asked = [];
  const [{ id, url }, other] = origins.configuration;
  const configured = [{ id, url, host_header: "shop.example" }, other];
  const edge = await worker(t, { origins: configured }, { outboundService: network(asked) });
  for (let i = 0; i < 4; i++) assert.equal((await send(`${edge.url}/echo`)).status, 200);
  await edge.runCron();
  const { port } = new URL(url);
  const states = { a: await origins.a.state(), b: await origins.b.state() };
  const host = ({ headers }) => headers.find(([name]) => name === "host")[1];
  assert.equal(host(states.a.last_request), `shop.example:${port}`);
  assert.equal(host(states.a.last_health_request), `shop.example:${port}`);
  assert.equal(host(states.b.last_request), new URL(other.url).host);
  assert.equal(host(states.b.last_health_request), new URL(other.url).host);
  assert.equal(states.a.counters.requests, 2);
  for (const { host, resolveOverride } of asked) {
    assert.equal(resolveOverride, host.startsWith("shop.example") ? "127.0.0.1" : undefined);
  }
});
