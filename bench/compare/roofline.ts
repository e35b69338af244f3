import type { Part, Row } from '../rows.ts';
import { findEngines } from './engines.ts';
import { copyRates, sideBySide } from './measure.ts';
import { TITLES } from './networks.ts';
import { operations, type Spec } from './specs.ts';

const PRODUCT = 1024;

/** The convolutions of CNN-1. */
const LAYERS: readonly { name: string; spec: Extract<Spec, { kind: 'conv' }> }[] = [
  { name: 'conv1', spec: { kind: 'conv', box: 40, cin: 1, cout: 32 } },
  { name: 'conv2', spec: { kind: 'conv', box: 40, cin: 32, cout: 32 } },
  { name: 'conv3', spec: { kind: 'conv', box: 20, cin: 32, cout: 64 } },
  { name: 'conv4', spec: { kind: 'conv', box: 20, cin: 64, cout: 64 } },
];

/** Bytes that have to move at least: input, filter and output once. */
const bytesOf = ({ box, cin, cout }: (typeof LAYERS)[number]['spec']) =>
  4 * (box ** 3 * (cin + cout) + 27 * cin * cout);

/**
 * What the convolutions reach beside the peak of the same engine: a product of two 1024 x 1024 matrices, and
 * a copy of 128 MiB. Operations are those of a direct convolution, of which Winograd's does a third.
 */
export async function rooflineBench(): Promise<Part> {
  const runs = { own: 7, ort: 7, torch: 7 };
  const rows: Row[] = [];
  const left = [...(await findEngines()).left];
  const product: Spec = { kind: 'product', size: PRODUCT };
  const peak = await sideBySide(product, 'forward', [{ batch: PRODUCT, runs }]);
  left.push(...peak.left);
  for (const { engine, ms } of peak.figures) {
    const rate = (operations(product) * PRODUCT) / ms / 1e6;
    rows.push(row(`product ${PRODUCT} x ${PRODUCT}`, 'product', engine, rate, 'GFLOP/s'));
  }
  for (const { engine, rate } of await copyRates(product)) {
    rows.push(row('copy of 128 MiB, read and written', 'copy', engine, rate, 'GB/s'));
  }
  for (const { name, spec } of LAYERS) {
    const measured = await sideBySide(spec, 'forward', [{ batch: 1, runs }]);
    left.push(...measured.left);
    for (const { engine, ms } of measured.figures) {
      const title = `${name} (${spec.cin} to ${spec.cout} channels at ${spec.box}^3)`;
      rows.push(row(title, name, engine, operations(spec) / ms / 1e6, 'GFLOP/s'));
      rows.push(row(title, name, engine, bytesOf(spec) / ms / 1e6, 'GB/s'));
    }
  }
  return { rows, about: peak.about, left };
}

function row(
  title: string,
  work: string,
  engine: keyof typeof TITLES,
  value: number,
  unit: 'GFLOP/s' | 'GB/s',
): Row {
  return { name: `${title}, ${TITLES[engine]}`, value, unit, of: { work, engine } };
}
