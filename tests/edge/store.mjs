// A key-value store that fails as asked. workerd speaks to its KV bindings over HTTP; this is the
// other end: a server of its own, behind real sockets.

import http from "node:http";

/** Starts a store. Set `mode` to how it behaves, and `values` to what it holds. */
export async function startStore() {
  const store = {
    values: new Map(),
    /** `ok`, `error` (500), `limited` (429), `reset`, `hang`, `cut` (a value breaks off). */
    mode: "ok",
    delayMs: 0,
    reads: 0,
    writes: 0,
  };
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    // Miniflare hands the binding's own request over in a field.
    const key = decodeURIComponent(new URL(request.headers["mf-url"]).pathname.slice(1));
    store[request.method === "GET" ? "reads" : "writes"]++;
    if (store.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, store.delayMs));
    if (store.mode === "hang") return;
    if (store.mode === "reset") return void request.socket.resetAndDestroy();
    if (store.mode === "error") return void response.writeHead(500).end("internal error");
    if (store.mode === "limited") return void response.writeHead(429).end("too many requests");
    if (request.method === "PUT") store.values.set(key, Buffer.concat(chunks));
    if (request.method === "DELETE") store.values.delete(key);
    if (request.method !== "GET") return void response.writeHead(204).end();
    const value = store.values.get(key);
    if (value === undefined) return void response.writeHead(404).end();
    if (store.mode !== "cut") return void response.end(value);
    response.writeHead(200, { "content-length": value.length + 100 });
    response.write(value);
    setTimeout(() => request.socket.destroy(), 20);
  });
  // Miniflare would also talk to it over a WebSocket, which KV needs nothing of.
  server.on("upgrade", (_, socket) => socket.on("error", () => {}));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(store, {
    url: new URL(`http://127.0.0.1:${server.address().port}`),
    health: () => JSON.parse(store.values.get("health")?.toString() ?? "null"),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  });
}
