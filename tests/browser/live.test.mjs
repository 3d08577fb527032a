// The console of a Worker that runs: the page that real workerd serves, before real origins, in a real
// browser.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { send, until } from "../edge/client.mjs";
import { startOrigins } from "../edge/origins.mjs";
import { QUICK, startWorker } from "../edge/worker.mjs";
import { openBrowser, projectRoot } from "./run-page.mjs";

const TOKEN = "a-token-for-tests";
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const DIST = fileURLToPath(new URL("dist", projectRoot));
let origins, edge, browser;

before(async () => {
  origins = await startOrigins("seoul", "tokyo", "osaka");
  const config = {
    ...QUICK,
    name: "shop",
    origins: origins.configuration,
    policy: { type: "smooth_weighted_round_robin" },
    health_check: { ...QUICK.health_check, unhealthy_threshold: 1, healthy_threshold: 1 },
  };
  edge = await startWorker({ config, assets: DIST, secrets: { GOMUJUL_TOKEN: TOKEN } });
  browser = await openBrowser({ at: `${edge.url}/_lb/` });
});
after(async () => {
  await browser?.close();
  await edge?.stop();
  await origins?.stop();
});

/** Sends requests all the time until it is stopped. */
function traffic() {
  let running = true;
  const done = (async () => {
    while (running) {
      await send(`${edge.url}/`).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  return async () => {
    running = false;
    await done;
  };
}

const ready = ".live[data-phase=Here]";
const cell = (page, id, column) => page.locator(`[data-row=${id}] > :nth-child(${column})`);
const text = async (page, id, column) => (await cell(page, id, column).textContent()).trim();
const deed = (page, id, name) => page.locator(`[data-row=${id}] [data-deed=${name}]`);

async function unlocked(t, options = {}) {
  const page = await browser.page(t, { query: "?live", ready, ...options });
  await page.fill("#live-token", TOKEN);
  await page.keyboard.press("Enter");
  await page.waitForSelector("[data-deed=state]:enabled");
  return page;
}

test("the designer of a Worker leads to its console, and back", async (t) => {
  const page = await browser.page(t);
  await page.click("#open-live");
  await page.waitForSelector(ready);
  assert.match(await page.title(), /Gomujul/);
  assert.match(await page.locator("h1").textContent(), /shop/);
  assert.match(await page.locator(".live-state").textContent(), /Serving.*smooth weighted round robin/);
  await page.click(".live-bar a");
  await page.waitForSelector(".run-clock");
});

test("the drawing is painted with health, share, latency and errors of each origin", async (t) => {
  const stop = traffic();
  t.after(stop);
  await origins.osaka.set({ delay_ms: 60 });
  await origins.tokyo.set({ status: 500 });
  t.after(() => origins.clear());
  const page = await browser.page(t, { query: "?live", ready });
  const share = async (id) => Number.parseFloat(await text(page, id, 3));
  await until("shares are thirds", async () => {
    const shares = [await share("seoul"), await share("tokyo"), await share("osaka")];
    return shares.every((value) => Math.abs(value - 33) <= 3);
  }, 20_000);
  await until("the slow one is seen", async () => Number.parseFloat(await text(page, "osaka", 5)) >= 60);
  assert.ok(Number.parseFloat(await text(page, "seoul", 5)) < 60);
  assert.match(await text(page, "tokyo", 6), /^100/);
  assert.match(await text(page, "seoul", 6), /^0/);
  const card = page.locator("svg [data-origin=tokyo]");
  assert.match(await card.textContent(), /tokyo.*✓ healthy.*100/);
  assert.equal(await page.locator(".live-wire.used").count(), 4);
  await page.screenshot({ path: browser.artifact("live") });
  // A dead one changes colour, sign and word by itself.
  await origins.seoul.set({ down: true });
  await edge.runCron();
  await page.waitForSelector("svg [data-origin=seoul].is-failed", { timeout: 20_000 });
  assert.match(await card.page().locator("svg [data-origin=seoul]").textContent(), /× /);
  await origins.seoul.set({ down: false });
  await edge.runCron();
  await page.waitForSelector("svg [data-origin=seoul].is-healthy", { timeout: 20_000 });
});

test("without the token nothing can be changed, and a wrong one is told", async (t) => {
  const expectedErrors = [/401/];
  const page = await browser.page(t, { query: "?live", ready, expectedErrors });
  assert.equal(await page.locator("[data-deed]:enabled").count(), 0);
  await page.fill("#live-token", "wrong");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".live-notice:not([hidden])");
  assert.match(await page.locator(".live-notice").textContent(), /does not take this token/);
  assert.equal(await page.locator("[data-deed]:enabled").count(), 0);
});

test("an origin is drained, weighed and believed from the page", async (t) => {
  const page = await unlocked(t);
  const seen = async (id, what) => {
    const of = (status) => status.origins.find((origin) => origin.id === id);
    await until(`${id} is ${JSON.stringify(what)}`, async () => {
      const origin = of(await edge.status());
      return Object.entries(what).every(([name, value]) => origin[name] === value);
    });
    await page.waitForSelector("[data-deed=state]:enabled");
  };
  await deed(page, "seoul", "state").selectOption("drain");
  await seen("seoul", { state: "drain" });
  assert.match(await page.locator(".live-notice").textContent(), /Done/);
  await page.waitForSelector("svg [data-origin=seoul].is-draining");
  await deed(page, "tokyo", "weight").fill("5");
  // News of the origins come in while it is being typed.
  await page.waitForTimeout(2_500);
  await deed(page, "tokyo", "weight").press("Enter");
  await seen("tokyo", { weight: 5 });
  await deed(page, "osaka", "force").selectOption("unhealthy");
  await seen("osaka", { health: "unhealthy" });
  for (let i = 0; i < 5; i++) {
    assert.equal((await send(`${edge.url}/`)).headers["x-origin"], "tokyo");
  }
  // What was wanted before is not taken back by wanting more.
  await deed(page, "tokyo", "state").selectOption("maintenance");
  await seen("tokyo", { state: "maintenance", weight: 5 });
  await page.waitForSelector("text=Set by hand for tokyo: maintenance, weight 5");
  for (const id of ["seoul", "tokyo"]) {
    await deed(page, id, "state").selectOption("ready");
    await seen(id, { state: "ready" });
  }
  await deed(page, "osaka", "force").selectOption("");
  await seen("osaka", { health: "healthy" });
});

test("a configuration is refused, deployed and rolled back from the page", async (t) => {
  const expectedErrors = [/422/];
  const page = await unlocked(t, { expectedErrors });
  await page.click("#live-edit");
  await page.waitForFunction(() => document.querySelector("#live-draft")?.value.includes("origins"));
  const config = JSON.parse(await page.inputValue("#live-draft"));
  await page.fill("#live-draft", JSON.stringify({ ...config, retry: { max_tries: 0 } }));
  await page.click("#live-put");
  await page.waitForSelector("text=retry.max_tries is 0");
  const two = { ...config, origins: config.origins.slice(0, 2) };
  await page.fill("#live-draft", JSON.stringify(two));
  await page.click("#live-put");
  await until("two origins serve", async () => (await edge.status()).origins.length === 2);
  await page.waitForSelector("[data-version='1']:disabled");
  await page.waitForSelector("text=Configuration 1 is current.");
  await page.waitForFunction(() => document.querySelectorAll("[data-row]").length === 2);
  await page.click("[data-version='0']");
  await until("all serve again", async () => (await edge.status()).origins.length === 3);
  await page.waitForSelector("[data-version='0']:disabled");
  assert.equal((await edge.status()).config_version, 0);
});

test("the drawing becomes the configuration: addresses are written, and the elastic loop shows", async (t) => {
  const page = await unlocked(t, { expectedErrors: [/422/] });
  await page.click("#live-draw");
  await page.waitForFunction(() => document.querySelector("#live-draft")?.value.includes("web-servers-1"));
  assert.match(await page.locator(".live-drawn").textContent(), /write the address of each.*web-servers-1/);
  await page.click("#live-put");
  await page.waitForSelector("text=origins[0].url: write the address of web-servers-1");
  const drawn = JSON.parse(await page.inputValue("#live-draft"));
  assert.equal(drawn.name, "shop", "what no drawing knows stays");
  assert.equal(drawn.health_check.path, "/healthz");
  drawn.origins.forEach((origin, nth) => (origin.url = origins.all[nth % origins.all.length].url));
  await page.fill("#live-draft", JSON.stringify(drawn));
  await page.click("#live-put");
  await until("eight origins are known", async () => (await edge.status()).origins.length === 8);
  await edge.runCron();
  const standing = (id, word) => page.locator(`[data-row=${id}] td`, { hasText: word }).first().waitFor();
  await standing("web-servers-1", "healthy");
  await standing("web-servers-8", "standby");
  await page.locator(".live-state", { hasText: "default: 2 of 2 in service" }).waitFor();
  await page.screenshot({ path: browser.artifact("live-from-drawing") });
  await page.click("[data-version='0']");
  await until("the first three are back", async () => (await edge.status()).origins.length === 3);
});

for (const [locale, colorScheme] of [["en-US", "light"], ["ko-KR", "dark"]]) {
  test(`axe finds nothing in ${locale}, ${colorScheme}`, async (t) => {
    const page = await unlocked(t, { locale, colorScheme });
    if (locale === "ko-KR") assert.match(await page.locator(".live-state").textContent(), /서비스 중/);
    await page.addScriptTag({ path: axe });
    const { violations } = await page.evaluate(() => window.axe.run());
    const found = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}`));
    assert.deepEqual(found, []);
    await page.screenshot({ path: browser.artifact(`live-${locale}`) });
  });
}

test("in a narrow window nothing is cut off", async (t) => {
  const page = await unlocked(t, { viewport: { width: 390, height: 800 } });
  const overflow = await page.evaluate(() => {
    const live = document.querySelector(".live");
    return live.scrollWidth - live.clientWidth;
  });
  assert.ok(overflow <= 0, `${overflow} pixels stick out`);
});
