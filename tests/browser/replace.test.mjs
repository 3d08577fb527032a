// What another design takes the place of is never lost: it is kept and the person is told where, or
// the page asks before.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { designOf, fragment, head, drag, INTERNET } from "./editor-page.mjs";
import { openBrowser } from "./run-page.mjs";

let browser;

before(async () => {
  browser = await openBrowser();
});
after(() => browser?.close());

const named = (page, name) =>
  page.waitForFunction((name) => document.querySelector("#design-name")?.value === name, name);

/** The story moved and renamed: work. */
async function work(page, name) {
  await drag(page, await head(page, INTERNET), { x: 0, y: 80 });
  await page.fill("#design-name", name);
  await page.press("#design-name", "Enter");
  return designOf(page);
}

const refuseToKeep = (page) =>
  page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  });

test("a link opens beside work, says where the work is, and the way back works", async (t) => {
  const giver = await browser.page(t);
  await giver.fill("#design-name", "Theirs");
  await giver.press("#design-name", "Enter");
  const link = `${giver.url().split("#")[0]}#${await fragment(giver)}`;

  const page = await browser.page(t);
  const mine = await work(page, "Mine");
  await page.goto(link);
  await named(page, "Theirs");
  const notice = page.locator(".toast", { hasText: "Theirs" });
  assert.match(await notice.innerText(), /“Mine”, is kept under My designs/);
  await notice.getByRole("button", { name: "Bring back what I had" }).click();
  await named(page, "Mine");
  assert.deepEqual(await designOf(page), mine);
  // Both are in the list, also after the tab was closed.
  const other = await browser.page(t, { within: page });
  await other.click("[data-action=designs]");
  const names = other.locator(".design-row-name");
  const kept = await names.evaluateAll((fields) => fields.map((field) => field.value));
  assert.deepEqual(kept.sort(), ["Mine", "Theirs"]);
});

test("where nothing can be kept, a link asks before it replaces work", async (t) => {
  const giver = await browser.page(t);
  await giver.fill("#design-name", "Theirs");
  await giver.press("#design-name", "Enter");
  const link = `${giver.url().split("#")[0]}#${await fragment(giver)}`;

  const page = await browser.page(t, { prepare: refuseToKeep });
  const mine = await work(page, "Mine");
  const question = page.locator("#replace");
  for (const leave of [
    () => question.getByRole("button", { name: "Stay with mine" }).click(),
    () => page.keyboard.press("Escape"),
  ]) {
    await page.goto(link);
    await question.waitFor();
    assert.match(await question.innerText(), /“Theirs” would take the place of “Mine”/);
    assert.equal(await page.inputValue("#design-name"), "Mine", "nothing is replaced yet");
    await page.screenshot({ path: browser.artifact("replace-question") });
    await leave();
    await question.waitFor({ state: "detached" });
    assert.deepEqual(await designOf(page), mine);
    assert.ok(!page.url().includes("#v1"), "the address names no design that is not open");
  }

  await page.goto(link);
  const download = page.waitForEvent("download");
  await question.getByRole("button", { name: "Save mine, then open" }).click();
  const saved = JSON.parse(await readFile(await (await download).path(), "utf8"));
  assert.deepEqual(saved, mine);
  await named(page, "Theirs");

  await page.evaluate(() => history.replaceState(null, "", location.pathname));
  await page.fill("#design-name", "Not saved");
  await page.press("#design-name", "Enter");
  await page.goto(link);
  await question.getByRole("button", { name: "Open without saving" }).click();
  await named(page, "Theirs");
  await page.getByRole("button", { name: "Bring back what I had" }).click();
  await named(page, "Not saved");
});

test("where nothing can be kept, a new design asks too", async (t) => {
  const page = await browser.page(t, { prepare: refuseToKeep });
  const mine = await work(page, "Mine");
  await page.click("[data-action=designs]");
  await page.click("#new-design");
  await page.locator("#replace").getByRole("button", { name: "Stay with mine" }).click();
  assert.deepEqual(await designOf(page), mine);
  await page.click("[data-action=designs]");
  await page.click("#new-design");
  await page.locator("#replace").getByRole("button", { name: "Open without saving" }).click();
  await page.waitForSelector(".card", { state: "detached" });
});

test("a kept design that cannot be read is not written over", async (t) => {
  const newer = JSON.stringify({ version: 99, name: "From the future" });
  const page = await browser.page(t, {
    prepare: (page) =>
      page.addInitScript((newer) => {
        if (!localStorage.getItem("gomujul.design")) localStorage.setItem("gomujul.design", newer);
      }, newer),
  });
  await page.locator(".toast.error").waitFor();
  await work(page, "Mine");
  await page.waitForFunction(() => localStorage.getItem("gomujul.designs")?.includes('"Mine"'));
  assert.equal(await page.evaluate(() => localStorage.getItem("gomujul.design")), newer);
});
