// A client that sees the wire: header fields as they arrive, bodies as bytes, nothing followed.

import http from "node:http";
import net from "node:net";

/** A request's name, where the platform gives none: the isolate's part and a number. */
export const REQUEST_ID = /^[0-9a-f]{12}-[0-9]+$/;

/**
 * Sends a request; resolves with the answer when its head is there. Each on a connection of its own
 * unless an agent is given: a server that answers before it has read a body closes the connection.
 */
export function open(url, { method = "GET", headers = {}, body, agent = false, signal } = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers, agent, signal }, resolve);
    request.on("error", reject);
    if (typeof body?.pipe === "function") body.pipe(request);
    else request.end(body);
  });
}

/** Sends a request; resolves with status, headers and the whole body. */
export async function send(url, options) {
  const answer = await open(url, options);
  const chunks = [];
  for await (const chunk of answer) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const text = body.toString();
  return {
    status: answer.statusCode,
    headers: answer.headers,
    rawHeaders: answer.rawHeaders,
    body,
    text,
    json: () => JSON.parse(text),
  };
}

/** Writes bytes to a server and reads until it closes or is quiet for a while. */
export function raw(url, text, quietMs = 700) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = net.connect(Number(port), hostname, () => socket.write(text, "latin1"));
    let answer = "";
    socket.setTimeout(quietMs, () => socket.destroy());
    socket.on("data", (chunk) => (answer += chunk.toString("latin1")));
    socket.on("error", () => {});
    socket.on("close", () => resolve(answer));
  });
}

/** Waits until `check` returns something true, and returns that. */
export async function until(what, check, timeoutMs = 10_000) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const result = await check();
    if (result) return result;
    if (Date.now() > end) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await sleep(50);
  }
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
