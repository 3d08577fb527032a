// What the Worker answers by itself: page, status, and the hints of an unfinished set-up.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { send } from "./client.mjs";
import { startOrigins } from "./origins.mjs";
import { startWorker } from "./worker.mjs";

let assets, origins;

before(async () => {
  assets = await mkdtemp(join(tmpdir(), "gomujul-assets-"));
  await mkdir(join(assets, "icons"));
  await writeFile(join(assets, "index.html"), "<!doctype html><title>page</title>");
  await writeFile(join(assets, "app.js"), "export {};");
  await writeFile(join(assets, "icons", "a.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>");
  origins = await startOrigins("a");
});
after(async () => {
  await origins?.stop();
  if (assets) await rm(assets, { recursive: true });
});

async function worker(t, options) {
  const started = await startWorker(options);
  t.after(() => started.stop());
  return started;
}

test("the page and its files are under /_lb/", async (t) => {
  const { url } = await worker(t, { assets, config: { origins: origins.configuration } });
  const bare = await send(`${url}/_lb`);
  assert.deepEqual([bare.status, bare.headers.location], [302, "/_lb/"]);
  const page = await send(`${url}/_lb/`);
  assert.match(page.text, /<title>page/);
  assert.match(page.headers["content-type"], /^text\/html/);
  assert.match(page.headers["set-cookie"][0], /^_lb_live=1;/, "the page knows who serves it");
  const script = await send(`${url}/_lb/app.js?v=1`);
  assert.match(script.headers["content-type"], /javascript/);
  assert.equal((await send(`${url}/_lb/icons/a.svg`)).status, 200);
  const again = await send(`${url}/_lb/`, { headers: { "if-none-match": page.headers.etag } });
  assert.equal(again.status, 304);
  assert.equal((await send(`${url}/_lb/nothing`)).status, 404);
  assert.equal((await send(`${url}/_lb/`, { method: "POST", body: "x" })).status, 405);
  // A name that only begins alike is the origin's.
  assert.match((await send(`${url}/_lbx`)).text, /origin a answers \/_lbx/);
  assert.match((await send(`${url}/`)).text, /origin a answers \//);
});

test("without origins the page is shown, and how to add one", async (t) => {
  for (const config of [undefined, {}, "", '{"origins": []}']) {
    const edge = await worker(t, { assets, config });
    const home = await send(`${edge.url}/`);
    assert.deepEqual([home.status, home.headers.location], [302, "/_lb/"]);
    assert.match((await send(`${edge.url}/_lb/`)).text, /<title>page/);
    const other = await send(`${edge.url}/shop`);
    assert.equal(other.status, 503);
    assert.match(other.json().message, /GOMUJUL_CONFIG/);
    const status = await edge.status();
    assert.equal(status.state, "unconfigured");
    assert.match(status.message, /GOMUJUL_CONFIG/);
    await edge.runCron();
    assert.equal(await edge.health(), null);
  }
});

test("a refused configuration says what is wrong, to the operator only", async (t) => {
  const config = { origins: [{ id: "a", url: "https://root:secret@example.com" }] };
  const edge = await worker(t, { assets, config });
  const answer = await send(`${edge.url}/`);
  assert.equal(answer.status, 500);
  assert.equal(answer.json().error, "misconfigured");
  const status = await edge.status();
  assert.equal(status.state, "misconfigured");
  assert.match(status.message, /origins\[0\]\.url: .*remove the part before the @/);
  assert.doesNotMatch(status.message, /secret/);
  await edge.runCron();
});

test("the configuration may be text or an object", async (t) => {
  const config = { name: "shop", origins: origins.configuration };
  for (const form of [config, JSON.stringify(config)]) {
    const edge = await worker(t, { config: form });
    const status = await edge.status();
    assert.equal(status.state, "serving");
    assert.equal(status.name, "shop");
    assert.deepEqual(status.origins.map(({ id, url, health, in_flight, picks, failures }) => (
      { id, url, health, in_flight, picks, failures }
    )), [{ id: "a", url: origins.a.url, health: "healthy", in_flight: 0, picks: 0, failures: 0 }]);
    assert.equal(status.health_document.checked_at_ms, null);
  }
});
