// Sessions of several pools, of which a client visits more than one.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { send } from "./client.mjs";
import { startOrigins } from "./origins.mjs";
import { QUICK, startWorker } from "./worker.mjs";

let origins;

before(async () => {
  origins = await startOrigins("a", "b", "c", "d");
});
after(() => origins?.stop());

const pools = () => {
  const [a, b, c, d] = origins.configuration;
  return {
    ...QUICK,
    origins: [a, b],
    pools: [{ id: "shop", origins: [c, d] }],
    routes: [
      { path: "/shop", pools: ["shop"] },
      { path: "/", pools: ["default"] },
    ],
  };
};

test("a client keeps its session in each of two pools", async (t) => {
  const config = { ...pools(), affinity: { by: "cookie" } };
  const edge = await startWorker({ config, secrets: { GOMUJUL_KEY: "a-key-for-tests" } });
  t.after(() => edge.stop());
  const jar = new Map();
  const visit = async (path) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const { headers } = await send(`${edge.url}${path}`, { headers: cookie ? { cookie } : {} });
    for (const line of headers["set-cookie"] ?? []) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      jar.set(name, value);
    }
    return headers["x-origin"];
  };
  const home = [await visit("/"), await visit("/shop")];
  for (let i = 0; i < 6; i++) {
    assert.deepEqual([await visit("/"), await visit("/shop/cart")], home);
  }
  assert.deepEqual([...jar.keys()].sort(), ["_lb", "_lb.shop"]);
});

test("a client that a header field names is at home in each of two pools", async (t) => {
  const edge = await startWorker({ config: { ...pools(), affinity: { by: "header", name: "x-user" } } });
  t.after(() => edge.stop());
  const visit = async (path, user) =>
    (await send(`${edge.url}${path}`, { headers: { "x-user": user } })).headers["x-origin"];
  const homes = new Set();
  for (let user = 0; user < 16; user++) {
    const home = [await visit("/", `u${user}`), await visit("/shop", `u${user}`)];
    for (let i = 0; i < 3; i++) {
      assert.deepEqual([await visit("/", `u${user}`), await visit("/shop", `u${user}`)], home);
    }
    home.forEach((origin) => homes.add(origin));
  }
  assert.equal(homes.size, 4, "and not all in one place");
});
