// A store for workerd's KV binding, in memory: as cheap as a store can be, so what reads it on
// every request looks better here than on the platform.

const values = new Map();

export default {
  async fetch(request) {
    const key = new URL(request.url).pathname;
    if (request.method === "PUT") {
      values.set(key, await request.arrayBuffer());
      return new Response(null, { status: 204 });
    }
    const value = values.get(key);
    return value === undefined ? new Response("", { status: 404 }) : new Response(value);
  },
};
