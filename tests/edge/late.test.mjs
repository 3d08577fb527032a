// Who is to blame for an answer that comes late: the part of the Worker that waits, with real origins.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { dispatch } from "../../edge/src/door.js";
import { startOrigins } from "./origins.mjs";

let origins;

before(async () => {
  origins = await startOrigins("a");
});
after(() => origins?.stop());

const ask = (path, timeoutMs) => {
  const init = () => ({ redirect: "manual" });
  const heard = (answer, error) => {
    if (error !== undefined) throw error;
    return answer;
  };
  return dispatch(`${origins.a.url}${path}`, init, timeoutMs, Date.now(), heard);
};

test("an answer that comes too late is none", async () => {
  await origins.set({ delay_ms: 600 });
  assert.equal(await ask("/", 200), undefined);
  await origins.clear();
});

test("an origin is not blamed for the time in which the isolate stood still", async () => {
  await ask("/", 5_000);
  const answer = ask("/", 500);
  // Nothing of this thread runs: the time is up before the answer, which has come, could be read.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
  assert.equal((await answer)?.status, 200);
});

test("an origin that hangs is given up, however long the isolate stood still", async () => {
  await origins.set({ hang: true });
  const answer = ask("/", 500);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
  const began = Date.now();
  assert.equal(await answer, undefined);
  assert.ok(Date.now() - began < 5_000);
  await origins.clear();
});
