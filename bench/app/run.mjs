// `cargo xtask bench app`: the built page in real Chromium. Sizes, time to interactive, frames of
// large drawings, and how soon a key has its effect while a simulation runs at full speed.
//
// What goes on while a run is watched follows (watch.mjs): `--seconds=0` leaves it out, `--minutes=30` adds
// memory.
//
// Medians of rounds in fresh profiles. Times are those of this machine at this moment; the targets
// are for the machine on which docs/DECISIONS.md has the figures.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { designOf, openFile } from "../../tests/browser/editor-page.mjs";
import { openBrowser, projectRoot } from "../../tests/browser/run-page.mjs";
import { large } from "./design.mjs";
import { onPage } from "./page.mjs";
import { kb, sizes } from "./sizes.mjs";
import { steady, watch } from "./watch.mjs";

const option = (name, fallback) => {
  const found = process.argv.find((argument) => argument.startsWith(`--${name}=`));
  return found ? Number(found.slice(name.length + 3)) : fallback;
};
const ROUNDS = option("rounds", 5);
const FRAMES = option("frames", 120);
const MAX_SPEED = 6;
const inPage = readFileSync(new URL("in-page.js", import.meta.url), "utf8");

const sorted = (list) => [...list].sort((a, b) => a - b);
const at = (list, share) => sorted(list)[Math.min(list.length - 1, Math.floor(list.length * share))];
const median = (list) => at(list, 0.5);
const ms = (value) => `${value.toFixed(1)} ms`;

let missed = 0;
/** A line: what, figure, and whether it is within its target. */
function row(what, figure, value, target, unit) {
  const within = target === undefined ? "" : value <= target ? "within" : "MISSED";
  if (within === "MISSED") missed++;
  const words = target === undefined ? "" : `${within} ${Math.abs(target)} ${unit}`;
  console.log(`${what.padEnd(44)}${figure.padEnd(34)}${words}`);
}

async function start(browser) {
  const runs = [];
  for (let round = 0; round < ROUNDS; round++) {
    const prepare = (page) =>
      page.addInitScript(() => {
        const look = () => {
          const ready = document.querySelector(".run-clock[data-status=run-status-idle]");
          if (ready === null) return requestAnimationFrame(look);
          const channel = new MessageChannel();
          channel.port1.onmessage = () => (window.interactiveAt = performance.now());
          channel.port2.postMessage(null);
        };
        requestAnimationFrame(look);
      });
    runs.push(
      await onPage(browser, { prepare }, async (page) => {
        await page.waitForFunction(() => window.interactiveAt !== undefined);
        return page.evaluate(() => {
          const [paint] = performance.getEntriesByName("first-contentful-paint");
          return { paint: paint.startTime, interactive: window.interactiveAt };
        });
      }),
    );
  }
  const paint = median(runs.map((run) => run.paint));
  const interactive = median(runs.map((run) => run.interactive));
  const gap = median(runs.map((run) => Math.max(0, run.interactive - run.paint)));
  row("navigation to first paint", ms(paint));
  row("navigation to interactive", ms(interactive), interactive, 1_000, "ms");
  row("first paint to interactive", ms(gap), gap, 1_000, "ms");
}

/** Settings of each kind as the page makes them, and the rest of its document. */
async function emptyDesign(page) {
  const settings = {};
  for (const kind of ["source", "balancer", "group", "dependency"]) await page.click(`[data-kind=${kind}]`);
  const { nodes, links, ...file } = await designOf(page);
  for (const node of nodes) settings[node.settings.type] = node.settings;
  return { settings, file: { ...file, marks: [] } };
}

/** What the page's thread was busy for so far, processor time. */
async function busyMs(cdp) {
  const { metrics } = await cdp.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration").value * 1_000;
}

async function frames(browser, nodes, links, target) {
  const all = { drag: [], pan: [], zoom: [] };
  const cpu = { drag: [], pan: [], zoom: [] };
  for (let round = 0; round < ROUNDS; round++) {
    await onPage(browser, { viewport: { width: 1440, height: 900 } }, async (page) => {
      const design = large(await emptyDesign(page), nodes, links);
      const buffer = Buffer.from(JSON.stringify(design));
      await page.setInputFiles("#file-input", { name: "large.json", mimeType: "application/json", buffer });
      await page.waitForFunction((count) => document.querySelectorAll(".card").length === count, nodes);
      await page.evaluate(inPage);
      const cdp = await page.context().newCDPSession(page);
      // The thread's own time: other processes of the machine do not count.
      await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
      await page.waitForTimeout(800);
      const gestures = {
        drag: () => page.evaluate((count) => window.benchDrag(count), FRAMES),
        pan: () => page.evaluate((count) => window.benchWheel(count, false), FRAMES),
        zoom: () => page.evaluate((count) => window.benchWheel(count, true), FRAMES),
      };
      for (const [name, gesture] of Object.entries(gestures)) {
        const before = await busyMs(cdp);
        const { work, moves } = await gesture();
        cpu[name].push(((await busyMs(cdp)) - before) / FRAMES);
        if (moves < 10) throw new Error(`${name}: only ${moves} of ${FRAMES} events moved anything`);
        all[name].push(at(work, 0.95));
      }
    });
  }
  for (const name of Object.keys(all)) {
    const p95 = median(all[name]);
    const figure = `p95 ${ms(p95)}, CPU ${ms(median(cpu[name]))} a frame`;
    row(`${nodes} nodes, ${links} links: ${name}`, figure, p95, target, "ms");
  }
}

async function keys(browser) {
  const medians = [];
  const worst = [];
  for (let round = 0; round < ROUNDS; round++) {
    await onPage(browser, {}, async (page) => {
      await page.evaluate(inPage);
      // A week, so that it still runs when the last key is pressed.
      const week = steady(await designOf(page), 604_800);
      await openFile(page, "steady.json", JSON.stringify(week));
      await page.waitForSelector(".toast.done");
      // After a key, what gets the focus shows it, and a card that shows it is selected.
      await page.keyboard.press("Tab");
      await page.locator("#node-3").focus();
      await page.evaluate(() => window.benchKeys("node-3"));
      await page.selectOption(".run-speed", { index: MAX_SPEED });
      await page.click(".transport-play");
      await page.locator("#node-3").focus();
      await page.waitForSelector(".run-clock[data-status=run-status-running]");
      for (let i = 0; i < 30; i++) {
        await page.keyboard.press(i % 2 ? "ArrowUp" : "ArrowDown");
        await page.waitForFunction((count) => window.benchKeyTimes.length > count, i);
      }
      const running = await page.locator(".run-clock[data-status=run-status-running]").count();
      if (running === 0) throw new Error("the run was over before the keys were");
      const times = await page.evaluate(() => window.benchKeyTimes);
      medians.push(median(times));
      worst.push(at(times, 0.95));
    });
  }
  const figure = `median ${ms(median(medians))}, p95 ${ms(median(worst))}`;
  row("key to effect, simulation at full speed", figure, median(medians), 50, "ms");
}

for (const size of sizes(fileURLToPath(new URL("dist/", projectRoot)))) {
  const target = size.max && size.max / 1000;
  row(size.what, kb(size), size.packed / 1000, target, "KB");
}
const browser = await openBrowser();
try {
  console.log(`medians of ${ROUNDS} rounds; Chromium ${browser.version}`);
  await start(browser);
  await frames(browser, 500, 1_000, 16.7);
  await frames(browser, 2_000, 4_000, 33);
  await keys(browser);
  await watch(browser, row, { seconds: option("seconds", 20), minutes: option("minutes", 0) });
} finally {
  await browser.close();
}
if (missed > 0) console.log(`${missed} targets missed`);
