import type { Named, Node, NodeId } from './types.ts';

/**
 * The node that a user means: by its name, by that of the node in the file, or by another name of the same value; -1 where
 * there is none.
 */
export function nodeNamed(nodes: readonly Named[], name: string): NodeId {
  const own = nodes.findIndex((node) => node.name === name && node.partOf === null);
  if (own >= 0) return own;
  const made = nodes.findIndex(({ declared }) => declared.node === name);
  return made >= 0 ? made : nodes.findIndex((node) => isAlias(node, name));
}

export const isAlias = ({ declared }: Pick<Node, 'declared'>, name: string): boolean =>
  declared.aliases?.includes(name) ?? false;
