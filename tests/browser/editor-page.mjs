// What tests of the editor do with the page: point, drag, and read the design.

import { readFile } from "node:fs/promises";

// The story's nodes.
export const INTERNET = "#node-1";
export const BALANCER = "#node-2";
export const GROUP = "#node-3";

/** The design as the file that the page saves. */
export async function designOf(page) {
  const download = page.waitForEvent("download");
  await page.click("[data-action=action-export-file]");
  return JSON.parse(await readFile(await (await download).path(), "utf8"));
}

/** Opens a file with these words. */
export async function openFile(page, name, words) {
  const chooser = page.waitForEvent("filechooser");
  await page.click("[data-action=action-import-file]");
  const buffer = Buffer.from(words);
  await (await chooser).setFiles({ name, mimeType: "application/json", buffer });
}

/** Shares the design and takes the fragment from the address bar. */
export async function fragment(page) {
  await page.click("[data-action=action-share]");
  await page.waitForFunction(() => location.hash.length > 1);
  await page.keyboard.press("Escape");
  await page.waitForSelector("#share", { state: "detached" });
  return page.evaluate(() => location.hash.slice(1));
}

export async function middle(page, selector) {
  const box = await page.locator(selector).boundingBox();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** The name line of a card: nothing else is under the pointer there. */
export async function head(page, selector) {
  const box = await page.locator(`${selector} .card-body`).boundingBox();
  return { x: box.x + box.width / 2, y: box.y + 12 };
}

export async function click(page, selector) {
  const at = await head(page, selector);
  await page.mouse.click(at.x, at.y);
}

export async function drag(page, from, by) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + by.x, from.y + by.y, { steps: 8 });
  await page.mouse.up();
}
