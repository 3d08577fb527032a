// What lasts: WebSockets, server-sent events and large bodies, in both directions, and what either
// side hears when the other goes.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import http from "node:http";
import { Readable } from "node:stream";
import { after, before, test } from "node:test";
import { open, send, sleep, until } from "./client.mjs";
import { accept, connect } from "./socket.mjs";
import { QUICK, startWorker } from "./worker.mjs";

const MIB = 1 << 20;
let server, edge, sockets, upgrades, handler;

before(async () => {
  server = http.createServer((request, response) => handler(request, response));
  server.on("upgrade", (request, stream, head) => {
    const offered = request.headers["sec-websocket-protocol"];
    if (request.url === "/refuse") return stream.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    upgrades.push(request);
    sockets.push(accept(request, stream, head, { protocol: offered?.split(",")[0] }));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  edge = await startWorker({ config: { ...QUICK, origins: [{ id: "a", url }] } });
  handler = (_, response) => response.end("ok");
  [sockets, upgrades] = [[], []];
  await send(`${edge.url}/`);
});
after(async () => {
  await edge?.stop();
  server?.closeAllConnections();
  server?.close();
});

/** Both ends of a WebSocket through the Worker. */
async function pair(path = "/chat", options) {
  [sockets, upgrades] = [[], []];
  const client = await connect(`${edge.url}${path}`, options);
  assert.equal(client.refused, undefined);
  const origin = await until("the origin has it", () => sockets[0]);
  return { client, origin };
}

test("a WebSocket asks the origin with the fields of a proxied request", async () => {
  const headers = { "Sec-WebSocket-Protocol": "chat.v2", "x-own": "1", cookie: "a=1" };
  const { client } = await pair("/chat?room=1", { headers });
  const [asked] = upgrades;
  assert.equal(asked.url, "/chat?room=1");
  assert.equal(asked.headers.via, "1.1 gomujul");
  assert.equal(asked.headers["x-own"], "1");
  assert.equal(asked.headers.cookie, "a=1");
  assert.equal(client.answer.headers["sec-websocket-protocol"], "chat.v2");
  client.cut();
});

test("text, bytes and empty messages pass both ways, and their order stays", async () => {
  const { client, origin } = await pair();
  const messages = [
    ["text", "안녕하세요"],
    ["binary", Buffer.from([0, 255, 128, 10, 13])],
    ["text", ""],
    ["text", "x".repeat(60_000)],
  ];
  for (const [from, to] of [[client, origin], [origin, client]]) {
    for (const [kind, payload] of messages) from.send(kind, payload);
    for (const [kind, payload] of messages) {
      const frame = await to.next();
      assert.equal(frame.kind, kind);
      assert.deepEqual(frame.payload, Buffer.from(payload));
    }
  }
  client.cut();
});

test("five hundred calls and answers come one by one", async () => {
  const { client, origin } = await pair();
  const answering = (async () => {
    for (let frame; (frame = await origin.next()) && frame.kind !== "close"; ) {
      origin.send("text", `pong ${frame.text}`);
    }
  })();
  for (let i = 0; i < 500; i++) {
    client.send("text", `${i}`);
    assert.equal((await client.next()).text, `pong ${i}`);
  }
  // And all at once: nothing overtakes.
  for (let i = 0; i < 500; i++) client.send("text", `${i}`);
  for (let i = 0; i < 500; i++) assert.equal((await client.next()).text, `pong ${i}`);
  client.cut();
  await answering;
});

test("both talk at once", async () => {
  const { client, origin } = await pair();
  for (let i = 0; i < 200; i++) {
    client.send("text", `up ${i}`);
    origin.send("text", `down ${i}`);
  }
  for (let i = 0; i < 200; i++) {
    assert.equal((await origin.next()).text, `up ${i}`);
    assert.equal((await client.next()).text, `down ${i}`);
  }
  client.cut();
});

test("parts of a message and pings pass as they are: the origin answers pings itself", async () => {
  const { client, origin } = await pair();
  client.send("text", "first ", { final: false });
  client.send("ping", "between");
  client.send("continuation", "last");
  const told = [await origin.next(), await origin.next(), await origin.next()];
  assert.deepEqual(
    told.map(({ kind, final, text }) => [kind, final, text]),
    [["text", false, "first "], ["ping", true, "between"], ["continuation", true, "last"]],
  );
  origin.send("pong", "between");
  const pong = await client.next();
  assert.deepEqual([pong.kind, pong.text], ["pong", "between"]);
  client.cut();
});

test("codes and reasons of a goodbye reach the other side", async () => {
  for (const [code, reason] of [[1000, "done"], [1001, ""], [3000, "own"], [4999, "끝"]]) {
    for (const side of ["client", "origin"]) {
      const ends = await pair();
      const [leaver, stayer] = side === "client" ? [ends.client, ends.origin] : [ends.origin, ends.client];
      leaver.close(code, reason);
      const heard = await stayer.next();
      assert.deepEqual([heard.kind, heard.code, heard.text], ["close", code, reason], side);
      stayer.close(heard.code, heard.text);
      const echo = await leaver.next();
      assert.deepEqual([echo.kind, echo.code], ["close", code], side);
      ends.client.cut();
      ends.origin.cut();
    }
  }
});

test("who vanishes without a goodbye is missed", async () => {
  for (const side of ["client", "origin"]) {
    const ends = await pair();
    const [leaver, stayer] = side === "client" ? [ends.client, ends.origin] : [ends.origin, ends.client];
    stayer.send("text", "still there");
    assert.equal((await leaver.next()).text, "still there");
    leaver.cut();
    const heard = await stayer.next();
    // Never as if it had been said goodbye.
    assert.ok(heard === undefined || heard.code !== 1000, `${side}: ${JSON.stringify(heard)}`);
    stayer.cut();
  }
});

test("a refused WebSocket is refused with the origin's own status, and blames nobody", async () => {
  const { refused } = await connect(`${edge.url}/refuse`);
  assert.equal(refused.statusCode, 403);
  const [origin] = (await edge.status()).origins;
  assert.deepEqual([origin.failures, origin.health], [0, "healthy"]);
});

test("a silent WebSocket stays open, and holds nothing against the balancer", async () => {
  const { client, origin } = await pair();
  await sleep(2_500);
  const [status] = (await edge.status()).origins;
  assert.equal(status.in_flight, 0, "the handshake is over");
  origin.send("text", "late");
  assert.equal((await client.next()).text, "late");
  client.cut();
});

/** An origin that sends events as `write` says, and `closed` once nobody listens any more. */
function eventSource() {
  const source = { closed: false };
  handler = (request, response) => {
    source.headers = request.headers;
    source.write = (text) => response.write(text);
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    response.flushHeaders();
    response.on("close", () => (source.closed = true));
  };
  return source;
}

test("server-sent events arrive one by one", async () => {
  const source = eventSource();
  const headers = { accept: "text/event-stream", "last-event-id": "41", "accept-encoding": "gzip, br" };
  const answer = await open(`${edge.url}/events`, { headers });
  assert.equal(answer.headers["content-type"], "text/event-stream");
  assert.equal(source.headers["last-event-id"], "41");
  let text = "";
  let arrivals = 0;
  answer.on("error", () => {});
  answer.on("data", (chunk) => {
    text += chunk;
    arrivals++;
  });
  for (let id = 42; id < 62; id++) {
    const event = `id: ${id}\nevent: tick\ndata: {"n": ${id}}\n\n`;
    const before = text;
    source.write(event);
    // The next one is written only when this one is there: what is kept back would never come.
    await until(`event ${id} is there`, () => text === before + event, 5_000);
  }
  assert.ok(arrivals >= 20, `${arrivals} arrivals`);
  answer.destroy();
});

test("the origin hears when the client goes: at once by a reset, else by the next event", async () => {
  for (const how of ["reset", "close"]) {
    const source = eventSource();
    const answer = await open(`${edge.url}/events`);
    answer.on("error", () => {});
    source.write("data: 1\n\n");
    answer.resume();
    await sleep(200);
    assert.equal(source.closed, false);
    if (how === "reset") answer.socket.resetAndDestroy();
    // A client that closed its half of the connection could still read: only a write can tell.
    else answer.destroy();
    await until(`the origin knows of a ${how}`, () => {
      if (how === "close" && !source.closed) source.write("data: 2\n\n");
      return source.closed;
    }, 3_000);
  }
});

test("events that an origin breaks off end at the client at once, which then asks again", async () => {
  let asked = 0;
  handler = (_, response) => {
    asked++;
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`data: ${asked}\n\n`);
    setTimeout(() => response.destroy(), 200);
  };
  for (const turn of [1, 2]) {
    // The runtime writes the end of a chunked answer whatever became of it: see docs/EDGE.md.
    const answer = await send(`${edge.url}/events`);
    assert.equal(answer.text, `data: ${turn}\n\n`);
  }
});

/** The memory of this test's workerd in bytes, or undefined where there is no /proc. */
function workerdMemory() {
  let bytes;
  const ids = (() => {
    try {
      return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    } catch {
      return [];
    }
  })();
  for (const id of ids) {
    try {
      const status = readFileSync(`/proc/${id}/status`, "utf8");
      const field = (name) => new RegExp(`^${name}:\\s+(\\S+)`, "m").exec(status)?.[1];
      if (field("Name") === "workerd" && Number(field("PPid")) === process.pid) {
        bytes = (bytes ?? 0) + Number(field("VmRSS")) * 1024;
      }
    } catch {
      // It ended meanwhile.
    }
  }
  return bytes;
}

/** Runs `work` and returns by how much the memory grew at most. */
async function growth(work) {
  const before = workerdMemory();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, workerdMemory() ?? 0)), 50);
  await work();
  clearInterval(timer);
  return most - before;
}

const block = Buffer.alloc(MIB, "0123456789abcdef");

/** 200 MiB: more than an isolate may hold, so that who kept them would fail. */
const SIZE = 200;

function large() {
  return Readable.from((function* () { for (let i = 0; i < SIZE; i++) yield block; })());
}

const whole = (() => {
  const hash = createHash("sha256");
  for (let i = 0; i < SIZE; i++) hash.update(block);
  return hash.digest("hex");
})();

test(`${SIZE} MiB pass up and down byte for byte, and are nowhere kept`, async (t) => {
  handler = async (request, response) => {
    if (request.method === "POST") {
      const hash = createHash("sha256");
      for await (const chunk of request) hash.update(chunk);
      return response.end(hash.digest("hex"));
    }
    response.writeHead(200, { "content-length": SIZE * MIB });
    large().pipe(response);
  };
  const up = await growth(async () => {
    const answer = await send(`${edge.url}/up`, { method: "POST", body: large() });
    assert.equal(answer.text, whole);
  });
  const down = await growth(async () => {
    const answer = await open(`${edge.url}/down`);
    assert.equal(answer.headers["content-length"], `${SIZE * MIB}`);
    const hash = createHash("sha256");
    for await (const chunk of answer) hash.update(chunk);
    assert.equal(hash.digest("hex"), whole);
  });
  if (Number.isNaN(up)) return t.diagnostic("no /proc here: memory is not looked at");
  t.diagnostic(`workerd grew by ${(up / MIB).toFixed(1)} MiB up, ${(down / MIB).toFixed(1)} MiB down`);
  assert.ok(up < 64 * MIB && down < 64 * MIB, `${up} up, ${down} down`);
});

test("who reads slowly slows the origin down instead of filling memory", async () => {
  let written = 0;
  handler = (_, response) => {
    response.writeHead(200);
    const body = Readable.from((function* () {
      for (let i = 0; i < SIZE; i++) {
        written = i * MIB;
        yield block;
      }
    })());
    body.pipe(response);
  };
  const answer = await open(`${edge.url}/down`);
  answer.pause();
  await sleep(1_500);
  assert.ok(written < SIZE * MIB * 0.5, `the origin could write ${written} bytes to a client that read none`);
  let bytes = 0;
  for await (const chunk of answer) bytes += chunk.length;
  assert.equal(bytes, SIZE * MIB);
});
