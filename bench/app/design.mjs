// Large designs for the benchmark of the page: sources, balancers, groups, dependencies in columns.

/** A design with this many nodes and links, as a file has it; from `empty`, the page's own empty one. */
export function large(empty, nodeCount, linkCount) {
  const shares = [["source", 0.1], ["balancer", 0.1], ["group", 0.4], ["dependency", 0.4]];
  const columns = [];
  const nodes = [];
  let left = 0;
  // About twice as wide as high, as the canvas is.
  const rows = Math.round(Math.sqrt(nodeCount) * 0.9);
  for (const [kind, share] of shares) {
    const count = Math.round(nodeCount * share);
    const column = Array.from({ length: count }, (_, i) => {
      const x = left + Math.floor(i / rows) * 344;
      const node = { id: nodes.length + i + 1, name: `${kind} ${i + 1}`, x, y: (i % rows) * 224 };
      return { ...node, settings: empty.settings[kind] };
    });
    left += Math.ceil(count / rows) * 344 + 160;
    nodes.push(...column);
    columns.push(column.map(({ id }) => id));
  }
  const [sources, balancers, groups, dependencies] = columns;
  const links = [];
  const known = new Set();
  const add = (from, to) => {
    if (links.length === linkCount || known.has(`${from}>${to}`)) return;
    known.add(`${from}>${to}`);
    links.push({ id: links.length + 1, from, to });
  };
  const of = (list, i) => list[i % list.length];
  sources.forEach((id, i) => add(id, of(balancers, i)));
  groups.forEach((id, i) => add(of(balancers, i), id));
  for (let i = 0; links.length < linkCount && i < linkCount * 4; i++) {
    const turn = Math.floor(i / groups.length);
    add(of(groups, i), of(dependencies, i + turn * 7));
  }
  if (nodes.length !== nodeCount || links.length !== linkCount) {
    throw new Error(`${nodes.length} nodes and ${links.length} links`);
  }
  return { ...empty.file, name: `${nodeCount} nodes`, nodes, links };
}
