// Drawing from nothing: by mouse, by keys alone, by fingers; notes, boxes, locks, several at once.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { GROUP, click, designOf, drag, head, middle } from "./editor-page.mjs";
import { openBrowser } from "./run-page.mjs";

let browser;

before(async () => {
  browser = await openBrowser();
});
after(() => browser?.close());

/** Begins an empty design. */
async function empty(page) {
  await page.click("[data-action=designs]");
  await page.click("#new-design");
  await page.waitForSelector(".card", { state: "detached" });
}

const kinds = (design) => design.nodes.map((node) => node.settings.type);

test("the story is drawn by mouse", async (t) => {
  const page = await browser.page(t);
  await empty(page);
  const canvas = await page.locator("#canvas").boundingBox();
  const steps = [["source", 0.2], ["balancer", 0.5], ["group", 0.8]];
  for (const [kind, share] of steps) {
    const tile = await middle(page, `[data-kind=${kind}]`);
    const at = { x: canvas.x + canvas.width * share, y: canvas.y + canvas.height * 0.5 };
    await drag(page, tile, { x: at.x - tile.x, y: at.y - tile.y });
  }
  for (const [from, to] of [[1, 2], [2, 3]]) {
    const port = await middle(page, `#node-${from} .port.out`);
    const target = await head(page, `#node-${to}`);
    await drag(page, port, { x: target.x - port.x, y: target.y - port.y });
  }
  const design = await designOf(page);
  assert.deepEqual(kinds(design), ["source", "balancer", "group"]);
  assert.deepEqual(design.links.map((link) => [link.from, link.to]), [[1, 2], [2, 3]]);
  await page.click("#canvas", { position: { x: canvas.width - 40, y: 40 } });
  assert.match(await page.locator(".issues-none").innerText(), /Ready to run/);
});

test("the story is drawn, walked and run by keys alone", async (t) => {
  const page = await browser.page(t);
  await empty(page);
  await page.locator("#canvas").focus();
  await page.keyboard.press("n");
  await page.waitForSelector("#command-input");
  await page.keyboard.type("traffic");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#node-1");
  await page.keyboard.press("Control+ArrowRight");
  await page.waitForSelector("#node-2");
  await page.keyboard.press("Control+ArrowRight");
  await page.waitForSelector("#node-3.selected");
  await page.keyboard.press("Alt+ArrowLeft");
  await page.waitForSelector("#node-2.selected");
  assert.equal(await page.evaluate(() => document.activeElement.id), "node-2");
  await page.keyboard.press("Control+f");
  await page.keyboard.type("serv");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#node-3.selected");
  const design = await designOf(page);
  assert.deepEqual(kinds(design), ["source", "balancer", "group"]);
  const words = await page.locator("#outline").textContent();
  assert.match(words, /Traffic source: Traffic.*Sends to: Load balancer/);
  await page.screenshot({ path: browser.artifact("draw-by-keys") });
});

test("a box takes along what lies in it; notes wrap; locks hold", async (t) => {
  const page = await browser.page(t);
  await click(page, GROUP);
  await page.keyboard.press("Control+g");
  await page.waitForSelector("#mark-1.selected");
  await page.keyboard.type("가용 영역 a");
  const before = await designOf(page);
  assert.equal(before.marks[0].text, "가용 영역 a");
  const box = await page.locator("#mark-1 .mark-body").boundingBox();
  await drag(page, { x: box.x + 90, y: box.y + 10 }, { x: 0, y: 48 });
  const moved = await designOf(page);
  const way = moved.marks[0].y - before.marks[0].y;
  assert.ok(way > 0 && moved.nodes[2].y - before.nodes[2].y === way, `${way}`);
  await page.locator("#canvas").focus();
  await page.keyboard.press("Control+z");
  assert.deepEqual(await designOf(page), before);

  await click(page, GROUP);
  await page.keyboard.press("Control+Shift+L");
  await drag(page, await head(page, GROUP), { x: 30, y: 60 });
  await page.keyboard.press("Delete");
  await page.locator(".toast.warning", { hasText: "Unlock" }).waitFor();
  const locked = await designOf(page);
  assert.deepEqual(locked.nodes[2], { ...before.nodes[2], locked: true });

  await page.click("[data-mark=note]");
  await page.fill("#mark-text", "Watch the alarm, then how long the new server takes to boot and join.");
  const lines = await page.locator("#mark-2 tspan").count();
  assert.ok(lines >= 2, `${lines} lines`);
  await page.screenshot({ path: browser.artifact("draw-marks") });
});

test("Alt drags a copy, and a change of several nodes is one step", async (t) => {
  const page = await browser.page(t);
  const before = await designOf(page);
  await page.keyboard.down("Alt");
  // Away from the edges, where a drag moves the canvas along.
  await drag(page, await head(page, GROUP), { x: -260, y: -70 });
  await page.keyboard.up("Alt");
  await page.waitForSelector("#node-4.selected");
  await page.keyboard.down("Shift");
  await click(page, GROUP);
  await page.keyboard.up("Shift");
  const field = page.locator("[id=\"field-max_size\"]");
  await field.fill("12");
  await field.press("Tab");
  const sizes = (await designOf(page)).nodes.map((node) => node.settings.max_size);
  assert.deepEqual(sizes, [undefined, undefined, 12, 12]);
  await page.locator("#canvas").focus();
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  assert.deepEqual(await designOf(page), before);
});

test("parts travel to another tab through the clipboard", async (t) => {
  const page = await browser.page(t);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.locator("#canvas").focus();
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+c");
  await page.locator(".toast.done", { hasText: "opied" }).waitFor();
  const other = await browser.page(t, { within: page });
  await other.bringToFront();
  await empty(other);
  await other.locator("#canvas").focus();
  await other.keyboard.press("Control+v");
  await other.waitForSelector("#node-3");
  const design = await designOf(other);
  assert.deepEqual(kinds(design), ["source", "balancer", "group"]);
  assert.equal(design.links.length, 2);
});

test("fingers move the canvas and pinch it", async (t) => {
  const page = await browser.page(t, { hasTouch: true });
  const before = await designOf(page);
  const card = () => page.locator(`${GROUP} .card-body`).boundingBox();
  const start = await card();
  const session = await page.context().newCDPSession(page);
  const touch = (type, ...points) =>
    session.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: points.map(([x, y], id) => ({ x, y, id })),
    });
  await touch("touchStart", [400, 350]);
  await touch("touchMove", [430, 350]);
  await touch("touchMove", [460, 350]);
  await touch("touchEnd");
  const panned = await card();
  assert.ok(Math.abs(panned.x - start.x - 60) < 2, `${panned.x - start.x}`);
  await touch("touchStart", [400, 300]);
  await touch("touchStart", [400, 300], [500, 300]);
  await touch("touchMove", [350, 300], [550, 300]);
  await touch("touchEnd");
  const pinched = await card();
  assert.ok(Math.abs(pinched.width / panned.width - 2) < 0.1, `${pinched.width / panned.width}`);
  assert.deepEqual(await designOf(page), before);
});

test("a syllable that is being composed is nobody's shortcut", async (t) => {
  const page = await browser.page(t);
  const before = await designOf(page);
  await click(page, GROUP);
  await page.evaluate(() => {
    const key = { key: "ㅋ", code: "KeyZ", ctrlKey: true, isComposing: true, bubbles: true };
    document.querySelector("#canvas").dispatchEvent(new KeyboardEvent("keydown", key));
    const remove = { key: "Delete", code: "Delete", isComposing: true, bubbles: true };
    document.querySelector("#canvas").dispatchEvent(new KeyboardEvent("keydown", remove));
  });
  assert.deepEqual(await designOf(page), before);
  // A real composition in the name: its Enter ends the syllable and not the typing.
  await page.click("#design-name", { clickCount: 3 });
  const session = await page.context().newCDPSession(page);
  await session.send("Input.imeSetComposition", { text: "한", selectionStart: 1, selectionEnd: 1 });
  await session.send("Input.insertText", { text: "한글 설계" });
  assert.equal((await designOf(page)).name, "한글 설계");
});
