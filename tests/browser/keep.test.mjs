// Nothing is lost: several designs, tabs beside each other, pictures that open again; and the page
// in a frame of another page.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { BALANCER, designOf, fragment, head } from "./editor-page.mjs";
import { openBrowser } from "./run-page.mjs";

let browser;

before(async () => {
  browser = await openBrowser();
});
after(() => browser?.close());

const rename = async (page, name) => {
  await page.fill("#design-name", name);
  await page.press("#design-name", "Enter");
};

const names = (page) =>
  page.locator(".design-row-name").evaluateAll((fields) => fields.map((field) => field.value));

test("several designs are kept, renamed, copied, deleted and brought back", async (t) => {
  const page = await browser.page(t);
  await rename(page, "First");
  const first = await designOf(page);
  // A template over work begins a design of its own.
  await page.click("[data-action=templates]");
  await page.click("[data-item=slow-server]");
  await page.waitForFunction(() => document.querySelector("#design-name")?.value === "Slow server");
  await rename(page, "Second");
  await page.click("[data-action=designs]");
  await page.waitForFunction(() => document.querySelectorAll(".design-row").length === 2);
  assert.deepEqual(await names(page), ["Second", "First"]);
  await page.getByRole("button", { name: "Duplicate First" }).click();
  await page.waitForFunction(() => document.querySelectorAll(".design-row").length === 3);
  assert.ok((await names(page)).includes("First 2"));
  await page.getByLabel("Name of First 2").fill("셋째");
  await page.getByLabel("Name of First 2").press("Tab");
  await page.screenshot({ path: browser.artifact("keep-designs") });
  await page.getByRole("button", { name: "Delete First", exact: true }).click();
  const deleted = page.locator(".toast", { hasText: "The design was deleted." });
  await deleted.getByRole("button", { name: "Bring back what I had" }).click();
  await page.getByRole("button", { name: "Open First", exact: true }).click();
  await page.waitForFunction(() => document.querySelector("#design-name")?.value === "First");
  assert.deepEqual(await designOf(page), first);
  await page.reload();
  await page.waitForFunction(() => document.querySelector("#design-name")?.value === "First");
  assert.deepEqual(await designOf(page), first);
});

test("a tab follows another one; with changes of its own it goes on as a copy", async (t) => {
  const page = await browser.page(t);
  await rename(page, "Shared");
  await page.waitForFunction(() => localStorage.getItem("gomujul.design")?.includes('"Shared"'));
  const other = await browser.page(t, { within: page });
  assert.equal((await designOf(other)).name, "Shared");
  await rename(other, "Changed there");
  await page.waitForFunction(() => document.querySelector("#design-name")?.value === "Changed there");
  // Both at once: this tab types while the other one's change arrives.
  await page.evaluate(() => {
    const field = document.querySelector("#design-name");
    field.value = "Mine";
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    const theirs = localStorage.getItem("gomujul.design").replace("Changed there", "Theirs");
    const event = { key: "gomujul.design", newValue: theirs };
    window.dispatchEvent(new StorageEvent("storage", event));
  });
  await page.locator(".toast.warning", { hasText: "goes on as a copy" }).waitFor();
  assert.equal((await designOf(page)).name, "Mine");
  await page.click("[data-action=designs]");
  assert.deepEqual((await names(page)).sort(), ["Changed there", "Mine"]);
});

test("a PNG picture opens again by choosing, dropping and pasting", async (t) => {
  const page = await browser.page(t);
  await rename(page, "그림 <&>");
  const saved = await designOf(page);
  const download = page.waitForEvent("download");
  await page.locator("#canvas").focus();
  await page.keyboard.press("Control+Shift+E");
  const file = await download;
  assert.match(file.suggestedFilename(), /\.gomujul\.png$/);
  const bytes = await readFile(await file.path());
  assert.deepEqual([...bytes.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);

  const chosen = await browser.page(t);
  const chooser = chosen.waitForEvent("filechooser");
  await chosen.click("[data-action=action-import-file]");
  await (await chooser).setFiles({ name: "a.png", mimeType: "image/png", buffer: bytes });
  await chosen.locator(".toast.done", { hasText: "그림 <&>" }).waitFor();
  assert.deepEqual(await designOf(chosen), saved);

  for (const kind of ["drop", "paste"]) {
    const given = await browser.page(t);
    const size = await given.evaluate(async ([kind, bytes]) => {
      const data = new DataTransfer();
      const blob = new Blob([new Uint8Array(bytes)], { type: "image/png" });
      data.items.add(new File([blob], "a.png", { type: "image/png" }));
      const event =
        kind === "drop"
          ? new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true })
          : new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
      document.querySelector("#canvas").dispatchEvent(event);
      return (await createImageBitmap(blob)).width;
    }, [kind, [...bytes]]);
    assert.ok(size > 1_000, `${size} px`);
    await given.locator(".toast.done", { hasText: "그림 <&>" }).waitFor();
    assert.deepEqual(await designOf(given), saved, kind);
  }
});

test("in a frame the design runs, cannot be changed, and nothing is kept", async (t) => {
  const page = await browser.page(t);
  await page.click("[data-action=action-share]");
  const snippet = await page.inputValue("#share-snippet");
  assert.match(snippet, /^<iframe src="[^"]*\?embed&amp;autorun#v1\./);
  assert.match(await page.locator(".share-places").innerText(), /fits a chat message/);
  await page.keyboard.press("Escape");
  const link = await fragment(page);
  const ready = ".run-clock[data-status=run-status-running]";
  const frame = await browser.page(t, { query: `?embed&autorun#${link}`, ready });
  assert.equal(await frame.locator(".bar, .palette, .inspector").count(), 0);
  const at = await head(frame, BALANCER);
  await frame.mouse.move(at.x, at.y);
  await frame.mouse.down();
  await frame.mouse.move(at.x + 80, at.y + 40, { steps: 4 });
  await frame.mouse.up();
  await frame.keyboard.press("Control+a");
  await frame.keyboard.press("Delete");
  assert.equal(await frame.locator(".card").count(), 3);
  const moved = await head(frame, BALANCER);
  assert.ok(Math.abs(moved.x - at.x - 80) < 2, "the canvas moves");
  assert.equal(await frame.evaluate(() => localStorage.getItem("gomujul.design")), null);
  await frame.screenshot({ path: browser.artifact("keep-embed") });
  const bare = await browser.page(t, { query: `?embed&hide=dock#${link}`, ready: "#node-3" });
  assert.equal(await bare.locator(".dock").count(), 0);
});
