// The page without a connection, after one visit.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { designOf } from "./editor-page.mjs";
import { openBrowser } from "./run-page.mjs";

let browser;

before(async () => {
  browser = await openBrowser();
});
after(() => browser?.close());

test("after one visit it opens, draws and runs without a connection", async (t) => {
  const expectedErrors = [/ERR_INTERNET_DISCONNECTED/, /Failed to load resource/];
  const page = await browser.page(t, { serviceWorkers: "allow", expectedErrors });
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await page.context().setOffline(true);
  await page.reload();
  await page.waitForSelector(".run-clock[data-status=run-status-idle]", { timeout: 30_000 });
  assert.equal((await designOf(page)).nodes.length, 3);
  await page.click("[data-action=run-play-hint]");
  await page.waitForSelector(".run-clock[data-status=run-status-running]");
  const manifest = await page.locator("link[rel=manifest]").getAttribute("href");
  assert.equal(manifest, "manifest.webmanifest");
});
