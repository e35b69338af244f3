import type { NetworkBox, NetworkLayout } from '../../core/network/index.ts';

type Drawn = { readonly boxes: readonly NetworkBox[]; readonly layout: NetworkLayout };

/** The box that an arrow key goes to from box `at`; null for no key of that kind. */
export function moveTo(key: string, at: number, { boxes, layout }: Drawn): number | null {
  const { rows, places } = layout;
  const { inputs } = boxes[at];
  const readers = () => boxes.flatMap((box, i) => (box.inputs.includes(at) ? [i] : []));
  /** Those of `some` in the order of their rows, nearest to `at` first. */
  const near = (some: readonly number[]) =>
    [...some].sort((a, b) => Math.abs(rows[a] - rows[at]) - Math.abs(rows[b] - rows[at]) || a - b);
  const beside = (side: 1 | -1) =>
    boxes
      .map((_, i) => i)
      .filter((i) => rows[i] === rows[at] && side * (places[i].x - places[at].x) > 0)
      .sort((a, b) => side * (places[a].x - places[b].x));
  const moves = new Map<string, () => number | undefined>([
    ['ArrowDown', () => near(readers())[0]],
    ['ArrowUp', () => near(inputs)[0]],
    ['ArrowRight', () => beside(1)[0] ?? near(readers()).at(-1)],
    ['ArrowLeft', () => beside(-1)[0] ?? near(inputs).at(-1)],
    ['Home', () => 0],
    ['End', () => boxes.length - 1],
  ]);
  const move = moves.get(key);
  return move ? (move() ?? at) : null;
}
