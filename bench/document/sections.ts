import { BOXES, CHANNELS } from '../compare/growth.ts';
import { ENGINES, type EngineId } from '../compare/engines.ts';
import { TASK_TITLES, TITLES } from '../compare/networks.ts';
import { ABOUT, isTrained, NETWORKS, type NetworkId } from '../compare/specs.ts';
import { REAL, REAL_TASKS } from '../real/real.ts';
import type { Measurement } from '../report.ts';
import { find, NONE, provenance, quantity, ratio, table, time } from './format.ts';
import { plotSvg } from './plot.ts';

type Task = keyof typeof TASK_TITLES;

const COLORS: Readonly<Record<EngineId, string>> = {
  own: '#3b82f6',
  stock: '#d55e00',
  ort: '#1a9e76',
  torch: '#9b6ddb',
};

/** Generated text by the name of its place in the document. */
export const SECTIONS: Readonly<Record<string, (part: Measurement) => string>> = {
  networks: (part) =>
    [forwardTable(part), tasksTable(part), memoryTable(part), provenance(part)].join('\n\n'),
  real: (part) => [realTable(part), provenance(part)].join('\n\n'),
  opening: plain,
  roofline: (part) => [rooflineTable(part), provenance(part)].join('\n\n'),
  growth: (part) =>
    [
      '![Time by box size](images/time-by-box.svg)',
      '![Time by channels](images/time-by-channels.svg)',
      growthTable(part),
      provenance(part),
    ].join('\n\n'),
  browser: (part) => [browserTable(part), provenance(part)].join('\n\n'),
  webgpu: (part) => [webgpuTable(part), provenance(part)].join('\n\n'),
  surface: plain,
  simulate: plain,
  tomograms: plain,
  app: plain,
};

/** Pictures by file name. */
export const PICTURES: Readonly<Record<string, (growth: Measurement) => string>> = {
  'time-by-box.svg': (part) =>
    picture(part, 'box', BOXES, 'CNN-1’s convolutions and pooling', 'voxels along the edge'),
  'time-by-channels.svg': (part) =>
    picture(part, 'channels', CHANNELS, 'One 3x3x3 convolution at 40³', 'channels in and out'),
};

function plain(part: Measurement): string {
  const rows = part.rows.map(({ name, value, unit }) => [name, quantity(value, unit)]);
  return [table(['', ''], rows), provenance(part)].join('\n\n');
}

function forwardTable(part: Measurement): string {
  const rows = NETWORKS.flatMap((network) =>
    [1, 32].map((batch) => {
      const of = (engine: EngineId) =>
        find(part, 'ms', { network, task: 'forward', batch, engine });
      const [own, stock, ort, torch] = ENGINES.map(of);
      return [
        `${ABOUT[network].title}, ${batch === 1 ? 'one volume' : `${batch} volumes`}`,
        `**${time(own)}**`,
        time(stock),
        time(ort),
        time(torch),
        ratio(stock, own),
        ratio(ort, own),
        ratio(own, torch),
      ];
    }),
  );
  const head = [
    'forward pass',
    ...ENGINES.map((engine) => TITLES[engine]),
    'tfjs / ours',
    'ORT / ours',
    'ours / PyTorch',
  ];
  return table(head, rows);
}

/** Without the training of networks that are not trained here. */
function asked<T extends Task>(
  wanted: readonly [T, number][],
  network: NetworkId,
): (readonly [T, number])[] {
  return wanted.filter(([task]) => task !== 'train' || isTrained(network));
}

function tasksTable(part: Measurement): string {
  const wanted: [Exclude<Task, 'forward'>, number][] = [
    ['explain-all-classes', 1],
    ['explain-all-layers', 1],
    ['train', 1],
    ['train', 32],
  ];
  const rows = NETWORKS.flatMap((network) =>
    asked(wanted, network).map(([task, batch]) => {
      const of = (engine: EngineId) => find(part, 'ms', { network, task, batch, engine });
      const { title, layer } = ABOUT[network];
      const what =
        task === 'explain-all-classes'
          ? `explained: all classes at \`${layer}\``
          : task === 'train'
            ? `training step, ${batch === 1 ? 'one volume' : `${batch} volumes`}`
            : 'explained: one class at all layers';
      return [
        `${title}, ${what}`,
        `**${time(of('own'))}**`,
        time(of('stock')),
        time(of('torch')),
        ratio(of('stock'), of('own')),
        ratio(of('own'), of('torch')),
      ];
    }),
  );
  const head = ['', TITLES.own, TITLES.stock, TITLES.torch, 'tfjs / ours', 'ours / PyTorch'];
  return table(head, rows);
}

function memoryTable(part: Measurement): string {
  const wanted: [Task, number][] = [
    ['forward', 1],
    ['explain-all-classes', 1],
    ['forward', 32],
    ['train', 32],
  ];
  const rows = NETWORKS.flatMap((network) =>
    asked(wanted, network).map(([task, batch]) => [
      `${ABOUT[network].title}, ${TASK_TITLES[task]}, ${batch}`,
      ...ENGINES.map((engine) =>
        quantity(find(part, 'MiB', { network, task, batch, engine }), 'MiB'),
      ),
    ]),
  );
  return table(['peak memory of the process', ...ENGINES.map((engine) => TITLES[engine])], rows);
}

function realTable(part: Measurement): string {
  const engines = ENGINES.filter((engine) => engine !== 'stock');
  const rows = REAL.flatMap(({ id, title, explained }) =>
    REAL_TASKS.map((task) => {
      const of = (engine: EngineId) => ({ network: id, task, engine });
      const cells = engines.map((engine) => {
        const ms = find(part, 'ms', of(engine));
        const memory = quantity(find(part, 'MiB', of(engine)), 'MiB');
        return ms === undefined ? NONE : `${time(ms)}, ${memory}`;
      });
      const [own, ort, torch] = engines.map((engine) => find(part, 'ms', of(engine)));
      const where = explained === undefined ? '' : ` at ${explained}³`;
      const what = task === 'forward' ? 'forward' : `explained${where}`;
      return [`${title}, ${what}`, ...cells, ratio(ort, own), ratio(own, torch)];
    }),
  );
  const head = ['', ...engines.map((engine) => TITLES[engine])];
  return table([...head, 'ORT / ours', 'ours / PyTorch'], rows);
}

function rooflineTable(part: Measurement): string {
  const works = [...new Set(part.rows.map(({ of }) => of?.work as string))];
  const engines = ENGINES.filter((engine) => engine !== 'stock');
  const peak = (engine: EngineId) => find(part, 'GFLOP/s', { work: 'product', engine });
  const rows = works.map((work) => {
    const title = part.rows.find(({ of }) => of?.work === work)!.name.replace(/, [^,]*$/, '');
    const own = find(part, 'GFLOP/s', { work, engine: 'own' });
    return [
      title,
      ...engines.map((engine) => quantity(find(part, 'GFLOP/s', { work, engine }))),
      work === 'product' ? NONE : share(own, peak('own')),
      quantity(find(part, 'GB/s', { work, engine: 'own' })),
    ];
  });
  const rates = engines.map((engine) => `${TITLES[engine]}, GFLOP/s`);
  return table(['', ...rates, 'ours / our product', 'ours, GB/s'], rows);
}

const share = (value: number | undefined, of: number | undefined) =>
  value === undefined || of === undefined ? NONE : `${Math.round((100 * value) / of)}%`;

function growthTable(part: Measurement): string {
  const rows = BOXES.map((at) => [
    `${at}³`,
    ...ENGINES.map((engine) => {
      const of = { axis: 'box', at, engine };
      const ms = find(part, 'ms', of);
      return ms === undefined ? NONE : `${time(ms)}, ${quantity(find(part, 'MiB', of), 'MiB')}`;
    }),
  ]);
  return table(['box', ...ENGINES.map((engine) => TITLES[engine])], rows);
}

const BACKENDS = { wasm: 'wasm', webgpu: 'WebGPU' } as const;

function browserTable(part: Measurement): string {
  const rows = NETWORKS.flatMap((network) =>
    Object.entries(BACKENDS).map(([backend, name]) => {
      const of = (engine: string) => find(part, 'ms', { network, backend, engine });
      const [own, stock, ort] = [of('own'), of('stock'), of('ort')];
      if (own === undefined) return [];
      const title = `${ABOUT[network].title}, ${name}`;
      return [
        title,
        `**${time(own)}**`,
        time(stock),
        time(ort),
        ratio(stock, own),
        ratio(ort, own),
      ];
    }),
  ).filter(({ length }) => length > 0);
  const head = ['forward pass in Chromium', TITLES.own, TITLES.stock, TITLES.ort];
  return table([...head, 'tfjs / ours', 'ORT / ours'], rows);
}

function webgpuTable(part: Measurement): string {
  const works = [...new Set(part.rows.map(({ of }) => of?.work as string))];
  const product = works.find((work) => work.startsWith('matMul'));
  const rate = (work: string | undefined) =>
    find(part, 'GFLOP/s', { work: work ?? '', engine: 'own' });
  const rows = works.map((work) => {
    const of = (engine: string) => find(part, 'ms', { work, engine });
    return [
      work,
      `**${time(of('own'))}**`,
      time(of('stock')),
      ratio(of('stock'), of('own')),
      quantity(rate(work)),
      work === product ? NONE : share(rate(work), rate(product)),
    ];
  });
  const head = [part.about?.adapter ?? '', TITLES.own, TITLES.stock, 'tfjs / ours'];
  return table([...head, 'GFLOP/s', 'of the product’s rate'], rows);
}

function picture(
  part: Measurement,
  axis: 'box' | 'channels',
  xTicks: readonly number[],
  title: string,
  xLabel: string,
): string {
  const series = ENGINES.map((engine) => ({
    name: TITLES[engine],
    color: COLORS[engine],
    points: xTicks.flatMap((at): [number, number][] => {
      const ms = find(part, 'ms', { axis, at, engine });
      return ms === undefined ? [] : [[at, ms]];
    }),
  })).filter(({ points }) => points.length > 0);
  const formatY = (ms: number) => (ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`);
  return plotSvg({ title, xLabel, yLabel: 'forward pass', xTicks, series, formatY });
}
