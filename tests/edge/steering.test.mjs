// Steering by place: which pool serves a client, by what the platform says of its country, its continent
// and its coordinates, and when it says nothing.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { send } from "./client.mjs";
import { startOrigins } from "./origins.mjs";
import { QUICK, startWorker } from "./worker.mjs";

let origins, edge;

const POOLS = {
  seoul: { countries: ["kr"], continents: [], place: { latitude: 37.57, longitude: 126.98 } },
  asia: { countries: ["JP"], continents: ["AS"], place: { latitude: 1.35, longitude: 103.82 } },
  europe: { continents: ["EU", "AF"], place: { latitude: 50.11, longitude: 8.68 } },
  // For whoever is meant for nobody else, and nowhere in particular.
  world: {},
};

before(async () => {
  origins = await startOrigins(...Object.keys(POOLS));
  const byName = new Map(origins.configuration.map((origin) => [origin.id, origin]));
  const pools = Object.entries(POOLS).map(([id, pool]) => ({ id, origins: [byName.get(id)], ...pool }));
  const names = ["asia", "europe", "seoul", "world"];
  const routes = ["geo", "proximity", "failover"].map((steering) => ({ path: `/${steering}`, pools: names, steering }));
  edge = await startWorker({ config: { ...QUICK, pools, routes } });
});
after(async () => {
  await edge?.stop();
  await origins?.stop();
});
beforeEach(() => origins.clear());

/** Who answers a client at `place`: the object that the platform makes of it goes to workerd in this field. */
async function served(path, place) {
  const headers = place === undefined ? {} : { "mf-cf-blob": JSON.stringify(place) };
  const answer = await send(`${edge.url}${path}`, { headers });
  assert.equal(answer.status, 200);
  return answer.headers["x-origin"];
}

const GEO = [
  [{ country: "KR", continent: "AS" }, "seoul", "its country goes before its continent"],
  [{ country: "JP", continent: "AS" }, "asia", "its country"],
  [{ country: "IN", continent: "AS" }, "asia", "its continent"],
  [{ country: "DE", continent: "EU" }, "europe", "its continent"],
  [{ country: "KE", continent: "AF" }, "europe", "one continent of two"],
  [{ country: "BR", continent: "SA" }, "world", "who is for everybody goes before who is for others"],
  [{ country: "KR" }, "seoul", "a country alone"],
  [{ continent: "AS" }, "asia", "a continent alone"],
  // The platform's word for the Tor network, which is nowhere.
  [{ country: "T1" }, "world", "no continent"],
  [{}, "world", "nothing is known"],
  [undefined, "world", "the platform says nothing at all"],
];

test("geo: the pool of the country, then of the continent, then one for everybody", async () => {
  // An isolate's first request takes a way of its own.
  for (const round of [1, 2]) {
    for (const [place, name, why] of GEO) assert.equal(await served("/geo", place), name, `${why}, round ${round}`);
  }
});

// The platform writes coordinates as texts.
const at = (latitude, longitude) => ({ latitude: `${latitude}`, longitude: `${longitude}` });
const PROXIMITY = [
  [at(35.18, 129.08), "seoul", "Busan"],
  [at(-6.2, 106.85), "asia", "Jakarta"],
  [at(51.51, -0.13), "europe", "London"],
  [at(64.15, -21.94), "europe", "Reykjavik"],
  [at(-33.87, 151.21), "asia", "Sydney"],
  // Over the date line: on a flat map Frankfurt is 159 degrees away, and Seoul 277.
  [at(61.22, -149.9), "seoul", "Anchorage"],
  [{ country: "KR", continent: "AS" }, "asia", "no coordinates: as written"],
  [{ latitude: "37.5" }, "asia", "half of them"],
  [at("north", "east"), "asia", "none that are numbers"],
  [undefined, "asia", "the platform says nothing at all"],
];

test("proximity: the nearest pool on the globe; without coordinates, as written", async () => {
  for (const round of [1, 2]) {
    for (const [place, name, why] of PROXIMITY) {
      assert.equal(await served("/proximity", place), name, `${why}, round ${round}`);
    }
  }
});

test("failover: where the client is does not matter", async () => {
  for (const [place] of [...GEO, ...PROXIMITY]) assert.equal(await served("/failover", place), "asia");
});

test("the next one in the same order takes over from a pool that fails", async () => {
  await origins.seoul.set({ down: true });
  assert.equal(await served("/geo", { country: "KR", continent: "AS" }), "asia");
  assert.equal(await served("/proximity", at(35.18, 129.08)), "asia", "Singapore is nearer than Frankfurt");
  await origins.asia.set({ down: true });
  assert.equal(await served("/geo", { country: "KR", continent: "AS" }), "world");
  assert.equal(await served("/proximity", at(35.18, 129.08)), "europe");
  await origins.europe.set({ down: true });
  assert.equal(await served("/proximity", at(35.18, 129.08)), "world", "a pool without a place comes last");
});

test("what the platform knows of the client stays here, and a client cannot claim it", async () => {
  await origins.world.set({ down: false });
  const claims = { "cf-ipcountry": "DE", "x-country": "DE", "cf-ipcontinent": "EU" };
  const answer = await send(`${edge.url}/geo`, { headers: claims });
  assert.equal(answer.headers["x-origin"], "world");
  const fields = (await origins.world.state()).last_request.headers.map(([name]) => name);
  assert.ok(!fields.includes("mf-cf-blob"), `${fields}`);
});
