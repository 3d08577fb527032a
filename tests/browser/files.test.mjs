// What leaves the page and comes back: files, the clipboard, and the design after a crash.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { designOf, openFile } from "./editor-page.mjs";
import { openBrowser } from "./run-page.mjs";

let browser;

before(async () => {
  browser = await openBrowser();
});
after(() => browser?.close());

test("a saved file opens as the same design", async (t) => {
  const page = await browser.page(t);
  await page.fill("#design-name", "저장한 설계");
  await page.press("#design-name", "Enter");
  const saved = await designOf(page);
  assert.equal(saved.format, "gomujul");

  const other = await browser.page(t);
  await openFile(other, "design.gomujul.json", JSON.stringify(saved));
  await other.locator(".toast.done", { hasText: "저장한 설계" }).waitFor();
  assert.deepEqual(await designOf(other), saved);
});

test("the configuration of a Worker is saved with what there is to know", async (t) => {
  const page = await browser.page(t);
  const download = page.waitForEvent("download");
  await page.click(".bar [title=More]");
  await page.click("[data-item=action-export-worker]");
  const file = await download;
  assert.match(file.suggestedFilename(), /\.worker\.json$/);
  const config = JSON.parse(await readFile(await file.path(), "utf8"));
  assert.deepEqual(config.policy, { type: "least_outstanding_requests" });
  assert.deepEqual([config.scaling.min_size, config.scaling.max_size, config.origins.length], [2, 8, 8]);
  const notice = page.locator(".toast", { hasText: "write the address of each" });
  await notice.waitFor();
  // It takes longer to read than other notices.
  await page.waitForTimeout(6_500);
  assert.match(await notice.textContent(), /web-servers-8/);
});

test("a broken file says why and keeps the design", async (t) => {
  const page = await browser.page(t);
  const before = await designOf(page);
  for (const [words, reason] of [
    ["not json", /cannot be opened|line 1/],
    ['{"format":"else","version":1}', /its format is “else”/],
    ['{"format":"gomujul","version":99}', /version 99 is newer/],
    [JSON.stringify({ ...before, links: [{ id: 1, from: 1, to: 77 }] }), /node 77, which does not exist/],
  ]) {
    await openFile(page, "broken.json", words);
    await page.locator(".toast.error", { hasText: reason }).waitFor();
    assert.deepEqual(await designOf(page), before, words);
  }
});

test("the link is copied, and is in the address bar where copying is forbidden", async (t) => {
  const page = await browser.page(t);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.click("[data-action=action-share]");
  await page.locator(".toast.done").waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied, page.url());

  const denied = await browser.page(t, {
    prepare: (page) =>
      page.addInitScript(() => {
        navigator.clipboard.writeText = () => Promise.reject(new DOMException("no", "NotAllowedError"));
      }),
  });
  await denied.click("[data-action=action-share]");
  await denied.locator(".toast", { hasText: "The link is in the address bar" }).waitFor();
  assert.match(denied.url(), /#v1\./);
});

test("after a crash of the page the design can be taken away", async (t) => {
  const page = await browser.page(t, { expectedErrors: [/./] });
  await page.fill("#design-name", "Not lost");
  await page.press("#design-name", "Enter");
  const before = await designOf(page);
  await page.waitForFunction(() => localStorage.getItem("gomujul.design")?.includes('"Not lost"'));
  // The browser refuses one element, which the page cannot live with.
  await page.evaluate(() => {
    const { insertBefore } = Node.prototype;
    Node.prototype.insertBefore = () => {
      Node.prototype.insertBefore = insertBefore;
      throw new Error("refused on purpose");
    };
  });
  await page.click("[data-kind=dependency]");
  const panel = page.getByRole("alertdialog");
  await panel.waitFor();
  assert.match(await panel.innerText(), /The page has failed[\s\S]*Your design is safe/);
  await page.screenshot({ path: browser.artifact("files-crash") });
  const download = page.waitForEvent("download");
  await panel.getByRole("button", { name: "Download my design" }).click();
  const saved = JSON.parse(await readFile(await (await download).path(), "utf8"));
  assert.equal(saved.name, "Not lost");
  assert.ok(saved.nodes.length >= before.nodes.length);
  await panel.getByRole("button", { name: "Reload the page" }).click();
  await page.waitForSelector("#canvas");
  await page.waitForFunction(() => document.querySelector("#design-name")?.value === "Not lost");
});
