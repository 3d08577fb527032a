// What an attacker tries: smuggled requests, injected fields, other hosts, loops, large heads.

import assert from "node:assert/strict";
import http from "node:http";
import net from "node:net";
import { Readable } from "node:stream";
import { after, before, beforeEach, test } from "node:test";
import * as client from "./client.mjs";
import { QUICK, startWorker } from "./worker.mjs";

const { open, send } = client;
let server, other, worker, seen, reached;

before(async () => {
  server = http.createServer({ maxHeaderSize: 262_144 }, async (request, response) => {
    seen.push({ method: request.method, url: request.url, headers: request.headers });
    request.resume();
    if (request.url === "/redirect") {
      response.writeHead(302, { location: `http://127.0.0.1:${other.address().port}/inside` });
    }
    response.end("ok");
  });
  other = http.createServer((_, response) => {
    reached++;
    response.end("inside");
  });
  for (const one of [server, other]) {
    await new Promise((resolve) => one.listen(0, "127.0.0.1", resolve));
  }
  const url = `http://127.0.0.1:${server.address().port}`;
  worker = await startWorker({ config: { ...QUICK, origins: [{ id: "a", url }] } });
});
after(async () => {
  await worker?.stop();
  for (const one of [server, other]) {
    one?.closeAllConnections();
    one?.close();
  }
});
beforeEach(() => {
  seen = [];
  reached = 0;
});

/** Writes bytes to the Worker and reads what comes. */
const raw = (text) => client.raw(worker.url, text);

const statuses = (answer) => [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, s]) => Number(s));
const smuggled = () => seen.filter(({ url }) => url.includes("smuggled"));

const SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
const FRAMING = {
  "length and chunked": `POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: ${SMUGGLED.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  "two lengths": `POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
  "a list of lengths": `POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0, ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
  "a signed length": `POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: +0\r\n\r\n${SMUGGLED}`,
  "an unknown coding": `POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  "a coding with a tab": `POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\tchunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  "a space before the colon": `POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\nContent-Length: 0\r\n\r\n${SMUGGLED}`,
  "a folded field": `POST /a HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n Content-Length: 5\r\n\r\n${SMUGGLED}`,
  "a bare line feed": `POST /a HTTP/1.1\nHost: x\nContent-Length: 0\n\n${SMUGGLED}`,
  "a chunk size that overflows": `POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n${SMUGGLED}`,
  "a chunk extension with a line feed": `POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0;a=\n\r\n\r\n${SMUGGLED}`,
};

for (const [name, text] of Object.entries(FRAMING)) {
  test(`framing: ${name} lets no hidden request through`, async () => {
    const answer = await raw(text);
    // Either the Worker sees the second request itself and answers it as one of the client's own,
    // with the fields of a proxied one; or it refuses. Never does an origin see one that the Worker
    // did not: that one would have no Via.
    for (const request of seen) {
      assert.equal(request.headers.via, "1.1 gomujul", JSON.stringify(request));
      assert.notEqual(request.headers.host, "x");
    }
    assert.ok(smuggled().length <= statuses(answer).length - 1 || smuggled().length === 0, answer);
  });
}

test("fields cannot be injected by path, query or values", async () => {
  const paths = ["/a%0d%0aX-Evil:%201", "/a?b=%0d%0aX-Evil:%201", "/a%00b", "/%E5%98%8A%E5%98%8DX-Evil:1"];
  for (const path of paths) {
    await send(`${worker.url}${path}`);
    assert.equal(seen.at(-1).headers["x-evil"], undefined, path);
  }
  const values = ["1.1 a\u0001", "a, 1.1 b (x\ty)", "1.1 \"quoted\"", ",,,"];
  for (const via of values) {
    await raw(`GET /via HTTP/1.1\r\nHost: x\r\nVia: ${via}\r\nConnection: close\r\n\r\n`);
    for (const request of seen) assert.equal(request.headers["x-evil"], undefined);
  }
});

test("another host in the request changes the origin of nothing", async () => {
  const port = other.address().port;
  const requests = [
    `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`,
    `GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    `GET //127.0.0.1:${port}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    `GET /@127.0.0.1:${port}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    `GET /\\\\127.0.0.1:${port}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: x@127.0.0.1:${port}\r\nConnection: close\r\n\r\n`,
    `GET @127.0.0.1:${port} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    `CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: x\r\n\r\n`,
  ];
  for (const request of requests) {
    await raw(request);
    assert.equal(reached, 0, request);
  }
});

test("a redirect to the inside is handed to the client, not followed", async () => {
  const answer = await send(`${worker.url}/redirect`);
  assert.equal(answer.status, 302);
  assert.equal(reached, 0);
});

test("the console is not reached by odd spellings, nor origins by console paths", async () => {
  for (const path of ["/_lb/api/config", "/_lb/../_lb/api/config", "/x/../_lb/api/config"]) {
    const answer = await raw(`PUT ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    assert.deepEqual(statuses(answer), [403], path);
  }
  for (const path of ["/_LB/status", "/_lb%2fstatus", "/%5flb/status", "//_lb/status"]) {
    await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  }
  assert.equal(seen.length, 4, "those are the origin's");
});

test("large heads are answered, and the next client is served", async () => {
  for (const size of [100_000, 200_000, 1_000_000]) {
    const answer = await raw(`GET / HTTP/1.1\r\nHost: x\r\nX-Big: ${"b".repeat(size)}\r\nConnection: close\r\n\r\n`);
    assert.ok(statuses(answer).every((status) => status === 200 || status >= 400), answer.slice(0, 100));
    assert.equal((await send(`${worker.url}/`)).status, 200);
  }
  const many = Array.from({ length: 5_000 }, (_, i) => `X-${i}: 1\r\n`).join("");
  await raw(`GET / HTTP/1.1\r\nHost: x\r\n${many}Connection: close\r\n\r\n`);
  assert.equal((await send(`${worker.url}/`)).status, 200);
});

test("a balancer that is its own origin is noticed", async (t) => {
  // Two of one name, each the origin of the next, as when the Worker's own host is configured.
  const inner = await startWorker({ config: { ...QUICK, origins: [{ id: "a", url: worker.url }] } });
  t.after(() => inner.stop());
  const answer = await send(`${inner.url}/`);
  assert.equal(answer.status, 508);
  assert.equal(answer.json().error, "loop");
});

/** Sends a body whose length is not told. */
function chunked(url, bytes, options = {}) {
  const body = Readable.from((function* () { for (let i = 0; i < bytes; i += 1_000) yield "x".repeat(1_000); })());
  return open(url, { method: "POST", body, ...options });
}

test("a limit of bodies is not passed by hiding the length", async (t) => {
  const url = `http://127.0.0.1:${server.address().port}`;
  const config = { ...QUICK, origins: [{ id: "a", url }], limits: { body_bytes: 5_000 }, short_links: "public" };
  const limited = await startWorker({ config });
  t.after(() => limited.stop());
  for (const bytes of [1_000, 50_000]) {
    const answer = await chunked(`${limited.url}/`, bytes);
    assert.equal(answer.statusCode, 411);
    answer.on("error", () => {}).resume();
  }
  assert.equal(seen.length, 0);
  const link = await chunked(`${limited.url}/_lb/d/`, 1_000);
  assert.equal(link.statusCode, 411);
  link.on("error", () => {}).resume();
  // Without a limit, such bodies pass.
  const free = await chunked(`${worker.url}/`, 50_000);
  assert.equal(free.statusCode, 200);
  free.resume();
});

test("probes do not follow redirects to the inside", async (t) => {
  const url = `http://127.0.0.1:${server.address().port}`;
  const health_check = { ...QUICK.health_check, path: "/redirect", matcher: "200", unhealthy_threshold: 1 };
  const probing = await startWorker({ config: { ...QUICK, origins: [{ id: "a", url }], health_check } });
  t.after(() => probing.stop());
  await probing.runCron();
  assert.equal(seen.filter(({ url }) => url === "/redirect").length, 1);
  assert.equal(reached, 0);
  assert.match(JSON.stringify((await probing.health()).events), /status 302/);
});

test("a Worker that is made its own origin answers 508 instead of asking itself for ever", async (t) => {
  const secrets = { GOMUJUL_TOKEN: "token-for-tests" };
  const edge = await startWorker({ config: { ...QUICK, origins: [] }, secrets });
  t.after(() => edge.stop());
  const put = await send(`${edge.url}/_lb/api/config`, {
    method: "PUT",
    headers: { authorization: "Bearer token-for-tests" },
    body: JSON.stringify({ ...QUICK, origins: [{ id: "self", url: edge.url }] }),
  });
  assert.equal(put.status, 200);
  const answer = await send(`${edge.url}/`);
  assert.deepEqual([answer.status, answer.json().error], [508, "loop"]);
});

test("garbage is answered without harm", async () => {
  let seed = 20_260_404;
  const random = (n) => (seed = (seed * 48_271) % 2_147_483_647) % n;
  for (let i = 0; i < 60; i++) {
    const bytes = Array.from({ length: 1 + random(300) }, () => String.fromCharCode(random(256))).join("");
    const text = i % 2 ? `GET /${bytes} HTTP/1.1\r\nHost: x\r\n${bytes}: ${bytes}\r\n\r\n` : bytes;
    const { hostname, port } = new URL(worker.url);
    await new Promise((resolve) => {
      const socket = net.connect(Number(port), hostname, () => socket.end(text, "latin1"));
      socket.setTimeout(200, () => socket.destroy());
      socket.resume();
      socket.on("error", () => {});
      socket.on("close", resolve);
    });
  }
  assert.equal((await send(`${worker.url}/`)).status, 200);
});
