import { repeatsOf } from './repeats.ts';
import type { NetworkNode } from './types.ts';

/** What is drawn as one box: a node, a node with what only follows it, or a block that comes several times. */
export interface NetworkBox {
  /** Unique among the boxes of a network, however they are folded. */
  readonly key: string;
  /** Indices of its nodes in forward order. */
  readonly members: readonly number[];
  /** Indices of the boxes that it reads, all of them earlier ones. */
  readonly inputs: readonly number[];
  /** How often its block comes, one after the other. */
  readonly times: number;
  /** What it can be unfolded to is hidden in it. */
  readonly folded: boolean;
  /** Keys of the unfolded boxes of which this is the first part, the innermost first. */
  readonly parts: readonly string[];
}

export interface Folding {
  /** Keys of the boxes that are unfolded. */
  readonly unfolded: ReadonlySet<string>;
  /** Whether every node has a box of its own. */
  readonly all: boolean;
}

/** Up to so many boxes are read without folding their repeats. */
const FEW = 24;

/** The boxes of a network, in forward order. */
export function boxesOf(
  nodes: readonly NetworkNode[],
  { unfolded, all }: Folding,
): readonly NetworkBox[] {
  const chains = chainsOf(nodes);
  const drawn: Omit<NetworkBox, 'inputs'>[] = [];
  const single = (members: readonly number[], parts: readonly string[]) => {
    for (const [i, member] of members.entries()) {
      const { name } = nodes[member];
      drawn.push({ key: name, members: [member], times: 1, folded: false, parts: i ? [] : parts });
    }
  };
  const chain = (members: readonly number[], outer: readonly string[]) => {
    const key = `${nodes[members[0]].name} …`;
    if (members.length === 1) single(members, outer);
    else if (all || unfolded.has(key)) single(members, all ? outer : [key, ...outer]);
    else drawn.push({ key, members, times: 1, folded: true, parts: outer });
  };
  const repeats = all || chains.length <= FEW ? [] : repeatsOf(nodes, chains);
  for (let at = 0, next = 0; at < chains.length; ) {
    const repeat = repeats[next];
    if (repeat?.start !== at) {
      chain(chains[at++], []);
      continue;
    }
    const { period, times } = repeat;
    const inside = chains.slice(at, at + period * times);
    const key = `${times} × ${nodes[inside[0][0]].name}`;
    if (unfolded.has(key)) for (const [i, one] of inside.entries()) chain(one, i ? [] : [key]);
    else drawn.push({ key, members: inside.flat(), times, folded: true, parts: [] });
    at += inside.length;
    next++;
  }
  const boxOf = new Map(drawn.flatMap(({ members }, box) => members.map((node) => [node, box])));
  return drawn.map((box, at) => {
    const read = box.members.flatMap((node) => nodes[node].inputs.map((id) => boxOf.get(id)));
    const inputs = new Set(read as number[]);
    inputs.delete(at);
    return { ...box, inputs: [...inputs] };
  });
}

/** Every node together with those that only follow it and that nothing else reads. */
function chainsOf(nodes: readonly NetworkNode[]): number[][] {
  const readers = nodes.map(() => 0);
  for (const { inputs } of nodes) for (const input of inputs) readers[input]++;
  const chains: number[][] = [];
  const chainOf: number[][] = [];
  for (const [id, { follows, inputs, shape }] of nodes.entries()) {
    const [before] = inputs;
    const joins =
      follows &&
      readers[before] === 1 &&
      nodes[before].inputs.length > 0 &&
      nodes[before].shape.join() === shape.join();
    const chain = joins ? chainOf[before] : [];
    if (!joins) chains.push(chain);
    chain.push(id);
    chainOf.push(chain);
  }
  return chains;
}
