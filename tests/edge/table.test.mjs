// Requests through the Worker beside the same ones sent straight to the server: what arrives there
// and what comes back must be the same, byte for byte.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import http from "node:http";
import { after, before, test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { open, raw, send } from "./client.mjs";
import { QUICK, startWorker } from "./worker.mjs";

/** Fields of one connection, and what a clock writes. */
const NOT_COMPARED = new Set(["connection", "keep-alive", "transfer-encoding", "date"]);
/** What this proxy adds on the way to the origin, and what names the connection. */
const ADDED = new Set([
  ...["via", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-request-id"],
  ...["host", "connection", "keep-alive", "te", "upgrade", "proxy-connection"],
  ...["transfer-encoding", "content-length", "cf-worker"],
]);

const sha = (bytes) => createHash("sha256").update(bytes).digest("hex");
const pairs = (raw) => raw.flatMap((name, i) => (i % 2 ? [] : [[name.toLowerCase(), raw[i + 1]]]));

/** What arrived at the server, by method and target. */
let arrived = [];

/** Answers as the path says, and tells what arrived. */
async function answer(request, response) {
  arrived.push(`${request.method} ${request.url}`);
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const fields = pairs(request.rawHeaders).filter(([name]) => !ADDED.has(name)).sort();
  const seen = JSON.stringify([request.method, request.url, body.length, sha(body), fields]);
  const [, kind, argument = ""] = new URL(request.url, "http://x").pathname.split("/");
  const gzip = gzipSync(seen);
  const brotli = brotliCompressSync(seen);
  const answers = {
    seen: () => response.end(seen),
    chunked: () => {
      response.write(seen.slice(0, 10));
      response.end(seen.slice(10));
    },
    status: () => response.writeHead(Number(argument)).end([204, 304].includes(Number(argument)) ? undefined : seen),
    gzip: () => response.writeHead(200, { "content-encoding": "gzip", "content-length": gzip.length }).end(gzip),
    gzipchunked: () => response.writeHead(200, { "content-encoding": "gzip" }).end(gzip),
    br: () => response.writeHead(200, { "content-encoding": "br" }).end(brotli),
    unknown: () => response.writeHead(200, { "content-encoding": "x-own" }).end(seen),
    cookies: () => {
      const cookies = ["a=1, 2; Expires=Wed, 01 Jan 2031 00:00:00 GMT", "b=; Path=/", "c=\"q\"", "a=3"];
      response.writeHead(200, { "set-cookie": cookies }).end();
    },
    repeated: () => response.writeHead(200, [["x-a", "1"], ["x-b", "2"], ["x-a", "3"], ["x-a", ""]].flat()).end(),
    redirect: () => response.writeHead(Number(argument), { location: "/elsewhere?a=b#c" }).end(),
    absolute: () => response.writeHead(302, { location: "https://other.example/a%20b" }).end(),
    range: () => {
      const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "") ?? [];
      if (from === undefined) return response.end("0123456789");
      const part = "0123456789".slice(Number(from), Number(to) + 1);
      response.writeHead(206, { "content-range": `bytes ${from}-${to}/10`, "content-length": part.length });
      response.end(part);
    },
    cached: () => {
      const headers = { etag: '"v1"', "last-modified": "Wed, 01 Jan 2025 00:00:00 GMT", vary: "accept", "cache-control": "max-age=60", age: "5" };
      if (request.headers["if-none-match"] === '"v1"') return response.writeHead(304, headers).end();
      response.writeHead(200, headers).end("cached");
    },
    length: () => response.writeHead(200, { "content-length": Number(argument) }).end(Buffer.alloc(Number(argument), 7)),
    headers: () => response.writeHead(200, { "x-long": "v".repeat(Number(argument)) }).end(),
    many: () => {
      for (let i = 0; i < Number(argument); i++) response.setHeader(`x-${i}`, `${i}`);
      response.end();
    },
    binary: () => response.end(Buffer.from(Array.from({ length: 512 }, (_, i) => i % 256))),
    sse: () => response.writeHead(200, { "content-type": "text/event-stream" }).end("data: 1\n\nid: 2\ndata: 2\n\n"),
    auth: () => response.writeHead(401, { "www-authenticate": "Basic realm=\"a\", Bearer" }).end(),
    empty: () => response.writeHead(200, { "content-length": 0 }).end(),
    reason: () => response.writeHead(299).end(),
    trailers: () => {
      // Whatever became a header field that was none.
      const strays = fields.filter(([name]) => name.startsWith("x-"));
      const told = JSON.stringify({ body: body.toString(), trailers: request.trailers, fields: strays });
      if (argument === "") return response.end(told);
      // workerd takes trailers of an answer for the beginning of the next one: see docs/EDGE.md.
      response.writeHead(200, { trailer: "x-sum", connection: "close" });
      response.write(told);
      response.addTrailers({ "x-sum": argument });
      response.end();
    },
  };
  (answers[kind] ?? answers.seen)();
}

const body = (text) => ({ method: "POST", body: text });
const stream = (...chunks) => ({ method: "POST", headers: { "transfer-encoding": "chunked" }, body: Buffer.concat(chunks) });
const CASES = [
  ...["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "REPORT", "MKCOL", "LOCK"].map(
    (method) => ["/seen", { method }],
  ),
  ["/seen", body("hello")], ["/seen", { method: "PUT", body: "x" }], ["/seen", { method: "PATCH", body: "{}" }],
  ["/seen", { method: "DELETE", body: "which", headers: { "content-length": "5" } }],
  ["/seen", { method: "PROPFIND", body: "<a/>", headers: { "content-length": "4" } }],
  ["/seen", body(Buffer.alloc(100_000, 1))], ["/seen", body(Buffer.alloc(3_000_000, 2))],
  ["/seen", stream(Buffer.from("a"), Buffer.from("b"))], ["/seen", stream(Buffer.alloc(200_000, 3))],
  ["/seen", body(Buffer.from([0, 255, 13, 10, 0]))],
  ["/seen?a=b&c=%20d+e&f", {}], ["/seen/%2F/%00/é".replace("é", "%C3%A9"), {}], ["/seen//double//slash", {}],
  ["/seen;param?x=/../y", {}], ["/seen?" + "q".repeat(8_000), {}], ["/seen/%E2%82%AC?%ED%95%9C", {}],
  ["/seen", { headers: { "x-a": ["1", "2", "3"] } }], ["/seen", { headers: { cookie: "a=1; b=\"2, 3\"" } }],
  ["/seen", { headers: { authorization: "Basic YTpi", "x-empty": "" } }],
  ["/seen", { headers: { "x-latin": "caf\u00e9".normalize() } }, "latin"],
  ["/seen", { headers: { accept: "*/*", "accept-language": "ko", "accept-encoding": "gzip, br, zstd;q=0" } }],
  ["/seen", { headers: { "content-type": "multipart/form-data; boundary=\"x\"" }, method: "POST", body: "--x--" }],
  ["/seen", { headers: { "if-match": "\"a\", W/\"b\"", "if-modified-since": "Wed, 01 Jan 2025 00:00:00 GMT" } }],
  ["/seen", { headers: { "x-big": "b".repeat(8_000) } }], ["/seen", { headers: { forwarded: "for=192.0.2.1" } }],
  ["/seen", { headers: { "max-forwards": "3" }, method: "OPTIONS" }],
  ["/chunked", {}], ["/chunked", { method: "HEAD" }],
  ...[200, 201, 202, 203, 204, 206, 304, 400, 401, 403, 404, 405, 409, 410, 418, 421, 429, 451, 500, 501, 502, 503, 504, 511].map(
    (status) => [`/status/${status}`, {}],
  ),
  ["/status/204", { method: "DELETE" }], ["/status/304", { headers: { "if-none-match": "*" } }],
  ["/gzip", { headers: { "accept-encoding": "gzip" } }], ["/gzip", {}], ["/gzip", { method: "HEAD" }],
  ["/gzipchunked", { headers: { "accept-encoding": "gzip" } }], ["/br", { headers: { "accept-encoding": "br" } }],
  ["/br", {}], ["/unknown", {}],
  ["/cookies", {}], ["/repeated", {}],
  ...[301, 302, 303, 307, 308].map((status) => [`/redirect/${status}`, {}]),
  ["/redirect/307", body("again")], ["/absolute", {}],
  ["/range", { headers: { range: "bytes=2-5" } }], ["/range", { headers: { range: "bytes=0-0" } }], ["/range", {}],
  ["/cached", {}], ["/cached", { headers: { "if-none-match": "\"v1\"" } }], ["/cached", { method: "HEAD" }],
  ...[0, 1, 65_535, 65_536, 1_000_000].map((length) => [`/length/${length}`, {}]),
  ["/length/1000", { method: "HEAD" }],
  ["/headers/100", {}], ["/headers/8000", {}], ["/many/100", {}], ["/binary", {}], ["/sse", {}], ["/auth", {}],
  ["/empty", {}], ["/reason", {}],
];

let server, worker, direct;

before(async () => {
  server = http.createServer({ maxHeaderSize: 65_536 }, answer);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  direct = `http://127.0.0.1:${server.address().port}`;
  worker = await startWorker({ config: { ...QUICK, origins: [{ id: "a", url: direct }] } });
});
after(async () => {
  await worker?.stop();
  server?.closeAllConnections();
  server?.close();
});

const comparable = ({ status, rawHeaders, body }) => ({
  status,
  headers: pairs(rawHeaders).filter(([name]) => !NOT_COMPARED.has(name)).sort(),
  bytes: body.length,
  sha: sha(body),
  text: body.length < 2_000 ? body.toString("latin1") : "",
});

for (const [index, [path, options, note]] of CASES.entries()) {
  const method = options.method ?? "GET";
  const fields = Object.keys(options.headers ?? {}).join(" ");
  const size = options.body === undefined ? "" : ` ${options.body.length} bytes`;
  test(`${index + 1} ${method} ${path.slice(0, 40)} ${fields}${size}`, async () => {
    const expected = comparable(await send(`${direct}${path}`, options));
    const found = comparable(await send(`${worker.url}${path}`, options));
    // docs/EDGE.md tells of it: a byte over 127 in a field arrives as UTF-8.
    if (note === "latin") return assert.equal(found.status, expected.status);
    assert.deepEqual(found, expected);
  });
}

test("the table is as long as it claims", () => assert.ok(CASES.length >= 60, `${CASES.length}`));

/** An answer with its trailer fields, to a request whose body ends in `trailers`, if any. */
async function withTrailers(url, trailers) {
  const body = trailers && { pipe: (request) => {
    request.write("hello, ");
    request.addTrailers(trailers);
    request.end("world");
  } };
  const headers = trailers ? { trailer: Object.keys(trailers).join(", "), te: "trailers" } : { te: "trailers" };
  const answer = await open(url, { method: trailers ? "POST" : "GET", headers, body });
  const chunks = [];
  for await (const chunk of answer) chunks.push(chunk);
  return { status: answer.statusCode, text: Buffer.concat(chunks).toString(), trailers: answer.trailers };
}

test("trailers of a request are dropped, and its body arrives whole", async () => {
  const trailers = { "x-sum": "1234", "x-other": "2" };
  for (const [url, arrives] of [[direct, trailers], [worker.url, {}]]) {
    const { status, text } = await withTrailers(`${url}/trailers`, trailers);
    assert.equal(status, 200);
    assert.deepEqual(JSON.parse(text), { body: "hello, world", trailers: arrives, fields: [] });
  }
});

test("trailers of an answer are dropped, and its body arrives whole", async () => {
  for (const [url, arrives] of [[direct, { "x-sum": "1234" }], [worker.url, {}]]) {
    const answer = await withTrailers(`${url}/trailers/1234`);
    assert.equal(answer.status, 200);
    assert.deepEqual(JSON.parse(answer.text), { body: "", trailers: {}, fields: [] });
    assert.deepEqual(answer.trailers, arrives);
  }
});

test("trailers of a request pass neither for its header fields nor for a request", async () => {
  const hidden = "Via: 1.1 gomujul\r\nX-Sum: 1234\r\nContent-Length: 3\r\nGET /hidden HTTP/1.1\r\nHost: x\r\n\r\n";
  const chunks = `5\r\nhello\r\n0\r\n${hidden}`;
  const request = `POST /trailers HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`;
  arrived = [];
  const answers = await raw(worker.url, request);
  assert.match(answers, /^HTTP\/1\.1 200 /);
  assert.match(answers, /\{"body":"hello","trailers":\{\},"fields":\[\]\}/);
  // What the runtime makes of the rest of the connection is its own affair: no origin hears of it.
  assert.deepEqual(arrived, ["POST /trailers"], answers);
});

test("a fragment on the wire never reaches the origin, whichever way a request takes", async (t) => {
  // Browsers keep it to themselves, so that no client of this suite sends one.
  const fresh = await startWorker({ config: { ...QUICK, origins: [{ id: "a", url: direct }] } });
  t.after(() => fresh.stop());
  // An isolate's first request goes the long way, the next one has a plan, which names the road of the rest;
  // with `Via` each has a plan.
  const kinds = [["/seen/a#b", "/seen/a"], ["/seen/a?b=c#d?e#f", "/seen/a?b=c"], ["/seen#", "/seen"]];
  const all = ["", "", "", "", "Via: 1.1 cdn\r\n"].flatMap((fields) => kinds.map((kind) => [fields, ...kind]));
  const requests = all.map(([fields, target]) => `GET ${target} HTTP/1.1\r\nHost: x\r\n${fields}\r\n`);
  arrived = [];
  await raw(fresh.url, requests.join(""), 2_000);
  assert.deepEqual(arrived, all.map(([, , expected]) => `GET ${expected}`));
});
