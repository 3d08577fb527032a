// A real Chromium at the built page, for the tests of the run. Every page fails its test if anything
// is written to the console as an error or thrown, unless the test expects it.

import assert from "node:assert/strict";
import { createReadStream, mkdirSync } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const projectRoot = new URL("../../", import.meta.url);
const dist = new URL("dist/", projectRoot);
const artifacts = new URL("tests/artifacts/", projectRoot);

const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

/**
 * Starts the browser, and a server of `dist/` below `/_lb/`, as the Worker serves it, unless one is
 * there at `at` already.
 */
export async function openBrowser({ at } = {}) {
  mkdirSync(artifacts, { recursive: true });
  const server = createServer(serve);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = at ?? `http://127.0.0.1:${server.address().port}/_lb/`;
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
  return {
    artifact: (name) => fileURLToPath(new URL(`${name}.png`, artifacts)),
    version: browser.version(),
    page: (t, options) => openPage(t, browser, url, options),
    async close() {
      await browser.close();
      server.close();
    },
  };
}

/** Opens the page in a profile of its own and waits until its run is loaded. */
async function openPage(t, browser, url, options = {}) {
  const { locale = "en-US", colorScheme = "light", fragment = "", prepare } = options;
  const { query = "", serviceWorkers = "block", hasTouch = false, within } = options;
  const { expectedErrors = [] } = options;
  const viewport = options.viewport ?? { width: 1280, height: 800 };
  const settings = { locale, colorScheme, viewport, serviceWorkers, hasTouch };
  // `within` is another page, whose profile this one shares as a second tab.
  const context = within?.context() ?? (await browser.newContext(settings));
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  t.after(async () => {
    await (within ? page.close() : context.close());
    const unexpected = errors.filter((error) => !expectedErrors.some((known) => known.test(error)));
    assert.deepEqual(unexpected, [], "the console has no errors");
  });
  await prepare?.(page);
  await page.goto(url + query + (fragment === "" ? "" : `#${fragment}`));
  const ready = options.ready ?? ".run-clock[data-status=run-status-idle]";
  await page.waitForSelector(ready, { timeout: 30_000 });
  return page;
}

async function serve(request, response) {
  const path = new URL(request.url, "http://localhost").pathname.replace(/^\/_lb\//, "");
  const file = new URL(path === "" ? "index.html" : path, dist);
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { "content-type": TYPES[extname(file.pathname)] ?? "text/plain" });
  createReadStream(file).pipe(response);
}
