// Arranging, finding by name, the menu under the pointer, pictures and codes.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { BALANCER, click, designOf, drag, head, openFile } from "./editor-page.mjs";
import { openBrowser } from "./run-page.mjs";

let browser;

before(async () => {
  browser = await openBrowser();
});
after(() => browser?.close());

const places = async (page) => (await designOf(page)).nodes.map(({ x, y }) => [x, y]);

test("nodes are aligned and tidied up, one undo step each", async (t) => {
  const page = await browser.page(t);
  const first = await places(page);
  await drag(page, await head(page, BALANCER), { x: 30, y: 90 });
  const dragged = await places(page);
  assert.notDeepEqual(dragged, first);
  await page.click("#canvas", { position: { x: 400, y: 20 } });
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Alt+v");
  const middles = (await places(page)).map(([, y]) => y);
  assert.equal(new Set(middles).size, 1, "one line");
  await page.keyboard.press("Control+z");
  assert.deepEqual(await places(page), dragged);
  await page.keyboard.press("Alt+Shift+t");
  const [internet, balancer, group] = (await places(page)).map(([x]) => x);
  assert.ok(internet < balancer && balancer < group, "along the way of the requests");
  await page.keyboard.press("Control+z");
  assert.deepEqual(await places(page), dragged);
});

test("commands, nodes and templates are found by name, by keys only", async (t) => {
  const page = await browser.page(t);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("go to load");
  await page.waitForSelector("[role=option][aria-selected=true]:has-text('Load balancer')");
  await page.keyboard.press("Enter");
  await page.waitForSelector(`${BALANCER}.selected`);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("no such thing at all");
  await page.getByText("Nothing of that name.").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("M/M/1");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#node-3", { state: "detached" });
  assert.equal((await designOf(page)).nodes.length, 2);
});

test("the menu under the pointer offers what fits", async (t) => {
  const page = await browser.page(t);
  const at = await head(page, BALANCER);
  await page.mouse.click(at.x, at.y, { button: "right" });
  await page.waitForSelector(".context-menu [data-item=action-delete]");
  assert.equal(await page.locator(".context-menu [data-item=action-tidy-up]").count(), 0);
  await page.keyboard.press("Escape");
  await page.waitForSelector(".context-menu", { state: "detached" });
  await page.mouse.click(at.x, at.y, { button: "right" });
  await page.click(".context-menu [data-item=action-duplicate]");
  await page.waitForSelector("#node-4");
  await page.click("#canvas", { button: "right", position: { x: 400, y: 20 } });
  await page.waitForSelector(".context-menu [data-item=action-tidy-up]");
});

test("a picture carries the design, and opens again", async (t) => {
  const page = await browser.page(t);
  await page.fill("#design-name", "그림 <&>");
  await page.press("#design-name", "Enter");
  const saved = await designOf(page);
  const download = page.waitForEvent("download");
  await page.click(".bar [title=More]");
  await page.click("[data-item=action-export-picture]");
  const svg = await readFile(await (await download).path(), "utf8");
  assert.match(svg, /^<svg/);

  const other = await browser.page(t);
  // A browser draws it.
  const width = await other.evaluate(async (text) => {
    const image = new Image();
    image.src = `data:image/svg+xml;utf8,${encodeURIComponent(text)}`;
    await image.decode();
    return image.naturalWidth;
  }, svg);
  assert.ok(width > 500, `${width} px`);
  await openFile(other, "design.gomujul.svg", svg);
  await other.locator(".toast.done", { hasText: "그림 <&>" }).waitFor();
  assert.deepEqual(await designOf(other), saved);
  await openFile(other, "empty.svg", "<svg/>");
  await other.locator(".toast.error", { hasText: "carries no design" }).waitFor();
  assert.deepEqual(await designOf(other), saved);
});

test("the link shows as a code, and the drawing is copied as Mermaid", async (t) => {
  const page = await browser.page(t);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.click(".bar [title=More]");
  await page.click("[data-item=action-show-code]");
  await page.waitForSelector(".code-picture path");
  await page.screenshot({ path: browser.artifact("editor-code") });
  await page.keyboard.press("Escape");
  await page.waitForSelector(".code-picture", { state: "detached" });
  await click(page, BALANCER);
  await page.click(".bar [title=More]");
  await page.click("[data-item=action-copy-mermaid]");
  await page.locator(".toast.done", { hasText: "Mermaid" }).waitFor();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(text, /^flowchart LR\n {2}n1\(\["Internet"\]\)/);
});
