// The editor, as a person uses it: draw, undo, change settings, share, and lose nothing.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  BALANCER, GROUP, INTERNET, click, designOf, drag, fragment, head, middle,
} from "./editor-page.mjs";
import { openBrowser } from "./run-page.mjs";

let browser;

before(async () => {
  browser = await openBrowser();
});
after(() => browser?.close());

test("the first open shows the story, ready to run", async (t) => {
  const page = await browser.page(t);
  const design = await designOf(page);
  assert.equal(design.name, "A server that does not die");
  assert.equal(await page.locator(".card").count(), 3);
  assert.match(await page.locator(".issues-none").innerText(), /Ready to run/);
  for (const id of [INTERNET, BALANCER, GROUP]) {
    const card = await page.locator(`${id} .card-body`).boundingBox();
    const canvas = await page.locator("#canvas").boundingBox();
    assert.ok(card.x > canvas.x && card.x + card.width < canvas.x + canvas.width, `${id} shows`);
  }
  await page.screenshot({ path: browser.artifact("editor-first-open") });
});

test("a drag is one step of undo, and Escape takes it back while it goes on", async (t) => {
  const page = await browser.page(t);
  const before = await designOf(page);
  await drag(page, await head(page, BALANCER), { x: 40, y: 96 });
  const moved = await designOf(page);
  assert.notDeepEqual(moved.nodes[1], before.nodes[1]);
  assert.equal(moved.nodes[1].y % 8, 0, "nodes lie on the grid");
  await page.keyboard.press("Control+z");
  assert.deepEqual(await designOf(page), before);
  await page.keyboard.press("Control+Shift+Z");
  assert.deepEqual(await designOf(page), moved);
  const from = await head(page, GROUP);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + 30, from.y + 80, { steps: 5 });
  await page.keyboard.press("Escape");
  await page.mouse.up();
  assert.deepEqual(await designOf(page), moved);
});

test("the palette adds, a port connects, Delete removes", async (t) => {
  const page = await browser.page(t);
  await page.click("[data-kind=dependency]");
  await page.waitForSelector("#node-4");
  await page.keyboard.press("Shift+1");
  const port = await middle(page, `${GROUP} .port.out`);
  const target = await head(page, "#node-4");
  await page.mouse.move(port.x, port.y);
  await page.mouse.down();
  await page.mouse.move(target.x, target.y, { steps: 6 });
  await page.waitForSelector("#node-4.wire-chosen");
  assert.equal(await page.locator(`${INTERNET}.wire-invalid`).count(), 1);
  await page.mouse.up();
  const { links } = await designOf(page);
  assert.deepEqual(links.at(-1), { id: 3, from: 3, to: 4, latency_ms: 0, weight: 1, priority: 0 });

  const tile = await middle(page, "[data-kind=source]");
  const canvas = await page.locator("#canvas").boundingBox();
  await page.mouse.move(tile.x, tile.y);
  await page.mouse.down();
  await page.mouse.move(canvas.x + 120, canvas.y + canvas.height - 80, { steps: 6 });
  await page.mouse.up();
  await page.waitForSelector("#node-5");
  await page.keyboard.press("Delete");
  await page.waitForSelector("#node-5", { state: "detached" });
});

test("settings are edited, checked and mended", async (t) => {
  const page = await browser.page(t);
  await click(page, GROUP);
  const minimum = page.getByLabel("Minimum", { exact: true });
  await minimum.fill("5");
  await minimum.press("Tab");
  assert.equal((await designOf(page)).nodes[2].settings.min_size, 5);
  const error = page.locator(".field.invalid .field-error");
  assert.match(await error.innerText(), /5.*2.*8/s);
  await page.screenshot({ path: browser.artifact("editor-mend") });
  await error.getByRole("button", { name: "Mend" }).click();
  assert.equal((await designOf(page)).nodes[2].settings.desired_capacity, 5);
  await minimum.fill("-3");
  assert.match(await page.locator(".field.invalid").innerText(), /0 to 10000/);
  await minimum.press("Tab");
  assert.equal(await minimum.inputValue(), "5");
  // A burst of typing was one step, the remedy another.
  await page.locator("#canvas").focus();
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  assert.equal((await designOf(page)).nodes[2].settings.min_size, 2);
  await page.getByRole("button", { name: "Add a policy" }).click();
  await page.getByRole("menuitem", { name: /^Step scaling/ }).click();
  assert.equal((await designOf(page)).nodes[2].settings.policies.length, 3);
});

test("a shared link opens as the same design elsewhere", async (t) => {
  const page = await browser.page(t);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.fill("#design-name", "공유 설계 & co.");
  await page.press("#design-name", "Enter");
  await page.click("[data-action=action-share]");
  await page.waitForSelector(".toast.done");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(link, /#v1\.[\w-]+$/);
  assert.match(await page.locator(".toast.done").innerText(), new RegExp(`${link.length} characters`));
  await page.keyboard.press("Escape");
  await page.waitForSelector("#share", { state: "detached" });
  const shared = await designOf(page);

  const other = await browser.page(t);
  await other.goto(link);
  await other.waitForFunction(() => document.querySelector("#design-name")?.value.startsWith("공유"));
  assert.deepEqual(await designOf(other), shared);
  await other.reload();
  await other.waitForSelector("#canvas");
  assert.deepEqual(await designOf(other), shared);
});

test("broken links say why and keep the design", async (t) => {
  const page = await browser.page(t);
  await page.fill("#design-name", "Precious");
  await page.press("#design-name", "Enter");
  const before = await designOf(page);
  const [base] = page.url().split("#");
  const good = await fragment(page);
  for (const [broken, reason] of [
    ["#hello", /does not begin with/],
    [`#v1.${good.slice(3, 90)}`, /ends too early or was altered/],
    ["#v7.AAAA", /version 7/],
    ["#v1.%EA%B0%80", /Character 1 of the link/],
  ]) {
    await page.goto(base + broken);
    await page.locator(".toast.error", { hasText: reason }).waitFor();
    assert.deepEqual(await designOf(page), before, broken);
  }
  await page.screenshot({ path: browser.artifact("editor-broken-links") });
  // The same at the start of a page.
  await page.reload();
  await page.locator(".toast.error", { hasText: /Character 1/ }).waitFor();
  assert.deepEqual(await designOf(page), before);
});

test("a link over other work keeps that work within reach", async (t) => {
  const page = await browser.page(t);
  const link = `${page.url().split("#")[0]}#${await fragment(page)}`;
  await page.fill("#design-name", "Mine");
  await page.press("#design-name", "Enter");
  await page.click(".toast .icon-button");
  await page.goto(link);
  await page.waitForFunction(() => document.querySelector("#design-name").value !== "Mine");
  await page.getByRole("button", { name: "Bring back what I had" }).click();
  await page.waitForFunction(() => document.querySelector("#design-name")?.value === "Mine");
});

test("the design is kept over a reload", async (t) => {
  const page = await browser.page(t);
  await drag(page, await head(page, INTERNET), { x: 0, y: 80 });
  await page.fill("#design-name", "Kept");
  const before = await designOf(page);
  await page.waitForFunction(() => localStorage.getItem("gomujul.design")?.includes('"Kept"'));
  await page.reload();
  await page.waitForSelector("#canvas");
  assert.deepEqual(await designOf(page), before);
});

test("a full or forbidden storage is told once", async (t) => {
  const page = await browser.page(t, {
    prepare: (page) =>
      page.addInitScript(() => {
        Storage.prototype.setItem = () => {
          throw new DOMException("full", "QuotaExceededError");
        };
      }),
  });
  await page.fill("#design-name", "A");
  await page.locator(".toast.error", { hasText: "storage for this page is full" }).waitFor();
  await page.fill("#design-name", "B");
  await page.waitForTimeout(600);
  assert.equal(await page.locator(".toast.error").count(), 1);
});

test("Korean is complete, and shortcuts work under a Hangul layout", async (t) => {
  const page = await browser.page(t);
  await page.click("#language");
  await page.waitForSelector("html[lang=ko]");
  assert.match(await page.locator(".palette").innerText(), /트래픽[\s\S]*밸런서[\s\S]*그룹/);
  assert.ok(!(await page.locator(".workspace").innerText()).includes("⟨"), "no missing words");
  const before = await designOf(page);
  await click(page, BALANCER);
  assert.match(await page.locator("#inspector").innerText(), /로드 밸런서[\s\S]*상태 확인/);
  await page.keyboard.press("Delete");
  await page.waitForSelector(BALANCER, { state: "detached" });
  await page.evaluate(() => {
    const key = { key: "ㅋ", code: "KeyZ", ctrlKey: true, bubbles: true, cancelable: true };
    document.querySelector("#canvas").dispatchEvent(new KeyboardEvent("keydown", key));
  });
  await page.waitForSelector(BALANCER);
  assert.deepEqual(await designOf(page), before);
  await page.screenshot({ path: browser.artifact("editor-korean") });
});

test("everything is reached by keys", async (t) => {
  const page = await browser.page(t);
  await page.locator(GROUP).focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Shift+Tab");
  assert.match(await page.locator(".panel-kind").innerText(), /Auto Scaling group/);
  await page.keyboard.press("ArrowDown");
  assert.equal((await designOf(page)).nodes[2].y, 8);
  await page.locator(GROUP).focus();
  await page.keyboard.press("Enter");
  const focused = await page.evaluate(() => document.activeElement.closest("#inspector") !== null);
  assert.ok(focused, "Enter goes to the settings");
  await page.locator("#canvas").focus();
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await page.screenshot({ path: browser.artifact("editor-help") });
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
});

test("a narrow window and the dark look", async (t) => {
  const page = await browser.page(t, { colorScheme: "dark" });
  await page.screenshot({ path: browser.artifact("editor-dark") });
  await page.setViewportSize({ width: 700, height: 900 });
  await page.keyboard.press("Shift+1");
  await page.click(".sheet-handle");
  await page.locator(".panel").waitFor();
  await page.screenshot({ path: browser.artifact("editor-narrow") });
});
