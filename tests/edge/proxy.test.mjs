// What passes through the Worker, and what it changes.

import assert from "node:assert/strict";
import http from "node:http";
import { Readable } from "node:stream";
import { after, before, beforeEach, test } from "node:test";
import { gzipSync } from "node:zlib";
import { REQUEST_ID, open, send, sleep, until } from "./client.mjs";
import { startOrigins } from "./origins.mjs";
import { QUICK, startWorker } from "./worker.mjs";

let origins, worker;

before(async () => {
  origins = await startOrigins("a");
  worker = await startWorker({ config: { ...QUICK, origins: origins.configuration } });
});
after(async () => {
  await worker?.stop();
  await origins?.stop();
});
beforeEach(() => origins.clear());

/** Runs `check` with a Worker before a server that answers as `handler` says. */
async function beforeServer(handler, check) {
  const server = http.createServer(handler);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  const special = await startWorker({ config: { ...QUICK, origins: [{ id: "special", url }] } });
  try {
    await check(special);
  } finally {
    await special.stop();
    server.closeAllConnections();
    server.close();
  }
}

for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"]) {
  test(`${method} arrives as ${method}, with path and query untouched`, async () => {
    const body = ["POST", "PUT", "PATCH"].includes(method) ? "hello" : undefined;
    const answer = await send(`${worker.url}/echo?a=%20b&c=/%2F`, { method, body });
    assert.equal(answer.status, 200);
    const { last_request: seen } = await origins.a.state();
    assert.equal(seen.method, method);
    assert.equal(seen.target, "/echo?a=%20b&c=/%2F");
    const length = seen.headers.find(([name]) => name === "content-length");
    if (body) assert.deepEqual(length, ["content-length", "5"]);
    if (method === "HEAD") assert.equal(answer.body.length, 0);
    else assert.equal(answer.json().body, body ?? "");
  });
}

test("the client and the way here are named to the origin, and claims are not believed", async () => {
  const headers = {
    "cf-connecting-ip": "192.0.2.7",
    "x-forwarded-for": "198.51.100.1",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "bank.example",
    via: "2 cdn",
  };
  const seen = new Map((await send(`${worker.url}/echo`, { headers })).json().headers);
  assert.equal(seen.get("x-forwarded-for"), "198.51.100.1, 192.0.2.7");
  assert.equal(seen.get("x-forwarded-proto"), "http");
  assert.equal(seen.get("x-forwarded-host"), new URL(worker.url).host);
  assert.equal(seen.get("via"), "2 cdn, 1.1 gomujul");
  assert.equal(seen.get("host"), new URL(origins.a.url).host);
  assert.match(seen.get("x-request-id"), REQUEST_ID);
});

test("the usual fields are the same whichever way a request takes", async () => {
  let seen;
  const handler = (request, response) => {
    seen = request.headers;
    response.end("ok");
  };
  const client = "192.0.2.7";
  const named = { "cf-connecting-ip": client };
  const kinds = [
    [{}, undefined],
    [named, client],
    [{ ...named, "x-forwarded-for": " " }, client],
    [{ ...named, "x-forwarded-for": `198.51.100.1, ${client}` }, `198.51.100.1, ${client}`],
    [{ ...named, "x-forwarded-for": "198.51.100.1" }, `198.51.100.1, ${client}`],
    [{ "x-forwarded-for": "198.51.100.1" }, "198.51.100.1"],
    [{ ...named, "cf-ray": "8f0c1d2e3f4a5b6c-ICN" }, client],
    [{ "x-forwarded-proto": "gopher", "x-forwarded-host": "bank.example", "x-request-id": "x" }, undefined],
    [{ connection: "keep-alive" }, undefined],
  ];
  await beforeServer(handler, async ({ url }) => {
    const { host } = new URL(url);
    const names = new Set();
    // An isolate's first request takes the long way, and the first one to an origin has a plan.
    for (let round = 0; round < 4; round++) {
      for (const [i, [headers, list]] of kinds.entries()) {
        const answer = await send(`${url}/a?b=//c/#d`, { headers });
        assert.equal(answer.status, 200);
        const got = ["via", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"].map((name) => seen[name]);
        assert.deepEqual(got, ["1.1 gomujul", list, "http", host], `round ${round}, kind ${i}`);
        const name = seen["x-request-id"];
        if (headers["cf-ray"]) assert.equal(name, headers["cf-ray"]);
        else assert.match(name, REQUEST_ID);
        names.add(name);
      }
    }
    assert.equal(names.size, 4 * (kinds.length - 1) + 1, "names differ");
  });
});

test("an upload that takes too long is broken off towards the origin", async (t) => {
  let ended;
  const isOver = new Promise((resolve) => (ended = resolve));
  const server = http.createServer((request) => {
    request.resume();
    request.on("close", () => ended(request.complete ? "whole" : "broken off"));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  const config = { ...QUICK, origins: [{ id: "slow", url }], timeouts: { upload_ms: 500 } };
  const edge = await startWorker({ config });
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await edge.stop();
  });
  const status = await new Promise((resolve, reject) => {
    const request = http.request(`${edge.url}/upload`, { method: "POST", agent: false });
    request.on("response", (response) => resolve(response.resume().statusCode));
    request.on("error", reject);
    // Goes on whatever the Worker has answered.
    const more = setInterval(() => request.write("x".repeat(1_000)), 50);
    t.after(() => {
      clearInterval(more);
      request.on("error", () => {});
      request.destroy();
    });
  });
  assert.equal(status, 504);
  assert.equal(await Promise.race([isOver, sleep(5_000).then(() => "going on")]), "broken off");
});

test("fields of one connection stay on it, in both directions", async () => {
  let seen;
  const handler = (request, response) => {
    seen = request.headers;
    response.writeHead(200, {
      Connection: "keep-alive, x-hop",
      "Keep-Alive": "timeout=5",
      Upgrade: "h2c",
      "Proxy-Connection": "keep-alive",
      "x-hop": "1",
      "x-end": "1",
    });
    response.end("ok");
  };
  await beforeServer(handler, async ({ url }) => {
    const headers = {
      Connection: "keep-alive, x-hop, x-forwarded-host",
      "Keep-Alive": "timeout=5",
      "Proxy-Connection": "keep-alive",
      TE: "trailers",
      "x-hop": "1",
      "x-end": "1",
    };
    const answer = await send(`${url}/`, { headers });
    for (const name of ["x-hop", "keep-alive", "proxy-connection", "te", "upgrade"]) {
      assert.equal(seen[name], undefined, `request: ${name}`);
    }
    for (const name of ["x-hop", "upgrade", "proxy-connection"]) {
      assert.equal(answer.headers[name], undefined, `answer: ${name}`);
    }
    assert.equal(seen["x-end"], "1");
    assert.equal(seen["x-forwarded-host"], new URL(url).host);
    assert.equal(answer.headers["x-end"], "1");
    assert.equal(answer.text, "ok");
    // Nor do those pass that the client forgot to name.
    const unnamed = { "Keep-Alive": "timeout=5", "Proxy-Connection": "x", TE: "trailers", "x-end": "2" };
    await send(`${url}/`, { headers: unnamed });
    for (const name of ["keep-alive", "proxy-connection", "te", "upgrade", "transfer-encoding"]) {
      assert.equal(seen[name], undefined, `unnamed: ${name}`);
    }
    assert.equal(seen["x-end"], "2");
  });
});

test("three cookies stay three", async () => {
  const { headers } = await send(`${worker.url}/cookies`);
  assert.equal(headers["set-cookie"].length, 3);
  assert.match(headers["set-cookie"][1], /^theme=dark; Expires=Wed, 01 Jan 2031/);
});

test("redirects reach the client", async () => {
  for (const status of [301, 302, 303, 307, 308]) {
    const answer = await send(`${worker.url}/redirect?to=/echo&status=${status}`);
    assert.equal(answer.status, status);
    assert.equal(answer.headers.location, "/echo");
  }
  assert.equal((await origins.a.state()).counters.requests, 5);
});

for (const status of [204, 304, 404, 418, 500, 503]) {
  test(`status ${status} passes`, async () => {
    const answer = await send(`${worker.url}/status/${status}`);
    assert.equal(answer.status, status);
    assert.equal(answer.headers["x-origin"], "a");
    if (status < 400) assert.equal(answer.body.length, 0);
  });
}

test("the length of a body is known beforehand", async () => {
  const whole = await send(`${worker.url}/bytes?n=100000`);
  assert.equal(whole.headers["content-length"], "100000");
  assert.equal(whole.body.length, 100_000);
  const head = await send(`${worker.url}/bytes?n=100000`, { method: "HEAD" });
  assert.equal(head.headers["content-length"], "100000");
  assert.equal(head.body.length, 0);
});

test("an answer arrives while it is being made", async () => {
  const started = Date.now();
  const answer = await open(`${worker.url}/stream?chunks=4&delay_ms=300`);
  const arrivals = [];
  for await (const chunk of answer) arrivals.push([Date.now() - started, chunk.toString()]);
  assert.ok(arrivals.length >= 4, JSON.stringify(arrivals));
  assert.ok(arrivals[0][0] < 300, `first after ${arrivals[0][0]} ms`);
  assert.ok(arrivals.at(-1)[0] >= 900, `last after ${arrivals.at(-1)[0]} ms`);
});

test("a body arrives while it is being sent", async () => {
  let firstChunk;
  const handler = (request, response) => {
    request.once("data", () => (firstChunk = Date.now()));
    request.on("end", () => response.end("read"));
    request.resume();
  };
  await beforeServer(handler, async ({ url }) => {
    // The first request of an isolate waits for what the store knows.
    await send(`${url}/`);
    const slowly = Readable.from(
      (async function* () {
        yield "first";
        await sleep(500);
        yield "last";
      })(),
    );
    const answer = await send(`${url}/`, { method: "POST", body: slowly });
    assert.equal(answer.text, "read");
    assert.ok(Date.now() - firstChunk >= 400, "the first chunk came with the last");
  });
});

test("compressed answers pass as they are", async () => {
  const gzip = gzipSync("hello");
  const handler = (_, response) => {
    response.writeHead(200, { "content-encoding": "gzip", "content-length": gzip.length });
    response.end(gzip);
  };
  await beforeServer(handler, async ({ url }) => {
    const answer = await send(`${url}/`, { headers: { "accept-encoding": "gzip" } });
    assert.equal(answer.headers["content-encoding"], "gzip");
    assert.deepEqual(answer.body, gzip);
  });
});

test("a request that goes in circles is answered with 508", async () => {
  const answer = await send(`${worker.url}/`, { headers: { via: "2 cdn, 1.1 Gomujul (here)" } });
  assert.equal(answer.status, 508);
  const { error, request_id: id } = answer.json();
  assert.equal(error, "loop");
  assert.equal(answer.headers["x-request-id"], id);
  assert.equal((await origins.a.state()).counters.requests, 0);
});

test("an answer that breaks off is not made to look whole", async () => {
  await origins.a.set({ reset_body: true });
  await assert.rejects(send(`${worker.url}/bytes?n=100000`));
});

test("a client that hangs up while it sends is not held against the origin", async () => {
  await origins.a.set({ hang: true });
  const gone = new AbortController();
  const upload = open(`${worker.url}/upload`, {
    method: "POST",
    headers: { "content-length": "1000" },
    body: Readable.from((async function* () { yield "x"; await sleep(5_000); })()),
    signal: gone.signal,
  });
  await until("it is at the origin", async () => (await origins.a.state()).counters.in_flight === 1);
  gone.abort();
  await assert.rejects(upload);
  const [origin] = await until("it is over", async () => {
    const { origins } = await worker.status();
    return origins[0].in_flight === 0 && origins;
  });
  assert.equal(origin.failures, 0);
  assert.equal(origin.health, "healthy");
});
