// Sessions, routes, retries of answers, limits and error pages.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { REQUEST_ID, open, send } from "./client.mjs";
import { startOrigins } from "./origins.mjs";
import { QUICK, startWorker } from "./worker.mjs";

const SECRETS = { GOMUJUL_KEY: "a-key-for-tests" };
let origins;

before(async () => {
  origins = await startOrigins("a", "b", "c");
});
after(() => origins?.stop());
beforeEach(() => origins.clear());

async function worker(t, settings = {}, secrets = SECRETS) {
  const config = { ...QUICK, origins: origins.configuration, ...settings };
  const edge = await startWorker({ config, secrets });
  t.after(() => edge.stop());
  return edge;
}

const cookieOf = (answer) => answer.headers["set-cookie"]?.[0].split(";")[0];
const servers = async (edge, cookie, count = 9) => {
  const names = new Set();
  for (let i = 0; i < count; i++) {
    const answer = await send(`${edge.url}/`, { headers: cookie ? { cookie } : {} });
    names.add(answer.headers["x-origin"]);
  }
  return [...names].sort().join("");
};

test("a signed cookie leads back, and a forged one to nobody", async (t) => {
  const edge = await worker(t, { affinity: { by: "cookie", name: "lb" } });
  const first = await send(`${edge.url}/`);
  const home = first.headers["x-origin"];
  const [full] = first.headers["set-cookie"];
  assert.match(full, /^lb=[0-9a-f]+-[0-9a-f]+\.[\w-]{22}; Path=\/; Max-Age=82800; HttpOnly; SameSite=Lax$/);
  const cookie = cookieOf(first);
  assert.equal(await servers(edge, `x=1; ${cookie}; y=2`), home);
  const kept = await send(`${edge.url}/`, { headers: { cookie } });
  assert.equal(kept.headers["set-cookie"], undefined, "it holds from the first answer");
  const [name, value] = cookie.split("=");
  const flipped = value.startsWith("1") ? `2${value.slice(1)}` : `1${value.slice(1)}`;
  for (const forged of [flipped, value.slice(0, -1), `${value}A`, "", "x", "1-1.AAAAAAAAAAAAAAAAAAAAAA"]) {
    assert.equal(await servers(edge, `${name}=${forged}`), "abc", forged);
  }
  // The origin's own cookies stay, and the session moves when its origin dies.
  const three = await send(`${edge.url}/cookies`);
  assert.equal(three.headers["set-cookie"].length, 4);
  await origins[home].set({ down: true });
  const moved = await send(`${edge.url}/`, { headers: { cookie } });
  assert.equal(moved.status, 200);
  assert.notEqual(moved.headers["x-origin"], home);
  assert.equal(await servers(edge, cookieOf(moved)), moved.headers["x-origin"]);
});

test("cookies need a key", async (t) => {
  const edge = await worker(t, { affinity: { by: "cookie" } }, {});
  assert.equal((await send(`${edge.url}/`)).status, 500);
  assert.match((await edge.status()).message, /wrangler secret put GOMUJUL_KEY/);
});

test("a header or an address names the client", async (t) => {
  const byHeader = await worker(t, { affinity: { by: "header", name: "x-user" } });
  const homes = new Set();
  for (let user = 0; user < 12; user++) {
    const served = new Set();
    for (let i = 0; i < 4; i++) {
      served.add((await send(`${byHeader.url}/`, { headers: { "x-user": `${user}` } })).headers["x-origin"]);
    }
    assert.equal(served.size, 1, `user ${user}`);
    homes.add([...served][0]);
  }
  assert.equal(homes.size, 3);
  assert.equal(await servers(byHeader), "abc", "who has no name goes by the policy");
  const byIp = await worker(t, { affinity: { by: "client_ip" } });
  const from = async (ip) =>
    (await send(`${byIp.url}/`, { headers: { "cf-connecting-ip": ip } })).headers["x-origin"];
  for (const ip of ["192.0.2.1", "2001:db8::1"]) {
    assert.equal(new Set([await from(ip), await from(ip), await from(ip)]).size, 1);
  }
});

test("routes lead to pools by host and path, and pools stand in for each other", async (t) => {
  const [a, b, c] = origins.configuration;
  const edge = await worker(t, {
    origins: [a],
    pools: [{ id: "api", origins: [b] }, { id: "spare", origins: [c] }],
    routes: [
      { path: "/api", pools: ["api", "spare"] },
      { host: "*.shop.example", pools: ["spare"] },
      { host: "localhost", pools: ["default"] },
    ],
  });
  const origin = async (path, host) => {
    const answer = await send(`${edge.url}${path}`, { headers: host ? { host } : {} });
    return answer.headers["x-origin"] ?? answer.json().error;
  };
  assert.equal(await origin("/api/x"), "b");
  assert.equal(await origin("/api", "localhost"), "a");
  assert.equal(await origin("/apis", "localhost:80"), "a");
  assert.equal(await origin("/", "www.shop.example"), "c");
  assert.equal(await origin("/", "other.example"), "no_route");
  await origins.b.set({ down: true });
  assert.equal(await origin("/api/x"), "c", "a try in the next pool");
  assert.equal(await origin("/api/x"), "c", "and then straight there");
});

test("answers are tried elsewhere where that is asked for, and small bodies are sent again", async (t) => {
  const retry = { statuses: "502-504", replay_body_bytes: 1_000 };
  const edge = await worker(t, { retry });
  await origins.a.set({ status: 503 });
  await origins.b.set({ reset: true });
  for (let i = 0; i < 9; i++) {
    const answer = await send(`${edge.url}/upload`, { method: "PUT", body: "x".repeat(500) });
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.json(), { origin: "c", bytes: 500 });
  }
  const large = new Set();
  for (let i = 0; i < 6; i++) {
    // The origin answers 503 unread and closes, so only the head of that answer is sure to come.
    const options = { method: "PUT", body: "x".repeat(5_000) };
    const answer = await open(`${edge.url}/upload`, options);
    large.add(answer.statusCode);
    answer.on("error", () => {}).resume();
  }
  assert.ok(large.has(503), "a long body is sent once");
  const post = [];
  for (let i = 0; i < 6; i++) post.push((await send(`${edge.url}/`, { method: "POST" })).status);
  assert.ok(post.includes(503), "a POST is sent once");
});

test("all tries together have a time", async (t) => {
  const timeouts = { first_byte_ms: 400, overall_ms: 600 };
  const edge = await worker(t, { timeouts });
  await send(`${edge.url}/`);
  await origins.set({ hang: true });
  const started = performance.now();
  assert.equal((await send(`${edge.url}/`)).status, 504);
  const took = performance.now() - started;
  assert.ok(took >= 590 && took < 1_200, `${took} ms`);
});

test("retries are bounded by the budget", async (t) => {
  const retry = { budget_percent: 10, min_retries_per_s: 0, max_tries: 3 };
  const edge = await worker(t, { retry });
  for (let i = 0; i < 20; i++) await send(`${edge.url}/`);
  await origins.set({ reset: true });
  await origins.all.reduce((done, o) => done.then(() => o.state()), Promise.resolve());
  const before = (await Promise.all(origins.all.map((o) => o.state()))).reduce((n, s) => n + s.counters.requests, 0);
  for (let i = 0; i < 20; i++) assert.equal((await send(`${edge.url}/`)).status, 502);
  const after = (await Promise.all(origins.all.map((o) => o.state()))).reduce((n, s) => n + s.counters.requests, 0);
  const retries = after - before - 20;
  assert.ok(retries >= 1 && retries <= 4, `${retries} retries for 40 requests`);
});

test("what is too large is refused before any origin sees it", async (t) => {
  const edge = await worker(t, { limits: { url_bytes: 200, header_bytes: 2_000, body_bytes: 1_000 } });
  const status = async (path, options) => (await send(`${edge.url}${path}`, options)).status;
  assert.equal(await status(`/${"x".repeat(300)}`), 414);
  assert.equal(await status("/", { headers: { "x-big": "b".repeat(3_000) } }), 431);
  assert.equal(await status("/upload", { method: "POST", body: "x".repeat(1_001) }), 413);
  assert.equal(await status("/upload", { method: "POST", body: "x".repeat(1_000) }), 200);
  const states = await Promise.all(origins.all.map((o) => o.state()));
  assert.equal(states.reduce((n, s) => n + s.counters.requests, 0), 1);
});

test("errors are pages for people and JSON for programs", async (t) => {
  const edge = await worker(t, { retry: { max_tries: 1 } });
  await origins.set({ down: true });
  const page = await send(`${edge.url}/<b>`, { headers: { accept: "text/html,*/*;q=0.8" } });
  assert.equal(page.status, 502);
  assert.match(page.headers["content-type"], /^text\/html/);
  assert.match(page.text, /<h1>502<\/h1>/);
  assert.ok(page.text.includes(page.headers["x-request-id"]));
  const json = await send(`${edge.url}/`, { headers: { accept: "application/json" } });
  assert.equal(json.json().error, "bad_gateway");
  const ray = "<script>alert(1)</script>";
  const hostile = await send(`${edge.url}/`, { headers: { accept: "text/html", "cf-ray": ray } });
  assert.ok(!hostile.text.includes(ray));
});

test("timings are told where that is asked for", async (t) => {
  const edge = await worker(t, { server_timing: true });
  const answer = await send(`${edge.url}/bytes?n=10`);
  assert.match(answer.headers["server-timing"], /^lb;dur=\d+;desc="try 1"$/);
  assert.match(answer.headers["x-request-id"], REQUEST_ID);
  assert.equal(answer.headers["content-length"], "10");
});

test("the expected body decides over health", async (t) => {
  const health_check = { ...QUICK.health_check, unhealthy_threshold: 1, expected_body: "OK" };
  const edge = await worker(t, { health_check });
  await edge.runCron();
  assert.equal((await edge.health()).entries[0].health, "healthy");
  const strict = await worker(t, { health_check: { ...health_check, expected_body: "fine" } });
  await strict.runCron();
  const { entries, events } = await strict.health();
  assert.equal(entries[0].health, "unhealthy");
  assert.match(events[0].reason, /without the expected body/);
});
