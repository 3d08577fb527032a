// The simulation against reality: three servers whose service times are known, behind the Worker, under
// a load that is measured, beside the simulation of the same design. Median and shares within 10 %,
// the 99th percentile within 20 %.
//
// Times are large against the noise of a machine, and what the machine adds is measured beside the load:
// the way through the Worker, by requests that need no service, is the latency of the design's links;
// by how much timers are late is added to the law. A stretch in which those requests say that the machine
// was busy with something else is not counted; without enough of calm time the median may be a quarter off,
// and the 99th percentile, which such stretches decide, is not judged.
//
// GOMUJUL_PREDICTION_S=300 measures longer, GOMUJUL_PREDICTION_SEED replays.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import http from "node:http";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { send, sleep } from "./client.mjs";
import { QUICK, startWorker } from "./worker.mjs";

const SECONDS = Number(process.env.GOMUJUL_PREDICTION_S ?? 45);
const SEED = Number(process.env.GOMUJUL_PREDICTION_SEED ?? 20_261_126);
const RATE_PER_S = 32;
const WORKERS = 2;
/** A stretch of the measurement, and the way in it beyond which (p95) the machine was busy. */
const STRETCH_S = 15;
const CALM_MS = 12;
/** Service times are uniform between these, in milliseconds. */
const LAWS = { a: [20, 60], b: [40, 80], c: [60, 120] };

let state = SEED;
/** A number above 0 and below 1. */
const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;

/** A server with so many workers, first come, first served. `/free` needs none of them. */
function startServer(name, [least, most]) {
  const server = { waiting: [], busy: 0 };
  const work = async (response) => {
    server.busy++;
    const until = performance.now() + least + random() * (most - least);
    // A timer may be late by a millisecond; one that is early is waited out.
    while (performance.now() < until) await sleep(Math.max(0, until - performance.now() - 1));
    response.end(`${performance.now() - until}`);
    server.busy--;
    next();
  };
  const next = () => {
    while (server.busy < WORKERS && server.waiting.length > 0) work(server.waiting.shift());
  };
  const listener = http.createServer((request, response) => {
    response.setHeader("x-origin", name);
    if (request.url === "/free") return response.end("free");
    server.waiting.push(response);
    next();
  });
  return new Promise((resolve) => {
    listener.listen(0, "127.0.0.1", () => {
      const url = `http://127.0.0.1:${listener.address().port}`;
      const stop = () => (listener.closeAllConnections(), listener.close());
      resolve(Object.assign(server, { url, stop }));
    });
  });
}

function program() {
  const built = fileURLToPath(new URL("../../target/debug/gomujul", import.meta.url));
  const path = [process.env.GOMUJUL_CLI_BIN, built].find((path) => path && existsSync(path));
  if (!path) throw new Error("no gomujul: run cargo build -p cli");
  return path;
}

/** What the simulation says of twenty minutes of the same. */
function simulate(policy, { ratePerS, wayMs, lateMs }) {
  const names = Object.keys(LAWS);
  const settings = (name) => {
    const [min_ms, max_ms] = LAWS[name].map((ms) => ms + lateMs);
    return { type: "dependency", workers: WORKERS, service: { type: "uniform", min_ms, max_ms } };
  };
  const traffic = { type: "constant", rate_per_s: ratePerS };
  const design = {
    format: "gomujul",
    version: 1,
    name: "Three servers",
    run: { duration_s: 1_200, seed: SEED },
    nodes: [
      { id: 1, name: "Clients", x: 0, y: 0, settings: { type: "source", traffic, arrivals: "poisson" } },
      { id: 2, name: "Worker", x: 300, y: 0, settings: { type: "balancer", policy } },
      ...names.map((name, i) => ({ id: 3 + i, name, x: 600, y: 120 * i, settings: settings(name) })),
    ],
    links: [
      { id: 1, from: 1, to: 2 },
      // A link is crossed twice.
      ...names.map((_, i) => ({ id: 2 + i, from: 2, to: 3 + i, latency_ms: wayMs / 2 })),
    ],
  };
  const run = spawnSync(program(), ["simulate", "--json", "-"], {
    input: JSON.stringify(design),
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  assert.equal(run.status, 0, run.stderr);
  const { latency, totals, nodes } = JSON.parse(run.stdout);
  assert.equal(totals.failed, 0);
  const share = (name) => nodes.find((node) => node.name === name).requests / totals.arrived;
  return { p50: latency.p50_ms, p99: latency.p99_ms, shares: names.map(share) };
}

let servers;

before(async () => {
  const names = Object.keys(LAWS);
  servers = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await startServer(name, LAWS[name])])),
  );
});
after(() => Object.values(servers ?? {}).forEach((server) => server.stop()));

const at = (sorted, share) => sorted[Math.floor(sorted.length * share)];
const sorted = (values) => values.sort((a, b) => a - b);
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Poisson arrivals for a stretch, each sent at its time whatever became of the others. */
async function stretch(url) {
  // workerd closes connections that rest for five seconds. The client does so first: a request on a
  // connection that is being closed is lost, and says nothing of the Worker.
  const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity, timeout: 2_000 });
  const [done, ways, running] = [[], [], []];
  const one = async (path, list) => {
    const begun = performance.now();
    const answer = await send(`${url}${path}`, { agent });
    assert.equal(answer.status, 200, answer.text);
    const lateMs = Number(answer.text);
    list.push({ ms: performance.now() - begun, origin: answer.headers["x-origin"], lateMs });
  };
  const scout = setInterval(() => running.push(one("/free", ways)), 100);
  const begun = performance.now();
  const end = begun + STRETCH_S * 1_000;
  for (let due = begun; due < end; due -= (Math.log(random()) * 1_000) / RATE_PER_S) {
    await sleep(Math.max(0, due - performance.now()));
    running.push(one("/", done));
  }
  clearInterval(scout);
  await Promise.all(running);
  agent.destroy();
  return { done, ways: sorted(ways.map(({ ms }) => ms)) };
}

/** Stretches until there is enough calm time, or three times as many as that takes. */
async function measure(url) {
  const wanted = Math.ceil(SECONDS / STRETCH_S);
  const stretches = [];
  const calm = () => stretches.filter(({ ways }) => at(ways, 0.95) < CALM_MS);
  while (calm().length < wanted && stretches.length < 3 * wanted) stretches.push(await stretch(url));
  const isCalm = calm().length >= wanted;
  const counted = isCalm ? calm() : stretches;
  const done = counted.flatMap(({ done }) => done);
  const times = sorted(done.map(({ ms }) => ms));
  return {
    isCalm,
    p50: at(times, 0.5),
    p99: at(times, 0.99),
    shares: Object.keys(LAWS).map((name) => done.filter(({ origin }) => origin === name).length / done.length),
    ratePerS: done.length / counted.length / STRETCH_S,
    wayMs: at(sorted(counted.flatMap(({ ways }) => ways)), 0.5),
    lateMs: mean(done.map(({ lateMs }) => lateMs)),
    stretches: `${calm().length} of ${stretches.length} stretches calm`,
  };
}

for (const type of ["least_outstanding_requests", "round_robin"]) {
  test(`${type}: ${SECONDS} s of ${RATE_PER_S} requests a second as the simulation says`, async (t) => {
    const origins = Object.entries(servers).map(([id, { url }]) => ({ id, url }));
    const edge = await startWorker({ config: { ...QUICK, origins, policy: { type } } });
    t.after(() => edge.stop());
    for (let i = 0; i < 20; i++) await send(`${edge.url}/free`);
    const real = await measure(edge.url);
    const said = simulate({ type }, real);
    const line = ({ p50, p99, shares }) =>
      `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, shares ${shares.map((share) => share.toFixed(3)).join(" ")}`;
    const message =
      `${real.stretches}; ${real.ratePerS.toFixed(1)}/s, way ${real.wayMs.toFixed(2)} ms, timers late by ${real.lateMs.toFixed(2)} ms; ` +
      `measured ${line(real)}; simulated ${line(said)}`;
    t.diagnostic(message);
    const near = (value, expected, part) => Math.abs(value - expected) <= part * expected;
    assert.ok(near(said.p50, real.p50, real.isCalm ? 0.1 : 0.25), message);
    if (real.isCalm) assert.ok(near(said.p99, real.p99, 0.2), message);
    else t.diagnostic("the machine is busy: the median is judged roughly, the 99th percentile not");
    real.shares.forEach((share, i) => assert.ok(near(said.shares[i], share, 0.1), message));
  });
}
