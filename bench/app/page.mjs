// A page of the browser tests, for a benchmark.

/** Opens a page for `use`, then closes it. */
export async function onPage(browser, options, use) {
  const ends = [];
  try {
    return await use(await browser.page({ after: (end) => ends.push(end) }, options));
  } finally {
    for (const end of ends) await end();
  }
}
