// A trap leaves the program's memory in an unknown state: the request that met it fails, and the
// next ones get a new instance. No input is known that makes the program trap, so what runs here is
// a copy of it in which some do.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, beforeEach, test } from "node:test";
import binaryen from "binaryen";
import { send, until } from "./client.mjs";
import { startOrigins } from "./origins.mjs";
import { PROGRAM, QUICK, startWorker } from "./worker.mjs";

/** Paths whose answer makes the program trap: at once, or once the request has gone on. */
const TRAPS = { "when an answer comes": "/status/599", "on the long way": "/status/598" };

let origins;
let program;

before(async () => {
  program = withTraps(await readFile(PROGRAM));
  origins = await startOrigins("a", "b", "held");
});
after(() => origins?.stop());
beforeEach(() => origins.clear());

/** The program with traps for the statuses of `TRAPS`. Its exports are those that main.js calls. */
function withTraps(bytes) {
  const { i32, none, Function } = binaryen;
  const module = binaryen.readBinary(bytes);
  const begins = (name, ...first) => {
    const body = module.getFunction(name);
    const parts = [...first, Function.getBody(body)];
    Function.setBody(body, module.block(null, parts, Function.getResults(body)));
  };
  const exported = Array.from({ length: module.getNumExports() }, (_, i) =>
    binaryen.getExportInfo(module.getExportByIndex(i)),
  );

  // finish(number, status, ...)
  const statusIs = (status) => module.i32.eq(module.local.get(1, i32), module.i32.const(status));
  module.addGlobal("armed", i32, true, module.i32.const(0));
  begins(
    exported.find(({ name }) => name === "finish").value,
    module.if(statusIs(599), module.unreachable()),
    module.if(statusIs(598), module.global.set("armed", module.i32.const(1))),
  );

  // What promises call: of all closures they alone have a result.
  const callbacks = exported
    .filter(({ name }) => name.startsWith("wasm_bindgen__convert__closures"))
    .filter(({ value }) => Function.getResults(module.getFunction(value)) !== none);
  assert.equal(callbacks.length, 1);
  begins(callbacks[0].value, module.if(module.global.get("armed", i32), module.unreachable()));

  assert.ok(module.validate());
  return module.emitBinary();
}

/** A Worker of that program; what is under `/held` goes to the origin of this name. */
async function worker(t) {
  const [a, b, held] = origins.configuration;
  const config = {
    ...QUICK,
    origins: [a, b],
    pools: [{ id: "held", origins: [held] }],
    routes: [{ path: "/held", pools: ["held"] }, { pools: ["default"] }],
    // What goes the long way: this status, by another try, and small bodies, which are kept.
    retry: { statuses: "598", replay_body_bytes: 1_000 },
  };
  const edge = await startWorker({ config, program });
  t.after(() => edge.stop());
  return edge;
}

/** The first request of an instance takes the long way, the second one the short way. */
async function serves(edge) {
  for (let i = 0; i < 2; i++) assert.equal((await send(`${edge.url}/`)).status, 200);
}

async function traps(edge, path) {
  const { status, text } = await send(`${edge.url}${path}`);
  assert.deepEqual([status, text], [500, "Internal Server Error"]);
}

/** Requests to these paths, once they all wait for the origin; `answers` is a promise. */
async function hold(edge, paths, options) {
  await origins.held.set({ hang: true });
  const inFlight = async () => (await origins.held.state()).counters.in_flight;
  const others = await inFlight();
  const answers = Promise.all(paths.map((path) => send(`${edge.url}${path}`, options)));
  await until("all wait", async () => (await inFlight()) === others + paths.length);
  return { answers };
}

for (const [when, path] of Object.entries(TRAPS)) {
  test(`a trap ${when} costs no other request, again and again`, async (t) => {
    const edge = await worker(t);
    const waiting = [];
    const paths = [];
    // Where instances number their requests from 0, these have the same numbers in each.
    for (const instance of ["first", "second", "third", "last"]) {
      await serves(edge);
      const own = [1, 2, 3].map((i) => `/held/${instance}/${i}`);
      waiting.push(await hold(edge, own));
      paths.push(...own);
      if (instance !== "last") await traps(edge, path);
    }
    await origins.clear();
    const answers = (await Promise.all(waiting.map((one) => one.answers))).flat();
    assert.deepEqual(
      answers.map(({ status, text }) => [status, text]),
      paths.map((path) => [200, `origin held answers ${path}\n`]),
    );
    await serves(edge);

    const { picks, failures, in_flight } = (await edge.status()).origins[2];
    assert.deepEqual({ picks, failures, in_flight }, { picks: 3, failures: 0, in_flight: 0 });
    const starts = () => edge.log.join("").match(/starting the program anew/g).length;
    await until("one new instance for each trap", () => starts() === 3);
  });
}

test("nothing but answers to older requests may come after a trap", async (t) => {
  const edge = await worker(t);
  await serves(edge);
  const { answers } = await hold(edge, ["/held/1", "/held/2"]);
  await traps(edge, "/status/599");
  await origins.clear();
  assert.deepEqual((await answers).map(({ status }) => status), [200, 200]);
  await serves(edge);
});

test("an older request whose origin fails after a trap is not tried again", async (t) => {
  const edge = await worker(t);
  await serves(edge);
  const { answers } = await hold(edge, ["/held"]);
  await traps(edge, "/status/599");
  await origins.held.set({ hang: false, reset: true });
  assert.equal((await answers)[0].status, 502);
  assert.equal((await origins.held.state()).counters.requests, 1);
  await origins.clear();
  await serves(edge);
});

test("an older request on the long way ends with an error, and harms nobody", async (t) => {
  const edge = await worker(t);
  await serves(edge);
  for (let i = 0; i < 2; i++) {
    const { answers } = await hold(edge, ["/held"], { method: "PUT", body: "x" });
    await traps(edge, "/status/599");
    await origins.clear();
    assert.equal((await answers)[0].status, 500);
    await serves(edge);
  }
});
