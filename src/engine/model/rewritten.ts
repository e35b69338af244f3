import type { Graph, Node } from '../graph/types.ts';

/** What a network's operators became where they are not computed as the file has them, one sentence each. */
export function rewrittenParts({ nodes, outputs }: Graph): string[] {
  const needed = new Set(outputs.map(({ node }) => node));
  for (let id = nodes.length - 1; id >= 0; id--)
    if (needed.has(id)) for (const input of nodes[id].inputs) needed.add(input);
  const used = nodes.filter((_, id) => needed.has(id));
  const count = (test: (node: Node) => boolean) => used.filter(test).length;
  const kind = (word: RegExp) => (node: Node) => word.test(node.declared.kind);

  const found: readonly (readonly [count: number, one: string, many: string])[] = [
    [
      count((node) => node.op === 'scaleShift' && kind(/batch/i)(node)),
      'batch norm is a scale and a shift by its stored statistics',
      'batch norms are a scale and a shift by their stored statistics',
    ],
    [
      count(
        (node) =>
          (node.op === 'normalization' || node.op === 'rmsNormalization') && !kind(/norm/i)(node),
      ),
      'norm that is spelled out in the file is computed as one operator',
      'norms that are spelled out in the file are computed as one operator each',
    ],
    [
      count((node) => node.op === 'identity' && !kind(/output/i)(node)),
      'operator hands its value on as it is (dropout, casts)',
      'operators hand their values on as they are (dropout, casts)',
    ],
    [
      nodes.length - used.length,
      'value that no output needs is left out',
      'values that no output needs are left out',
    ],
  ];
  return found.flatMap(([n, one, many]) => (n === 0 ? [] : [`${n} ${n === 1 ? one : many}`]));
}
