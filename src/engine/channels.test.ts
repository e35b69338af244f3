import { afterAll, beforeAll, expect, it } from 'vitest';
import { channelRows, partialMap } from '../core/cam/index.ts';
import type { LocalEngine } from './local.ts';
import { createNodeEngine } from './node.ts';
import { CASES, loadCase, relativeError } from './testing/fixtures.ts';

let engine: LocalEngine;
beforeAll(async () => {
  engine = createNodeEngine();
  await engine.selectBackend('wasm');
});
afterAll(() => engine.dispose());

it.each(CASES)('channels of %s build up to the maps of both methods', async (name) => {
  const { expected, input, modelUrl } = loadCase(name);
  await engine.loadModel({ kind: 'url', url: modelUrl, id: name });
  const layer = expected.layers.at(-1)!;
  const asked = { model: name, input, inputShape: expected.input_shape, inputKey: 'once' };
  const methods = ['respond', 'grad'] as const;
  const answer = await engine.explain({ ...asked, layers: [layer], classes: [1], methods });
  const found = await engine.channels({ ...asked, layer, classIndex: 1 });
  const rows = channelRows(found);
  expect(rows).toHaveLength(found.channels);
  for (const method of methods) {
    const map = answer.layers[0].classes[0].methods[method]!;
    expect(relativeError(partialMap(found, rows, method), map.data), method).toBeLessThan(1e-4);
    const sum = rows.reduce((total, { adds }) => total + adds[method], 0);
    expect(Math.abs(sum - map.sum)).toBeLessThan(1e-4 * Math.max(1, Math.abs(map.sum)));
  }
  await expect(engine.channels({ ...asked, layer, classIndex: 999 })).rejects.toThrow(
    'unknown class 999',
  );
});
