import { describe, expect, it } from 'vitest';
import { BOX, boxesOf, findNodes, kindsOf, layoutOf, type NetworkNode, titleOf } from './index.ts';

const NONE = { unfolded: new Set<string>(), all: false };

/** A network node by node; what an operator reads is named. */
class Net {
  readonly nodes: NetworkNode[] = [];

  add(name: string, kind: string, shape: readonly number[], ...inputs: string[]): this {
    const follows = ['ReLU', 'Norm', 'Softmax'].includes(kind);
    const ids = inputs.map((input) => this.nodes.findIndex((node) => node.name === input));
    this.nodes.push({ name, aliases: [], kind, shape, parameters: 0, inputs: ids, follows });
    return this;
  }

  /** A convolution with norm and ReLU. */
  conv(name: string, shape: readonly number[], input: string): this {
    return this.add(name, 'Conv', shape, input)
      .add(`${name}.norm`, 'Norm', shape, name)
      .add(`${name}.relu`, 'ReLU', shape, `${name}.norm`);
  }

  boxes(unfolded: readonly string[] = [], all = false) {
    return boxesOf(this.nodes, { unfolded: new Set(unfolded), all });
  }

  titles(unfolded: readonly string[] = []) {
    return this.boxes(unfolded).map((box) => titleOf(this.nodes, box));
  }
}

const FULL = [16, 16, 16, 4];
const HALF = [8, 8, 8, 8];
const QUARTER = [4, 4, 4, 16];

const unet = () =>
  new Net()
    .add('input', 'Input', [16, 16, 16, 1])
    .conv('enc0', FULL, 'input')
    .add('down0', 'MaxPool', [8, 8, 8, 4], 'enc0.relu')
    .conv('enc1', HALF, 'down0')
    .add('down1', 'MaxPool', [4, 4, 4, 8], 'enc1.relu')
    .conv('middle', QUARTER, 'down1')
    .add('up1', 'Upsample', [8, 8, 8, 16], 'middle.relu')
    .add('cat1', 'Concat', [8, 8, 8, 24], 'enc1.relu', 'up1')
    .conv('dec1', HALF, 'cat1')
    .add('up0', 'Upsample', [16, 16, 16, 8], 'dec1.relu')
    .add('cat0', 'Concat', [16, 16, 16, 12], 'enc0.relu', 'up0')
    .conv('dec0', FULL, 'cat0')
    .add('scores', 'Conv', [16, 16, 16, 2], 'dec0.relu');

/** A residual network: `blocks` blocks on one grid, the first with a projection. */
function resnet(blocks: number): Net {
  const net = new Net().add('input', 'Input', [16, 16, 16, 1]).conv('stem', HALF, 'input');
  let last = 'stem.relu';
  for (let block = 0; block < blocks; block++) {
    const name = `layer1.${block}`;
    net.conv(`${name}.conv1`, HALF, last);
    net.add(`${name}.conv2`, 'Conv', HALF, `${name}.conv1.relu`);
    net.add(`${name}.add`, 'Add', HALF, `${name}.conv2`, last);
    last = `${name}.relu`;
    net.add(last, 'ReLU', HALF, `${name}.add`);
  }
  return net.add('pool', 'GlobalAveragePool', [8], last).add('fc', 'Gemm', [3], 'pool');
}

describe('boxes', () => {
  it('hold a node with what only follows it', () => {
    const net = unet();
    const boxes = net.boxes();
    expect(boxes).toHaveLength(13);
    expect(kindsOf(net.nodes, boxes[1])).toBe('Conv · Norm · ReLU');
    expect(boxes[1].members).toEqual([1, 2, 3]);
    expect(boxes.map(({ inputs }) => inputs).slice(6, 8)).toEqual([[5], [3, 6]]);
  });

  it('have the name of the module that ends with them, else of their first node', () => {
    const net = new Net()
      .add('input', 'Input', FULL)
      .add('stem.0.conv', 'Conv', FULL, 'input')
      .add('stem.0', 'ReLU', FULL, 'stem.0.conv')
      .add('fc', 'Dense', [3], 'stem.0')
      .add('softmax', 'Softmax', [3], 'fc');
    expect(net.titles()).toEqual(['input', 'stem.0', 'fc']);
  });

  it('have the path of their module where an exporter adds its operator', () => {
    const net = new Net().add('x', 'Input', FULL).add('/net/conv1/Conv', 'Conv', FULL, 'x');
    net.add('/net/Concat_1', 'Concat', FULL, '/net/conv1/Conv').add('/Conv', 'Conv', FULL, 'x');
    expect(net.titles()).toEqual(['x', 'net/conv1', 'net/Concat_1', '/Conv']);
  });

  it('are not joined where something else reads the value between', () => {
    const net = new Net()
      .add('input', 'Input', FULL)
      .add('conv', 'Conv', FULL, 'input')
      .add('relu', 'ReLU', FULL, 'conv')
      .add('add', 'Add', FULL, 'conv', 'relu');
    expect(net.titles()).toEqual(['input', 'conv', 'relu', 'add']);
  });

  it('unfold one by one, or all at once', () => {
    const net = unet();
    expect(net.titles(['enc0 …']).slice(0, 5)).toEqual([
      ...['input', 'enc0', 'enc0.norm', 'enc0.relu', 'down0'],
    ]);
    expect(
      net
        .boxes(['enc0 …'])
        .map(({ parts }) => parts)
        .slice(0, 3),
    ).toEqual([...[[], ['enc0 …'], []]]);
    const all = net.boxes([], true);
    expect(all).toHaveLength(net.nodes.length);
    expect(all.every(({ folded, parts }) => !folded && parts.length === 0)).toBe(true);
  });

  it('hold blocks that come again and again, in networks of many boxes', () => {
    expect(resnet(5).boxes()).toHaveLength(2 + 5 * 3 + 2);
    const net = resnet(10);
    const boxes = net.boxes();
    expect(boxes.map(({ key }) => key)).toEqual([
      ...['input', 'stem …', '10 × layer1.0.conv1', 'pool', 'fc'],
    ]);
    expect(boxes[2]).toMatchObject({ times: 10, folded: true, inputs: [1] });
    expect(boxes[2].members).toHaveLength(60);
    expect(kindsOf(net.nodes, boxes[2])).toBe('10 × Conv · Norm · ReLU · Add');
    const opened = net.boxes(['10 × layer1.0.conv1', 'layer1.0.conv1 …']);
    expect(opened).toHaveLength(2 + 30 + 2 + 2);
    expect(opened[2].parts).toEqual(['layer1.0.conv1 …', '10 × layer1.0.conv1']);
  });

  it('keep a block apart that is read from outside', () => {
    const net = resnet(10);
    net.add('late', 'Conv', HALF, 'layer1.4.conv1.relu');
    const keys = net.boxes().flatMap(({ key, times }) => (times > 1 ? [key] : []));
    expect(keys).toEqual(['4 × layer1.0.conv1', '5 × layer1.5.conv1']);
  });
});

describe('the layout', () => {
  const layout = (net: Net, all = false) => layoutOf(net.nodes, net.boxes([], all));

  it('puts every box below what it reads', () => {
    for (const net of [unet(), resnet(10)]) {
      const boxes = net.boxes([], true);
      const { places } = layoutOf(net.nodes, boxes);
      for (const [at, { inputs }] of boxes.entries())
        for (const input of inputs)
          expect(places[at].y).toBeGreaterThan(places[input].y + BOX.height);
    }
  });

  it('has a column for each resolution: a U-Net goes out and comes back', () => {
    const { columns, places } = layout(unet());
    expect(columns.map(({ grids }) => grids)).toEqual([[[16, 16, 16]], [[8, 8, 8]], [[4, 4, 4]]]);
    const column = places.map(({ x }) => columns.findLastIndex((one) => x > one.x));
    expect(column).toEqual([0, 0, 1, 1, 2, 2, 1, 1, 1, 0, 0, 0, 0]);
  });

  it('puts grids of about the same resolution in one column, and vectors in the last', () => {
    const net = new Net()
      .add('input', 'Input', [40, 40, 40, 1])
      .add('valid', 'Conv', [38, 38, 38, 8], 'input')
      .add('fc', 'Dense', [3], 'valid');
    expect(layout(net).columns.map(({ grids }) => grids)).toEqual([
      ...[
        [
          [40, 40, 40],
          [38, 38, 38],
        ],
        [],
      ],
    ]);
  });

  it('keeps a vector that goes back into a grid beside what it weighs', () => {
    const net = new Net()
      .add('input', 'Input', FULL)
      .add('conv', 'Conv', FULL, 'input')
      .add('squeeze', 'GlobalAveragePool', [1, 1, 1, 4], 'conv')
      .add('gate', 'Conv', [1, 1, 1, 4], 'squeeze')
      .add('scale', 'Mul', FULL, 'conv', 'gate');
    expect(layout(net).columns).toHaveLength(1);
  });

  it.each([
    ['U-Net', unet()],
    ['ResNet', resnet(10)],
  ])('draws no edge of a %s through a box, and no two over each other', (_, net) => {
    const { edges, places } = layout(net, true);
    const runs: { x: number; from: number; top: number; bottom: number }[] = [];
    for (const { points, from } of edges)
      for (const [i, a] of points.slice(0, -1).entries()) {
        const b = points[i + 1];
        if (a.x !== b.x) continue;
        for (const { x, y } of places)
          expect(a.x > x && a.x < x + BOX.width && a.y < y && b.y > y + BOX.height).toBe(false);
        runs.push({ x: a.x, from, top: a.y, bottom: b.y });
      }
    for (const a of runs)
      for (const b of runs)
        if (a.from !== b.from && a.x === b.x)
          expect(a.top >= b.bottom || b.top >= a.bottom).toBe(true);
  });

  it('takes a network of thousands of nodes', () => {
    const net = resnet(1);
    let last = 'layer1.0.relu';
    for (let i = 0; i < 1000; i++) {
      net.add(`c${i}`, 'Conv', HALF, last).add(`n${i}`, 'Norm', HALF, `c${i}`);
      net.add(`a${i}`, 'Add', HALF, `n${i}`, last);
      last = `a${i}`;
    }
    const { places, height } = layout(net, true);
    expect(places).toHaveLength(net.nodes.length);
    expect(Math.max(...places.map(({ y }) => y))).toBeLessThan(height);
    expect(boxesOf(net.nodes, NONE)).toHaveLength(10);
  });
});

it('nodes are found by words of their names and operator, in any order', () => {
  const { nodes } = unet();
  const found = (query: string) => findNodes(nodes, query).map((id) => nodes[id].name);
  expect(found('conv ENC')).toEqual(['enc0', 'enc1']);
  expect(found('upsample')).toEqual(['up1', 'up0']);
  expect(found(' ')).toEqual([]);
});
