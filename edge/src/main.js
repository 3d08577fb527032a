// The entry of the Worker: what the runtime calls, and the short way of a request.
//
// Rust decides, but a request in good health does not wait in Rust: a future there, with its
// promises, closures and their finalizers, cost more than all the rest. So the first try goes a
// short way. `begin` says where it goes, JavaScript sends it and waits, `finish` says what becomes
// of the answer; both are plain calls. Whatever is out of the ordinary (the first request of an
// isolate, a refresh, `/_lb/`, a rate limit, a refusal) takes the long way through `fetch`; a try
// that failed goes on there through `resume`.
//
// `cargo xtask build` bundles this with what wasm-bindgen makes of the crate.

import { changed, connectionOf, describe, discard, dispatch, edited, initOf, usual } from "door";
import * as rust from "rust";

Error.stackTraceLimit = 100;

/** Says whether a trap has left the instance in an unknown state, and counts the instances. */
const life = rust.__worker_init_state();

/** Requests of the short way so far: each has the number that it makes. */
let count = 0;

/** What the runtime keeps of a request outside the engine's heap, about: its fields, streams and promises. */
const UNSEEN_BYTES = 8 << 10;

/** Requests of which the engine is told at once. */
const TOLD_TOGETHER = 256;

/** What tells it, until the next does. */
let told;

/**
 * Lets the engine collect garbage in time. It sees three thousand bytes of a request and does not know of
 * what the runtime keeps behind them, so it would wait until seven thousand requests are garbage, and free
 * them at once: a tenth of a second in which the isolate answers nobody. A buffer does count with it, costs
 * nothing while nobody writes into it, and is garbage in its turn.
 */
function tell() {
  try {
    told = new ArrayBuffer(TOLD_TOGETHER * UNSEEN_BYTES);
  } catch {
    // There was no room left, which the engine knows then.
    told = undefined;
  }
}

/** What `begin` says: the long way, or, below `ROAD`, what `plan` says; the rest are known roads. */
const LONG = 0;
const ROAD = 2;

/** What plans said of roads to origins, by number: requests that need nothing unusual go by it. */
const roads = new Map();

/** What `finish` hears where there is no status: see `quick.rs`. */
const LATE = 0;
const LOST = 1;
const WRONG = 2;

/** What it says of an answer that goes to the client. */
const AS_IT_IS = 1;
const EDITED = 2;

/** A new instance in place of one that trapped: the next request needs a sound one. */
function revive() {
  if (!life.criticalError) return;
  console.log("starting the program anew");
  rust.__wbg_reset_state();
  life.criticalError = false;
}

function note(error) {
  if (!(error instanceof WebAssembly.RuntimeError)) return;
  console.error("the program trapped", error);
  life.criticalError = true;
}

addEventListener("error", (event) => note(event.error));

async function guarded(call) {
  revive();
  try {
    return await call();
  } catch (error) {
    note(error);
    throw error;
  }
}

/** Sends the first try and does with its answer what `finish` says. */
function travel(request, facts, number, way, now) {
  const instance = life.instanceId;
  const heard = (answer, thrown) => goOn(request, facts.text, instance, number, answer, thrown);
  const { method, url } = facts;
  if (way >= ROAD) {
    // One bit of it says whether the client is to be named.
    const { timeoutMs, resolvesTo, origin, via } = roads.get((way - ROAD) >>> 1);
    const target = url.indexOf("/", 8);
    const isFirst = (way & 1) === 1;
    const init = () => initOf(method, usual(facts, target, via, isFirst), null, resolvesTo);
    return dispatch(origin + url.slice(target), init, timeoutMs, now, heard);
  }
  const lines = rust.plan().split("\n");
  // The edits come after these.
  const [road, timeout, resolvesTo, origin, target, via] = lines;
  const timeoutMs = Number(timeout);
  if (road !== "") roads.set(Number(road), { timeoutMs, resolvesTo, origin, via });
  const init = () => initOf(method, changed(facts.headers, lines, 6), facts.body, resolvesTo);
  return dispatch(origin + target, init, timeoutMs, now, heard);
}

/** What the client gets after a first try, or a promise of it. */
function goOn(request, text, instance, number, answer, thrown) {
  revive();
  if (instance !== life.instanceId) {
    // Another request trapped meanwhile, and nobody knows of this one any more.
    return answer ?? new Response("Bad Gateway\n", { status: 502 });
  }
  let status = LATE;
  if (answer !== undefined) status = answer.status;
  // The network throws plain errors; these are about arguments.
  else if (thrown !== undefined) status = thrown instanceof TypeError ? WRONG : LOST;
  try {
    const end = rust.finish(number, status, answer && connectionOf(answer), Date.now());
    if (end === AS_IT_IS) return answer;
    if (end === EDITED) return edited(answer, rust.editsOfAnswer());
  } catch (error) {
    note(error);
    throw error;
  }
  if (answer !== undefined) discard(answer);
  return guarded(() => rust.resume(request, text, number, thrown));
}

export default {
  fetch(request, env, context) {
    revive();
    const facts = describe(request);
    const number = (count = (count + 1) >>> 0);
    if (number % TOLD_TOGETHER === 0) tell();
    const now = Date.now();
    let way;
    try {
      way = rust.begin(number, facts.text, now);
    } catch (error) {
      note(error);
      throw error;
    }
    if (way !== LONG) return travel(request, facts, number, way, now);
    return guarded(() => rust.fetch(request, env, context));
  },

  scheduled(event, env, context) {
    return guarded(() => rust.scheduled(event, env, context));
  },
};
