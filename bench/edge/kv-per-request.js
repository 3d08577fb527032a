// A balancer as tutorials write it: health from KV on every request, then round robin.

let turn = 0;

export default {
  async fetch(request, env) {
    const origins = env.ORIGINS.split(",");
    const health = (await env.HEALTH.get("health", { type: "json", cacheTtl: 60 })) ?? {};
    const up = origins.filter((origin) => health[origin] !== false);
    const pool = up.length > 0 ? up : origins;
    const origin = pool[turn++ % pool.length];
    const url = new URL(request.url);
    const headers = new Headers(request.headers);
    headers.set("x-forwarded-host", url.host);
    headers.set("x-forwarded-proto", url.protocol.slice(0, -1));
    return fetch(`${origin}${url.pathname}${url.search}`, {
      method: request.method,
      headers,
      body: request.body,
      redirect: "manual",
    });
  },
};
