import type { NetworkBox } from './boxes.ts';
import type { NetworkNode } from './types.ts';

/** What exporters add to the name of a node to name its value. */
const OUTPUT = /_output_0$/;

/** A node's name as its user knows it. */
export function labelOf({ name, aliases }: Pick<NetworkNode, 'name' | 'aliases'>): string {
  const node = name.replace(OUTPUT, '');
  return aliases.includes(node) ? node : name;
}

/** The same without what its operator says already: of `/encoder/conv1/Conv` the module's path. */
function shortLabel(node: NetworkNode): string {
  const label = labelOf(node);
  const module = label.endsWith(`/${node.kind}`) ? label.slice(0, -node.kind.length - 1) : label;
  return module.replace(/^\/(?=.)/, '') || label;
}

/** The name of a box: of the module that ends with it, or of its first node. */
export function titleOf(nodes: readonly NetworkNode[], { members, times }: NetworkBox): string {
  const first = nodes[members[0]];
  const last = nodes[members[members.length - 1]];
  return shortLabel(times > 1 || first.name.startsWith(last.name) ? last : first);
}

/** Operators of a box, e.g. `Conv3D · BatchNormalization · ReLU`, or `3 × 4 layers`. */
export function kindsOf(nodes: readonly NetworkNode[], { members, times }: NetworkBox): string {
  if (times > 1) {
    const block = members.slice(0, members.length / times).map((id) => nodes[id].kind);
    return `${times} × ${[...new Set(block)].join(' · ')}`;
  }
  return members.map((id) => nodes[id].kind).join(' · ');
}

/** Indices of the nodes whose name, other names or operator have all words of a query, in forward order. */
export function findNodes(nodes: readonly NetworkNode[], query: string): readonly number[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  return nodes.flatMap(({ name, aliases, kind }, id) => {
    const text = [name, kind, ...aliases].join(' ').toLowerCase();
    return words.every((word) => text.includes(word)) ? [id] : [];
  });
}
