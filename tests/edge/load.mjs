// Clients that ask one request after the other, as fast as answers come, and look at every answer. A
// generator such as wrk sends more, but tells of an answer its status and nothing else: not whether its
// body was whole, nor who sent it, nor whether what broke off was allowed to.

import http from "node:http";
import { sleep, until } from "./client.mjs";

/** Sends one request; resolves in any case, with what came of head and body. */
function ask(url, method, agent) {
  return new Promise((resolve) => {
    const seen = { method, began: performance.now(), bytes: 0 };
    const request = http.request(url, { method, agent }, (answer) => {
      const { "x-origin": origin, "content-length": length } = answer.headers;
      Object.assign(seen, { status: answer.statusCode, origin, length: Number(length) });
      answer.on("data", (chunk) => (seen.bytes += chunk.length));
      answer.on("end", () => resolve(seen));
      answer.on("error", (error) => resolve({ ...seen, error }));
    });
    request.on("error", (error) => resolve({ ...seen, error }));
    request.end();
  });
}

/**
 * Starts `clients` that send the `methods` in turn. An answer counts if it has status 200, names its
 * origin and is whole. One that breaks off after its head is in `broken` if its origin may break
 * answers off while the request is under way; everything else is in `failed`.
 */
export function startLoad(url, { clients, methods }) {
  const load = { sent: 0, broken: 0, failed: [] };
  /** Until when origins may break answers off. */
  const breaking = new Map();
  let left = Infinity;
  let waiting = 0;
  let isRunning = true;
  let answered = {};

  const judge = (seen) => {
    const { method, began, status, origin, length, bytes, error } = seen;
    answered[origin] = (answered[origin] ?? 0) + 1;
    const hasBody = method !== "HEAD";
    const isHead = status === 200 && origin !== undefined && length > 0;
    if (isHead && error === undefined && bytes === (hasBody ? length : 0)) return;
    const isBroken = isHead && hasBody && error !== undefined && bytes < length;
    if (isBroken && began <= (breaking.get(origin) ?? -1)) load.broken++;
    else load.failed.push(`${method} ${error ?? status}: ${bytes} of ${length} bytes of ${origin}`);
  };
  const client = async (_, number) => {
    // A connection of its own, which is never left idle for so long that the server closes it.
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    for (let turn = number; isRunning; ) {
      waiting++;
      while (left <= 0 && isRunning) await sleep(2);
      waiting--;
      if (!isRunning) break;
      left--;
      load.sent++;
      judge(await ask(url, methods[turn++ % methods.length], agent));
    }
    agent.destroy();
  };
  const all = Promise.all(Array.from({ length: clients }, client));

  const isIdle = () => left <= 0 && waiting === clients;
  return Object.assign(load, {
    /** From now on answers of this origin may break off, */
    mayBreak: (name) => breaking.set(name, Infinity),
    /** and those to requests from now on may not. */
    isWell: (name) => breaking.set(name, performance.now()),
    /** Sends nothing more until it is told to; resolves when nothing is under way. */
    pause: () => {
      left = 0;
      return until("everything has its answer", isIdle, 60_000);
    },
    /** Sends so many requests, between pauses; resolves with who answered how many. */
    send: async (count) => {
      answered = {};
      left = count;
      await until(`${count} requests have their answers`, isIdle, 120_000);
      return answered;
    },
    resume: () => (left = Infinity),
    stop: () => {
      isRunning = false;
      return all;
    },
  });
}
