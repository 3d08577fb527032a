// Servers of a test's own, in its process: for what the demo origin cannot be told to do.

import http from "node:http";

/** Starts a server that answers as `handler` says; `host` 0.0.0.0 makes it all of 127.0.0.0/8. */
export async function startServer(handler, { host = "127.0.0.1", ...options } = {}) {
  const server = http.createServer(options, handler);
  await new Promise((resolve) => server.listen(0, host, resolve));
  const { port } = server.address();
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
