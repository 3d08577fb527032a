// The console's API: who may change what, configuration with versions, wishes, short links.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { send, sleep, until } from "./client.mjs";
import { startOrigins } from "./origins.mjs";
import { QUICK, startWorker } from "./worker.mjs";

const TOKEN = "a-token-for-tests";
const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };
let origins;

before(async () => {
  origins = await startOrigins("a", "b", "c");
});
after(() => origins?.stop());
beforeEach(() => origins.clear());

async function worker(t, { config = {}, secrets = { GOMUJUL_TOKEN: TOKEN } } = {}) {
  const whole = { ...QUICK, origins: origins.configuration, ...config };
  const edge = await startWorker({ config: whole, secrets });
  t.after(() => edge.stop());
  const call = async (method, path, body, headers = AUTHORIZED) => {
    const text = typeof body === "string" ? body : body && JSON.stringify(body);
    return send(`${edge.url}/_lb/api/${path}`, { method, headers, body: text });
  };
  return { ...edge, whole, call };
}

const served = async (edge, count = 12, path = "/", headers = {}) => {
  const names = new Set();
  for (let i = 0; i < count; i++) {
    names.add((await send(`${edge.url}${path}`, { headers })).headers["x-origin"]);
  }
  return [...names].sort().join("");
};

test("without a token set nothing can be changed, and reading stays possible", async (t) => {
  const edge = await worker(t, { secrets: {} });
  for (const headers of [{}, AUTHORIZED, { authorization: "Bearer " }]) {
    const answer = await edge.call("PUT", "config", edge.whole, headers);
    assert.deepEqual([answer.status, answer.json().error], [403, "no_token"]);
  }
  assert.equal((await send(`${edge.url}/_lb/status`)).status, 200);
  assert.equal((await send(`${edge.url}/_lb/metrics`)).status, 200);
});

test("changes need the token, the method and a page of this site", async (t) => {
  const edge = await worker(t);
  const wrong = { authorization: `Bearer ${TOKEN}x` };
  assert.equal((await edge.call("PUT", "config", edge.whole, {})).status, 401);
  assert.equal((await edge.call("PUT", "config", edge.whole, wrong)).status, 401);
  for (const method of ["GET", "DELETE", "PATCH"]) {
    assert.equal((await edge.call(method, "origins/a")).status, 405, method);
  }
  const foreign = { ...AUTHORIZED, origin: "https://evil.example" };
  const answer = await edge.call("POST", "origins/a", { weight: 2 }, foreign);
  assert.deepEqual([answer.status, answer.json().error], [403, "foreign_origin"]);
  const own = { ...AUTHORIZED, origin: edge.url };
  assert.equal((await edge.call("POST", "origins/a", { weight: 2 }, own)).status, 200);
  assert.equal((await edge.call("GET", "nothing", undefined)).status, 404);
});

test("whoever guesses tokens is slowed down", async (t) => {
  const edge = await worker(t);
  const statuses = [];
  for (let i = 0; i < 30; i++) {
    const headers = { authorization: `Bearer guess-${i}` };
    statuses.push((await edge.call("GET", "config", undefined, headers)).status);
  }
  assert.ok(statuses.includes(401) && statuses.at(-1) === 429, statuses.join(" "));
  assert.equal((await send(`${edge.url}/`)).status, 200, "traffic is not affected");
  // Nor is whoever has the token and another address; but the guesser cannot find out any more.
  const from = (ip, token) =>
    edge.call("GET", "config", undefined, { "cf-connecting-ip": ip, authorization: `Bearer ${token}` });
  for (let i = 0; i < 25; i++) await from("192.0.2.66", `guess-${i}`);
  assert.equal((await from("192.0.2.66", TOKEN)).status, 429);
  assert.equal((await from("192.0.2.7", TOKEN)).status, 200);
  // Who brings no token is no guesser.
  const silent = { "cf-connecting-ip": "192.0.2.7" };
  for (let i = 0; i < 25; i++) assert.equal((await edge.call("GET", "config", undefined, silent)).status, 401);
  assert.equal((await from("192.0.2.7", TOKEN)).status, 200);
});

test("a configuration is put, refused, listed and rolled back", async (t) => {
  const edge = await worker(t);
  const only = (id) => ({ ...edge.whole, origins: edge.whole.origins.filter((o) => o.id === id) });
  const first = await edge.call("PUT", "config", only("a"));
  assert.deepEqual(first.json(), { version: 1 });
  assert.equal(await served(edge), "a");
  const bad = await edge.call("PUT", "config", { ...edge.whole, retry: { max_tries: 0 } });
  assert.equal(bad.status, 422);
  assert.match(bad.json().message, /retry\.max_tries is 0: set it to 1 to 10/);
  assert.equal((await edge.call("PUT", "config", "{")).status, 422);
  assert.equal(await served(edge), "a", "the last good one serves");
  assert.deepEqual((await edge.call("PUT", "config", only("b"))).json(), { version: 2 });
  assert.equal(await served(edge), "b");
  const { current, versions } = (await edge.call("GET", "config/versions")).json();
  assert.deepEqual([current, versions.map(({ number }) => number)], [2, [1, 2]]);
  assert.equal((await edge.call("GET", "config/versions/1")).json().origins[0].id, "a");
  assert.deepEqual((await edge.call("POST", "config/rollback")).json(), { version: 1 });
  assert.equal(await served(edge), "a");
  assert.equal((await edge.call("POST", "config/rollback", { version: 7 })).status, 422);
  assert.deepEqual((await edge.call("POST", "config/rollback", { version: 0 })).json(), {
    version: 0,
  });
  assert.equal(await served(edge), "abc", "the variable");
  const told = (await edge.call("GET", "events")).json().events;
  assert.deepEqual(told.map((e) => e.number), [0, 1, 2, 1]);
  assert.equal((await edge.call("GET", "config")).json().version, 0);
});

test("other isolates follow the store, and refuse what is broken there", async (t) => {
  const edge = await worker(t);
  await edge.call("PUT", "config", { ...edge.whole, origins: [edge.whole.origins[0]] });
  // What a broken value in the store does: the version that runs goes on.
  const document = await edge.health();
  await edge.kv.put("config/9", '{"origins": 7}');
  document.wishes.current = 9;
  await edge.kv.put("health", JSON.stringify(document));
  await sleep(1_100);
  await edge.status();
  await until("the refusal is in the status", async () => (await edge.status()).message);
  assert.equal(await served(edge), "a");
  assert.match((await edge.status()).message, /origins/);
  // And a sound one by hand is followed.
  await edge.kv.put("config/10", JSON.stringify(edge.whole));
  document.wishes.current = 10;
  document.checked_at_ms = Date.now();
  await edge.kv.put("health", JSON.stringify(document));
  await sleep(1_100);
  await edge.status();
  await until("version 10 runs", async () => (await edge.status()).config_version === 10);
  assert.equal(await served(edge), "abc");
});

test("origins are drained, weighed and believed by hand", async (t) => {
  const edge = await worker(t, { config: { policy: { type: "smooth_weighted_round_robin" } } });
  await edge.runCron();
  assert.equal((await edge.call("POST", "origins/a", { state: "drain" })).status, 200);
  assert.equal(await served(edge), "bc");
  assert.equal((await edge.call("POST", "origins/b", { health: "unhealthy" })).status, 200);
  assert.equal(await served(edge), "c");
  await edge.runCron();
  assert.equal(await served(edge), "c", "the cron keeps what is wanted");
  await edge.call("POST", "origins/a", {});
  await edge.call("POST", "origins/b", { weight: 3 });
  const counts = { a: 0, b: 0, c: 0 };
  for (let i = 0; i < 50; i++) counts[(await send(`${edge.url}/`)).headers["x-origin"]]++;
  assert.deepEqual(counts, { a: 10, b: 30, c: 10 });
  assert.equal((await edge.call("POST", "origins/nobody", {})).status, 422);
  assert.equal((await edge.call("POST", "origins/a", { weight: 1_001 })).status, 422);
  assert.equal((await edge.call("POST", "origins/a", { wieght: 1 })).status, 422);
});

test("maintenance stops probes too", async (t) => {
  const edge = await worker(t);
  await edge.call("POST", "origins/a", { state: "maintenance" });
  await origins.clear();
  await edge.runCron();
  assert.equal((await origins.a.state()).counters.health_requests, 0);
  assert.equal((await origins.b.state()).counters.health_requests, 1);
});

test("metrics, livez, readyz", async (t) => {
  const edge = await worker(t);
  for (let i = 0; i < 3; i++) await send(`${edge.url}/`);
  const { text, headers } = await send(`${edge.url}/_lb/metrics`);
  assert.match(headers["content-type"], /^text\/plain; version=0\.0\.4/);
  assert.match(text, /gomujul_upstream_requests_total\{pool="default",origin="b",code="2xx"\} 1/);
  for (const line of text.trim().split("\n")) {
    assert.match(line, /^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [\d.e+-]+)$/);
  }
  assert.equal((await send(`${edge.url}/_lb/livez`)).text, "ok\n");
  assert.equal((await send(`${edge.url}/_lb/readyz`)).status, 200);
  const empty = await startWorker({ config: {} });
  t.after(() => empty.stop());
  assert.equal((await send(`${empty.url}/_lb/livez`)).status, 200);
  assert.equal((await send(`${empty.url}/_lb/readyz`)).status, 503);
  const hidden = await worker(t, { config: { status: "token" } });
  assert.equal((await send(`${hidden.url}/_lb/status`)).status, 401);
  assert.equal((await send(`${hidden.url}/_lb/metrics`)).status, 401);
  assert.equal((await send(`${hidden.url}/_lb/status`, { headers: AUTHORIZED })).status, 200);
});

test("short links lead to the page with the design", async (t) => {
  const edge = await worker(t);
  const post = (body, headers = AUTHORIZED) =>
    send(`${edge.url}/_lb/d/`, { method: "POST", body, headers });
  assert.equal((await post("abc", {})).status, 401);
  const made = await post("#2.abc-DEF_123");
  assert.equal(made.status, 200);
  const { name, url } = made.json();
  assert.equal((await post("2.abc-DEF_123")).json().name, name, "named by its content");
  const answer = await send(url);
  assert.deepEqual([answer.status, answer.headers.location], [302, "/_lb/#2.abc-DEF_123"]);
  assert.equal((await send(`${edge.url}/_lb/d/AAAAAAAAAAAAAAAA`)).status, 404);
  for (const bad of ["", "a b", "<script>", "a\nb", "ä"]) assert.equal((await post(bad)).status, 422);
  // It is refused unread, so the connection may close while the client still writes.
  const refused = await post("a".repeat(65_537)).catch(({ code }) => ({ status: code }));
  assert.ok([413, "ECONNRESET", "EPIPE"].includes(refused.status), `${refused.status}`);
  const statuses = [];
  for (let i = 0; i < 8; i++) statuses.push((await post(`link-${i}`)).status);
  assert.ok(statuses.includes(429), statuses.join(" "));
});
