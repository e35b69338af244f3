import { expect, it } from 'vitest';
import {
  acceptedNetworks,
  assertOpens,
  NETWORK_FORMATS,
  networkEndings,
  networkFormatOf,
  networkParts,
} from './network-formats.ts';

it('knows networks by the names of their files, and volumes as none', () => {
  const names = ['model.json', 'W.BIN', 'group1-shard1of2', 'a.keras', 'a.h5', 'b.onnx', 'c.pth'];
  const ids = ['json', 'weights', 'weights', 'keras', 'hdf5', 'onnx', 'pytorch'];
  expect(names.map((name) => networkFormatOf(name)?.id)).toEqual(ids);
  for (const name of ['a.mrc', 'b.npy', 'c.mrc.gz', 'keras'])
    expect(networkFormatOf(name)).toBeNull();
});

it('names what a file is and what is accepted where it cannot be opened', () => {
  for (const { endings, opens, label } of NETWORK_FORMATS) {
    const open = () => assertOpens(`net${endings[0]}`);
    if (opens) expect(open).not.toThrow();
    else expect(open).toThrow(`net${endings[0]}: ${label} cannot be opened`);
  }
  expect(acceptedNetworks()).toContain('model.json with its .bin or .h5 weights');
  expect(networkEndings()).toContain('.json');
});

it.each([
  [['model.json', 'a.bin', 'respond-cam.json'], 'model.json', undefined],
  [['net.onnx', 'net.onnx.data'], 'net.onnx', undefined],
  [['w.safetensors', 'net.onnx', 'net.respond-cam.json'], 'net.onnx', 'w.safetensors'],
  [['a.weights.h5', 'config.json'], 'config.json', 'a.weights.h5'],
  [['whole.h5'], 'whole.h5', undefined],
])('finds the network among %j', (names, main, weights) => {
  expect(networkParts(names)).toEqual({ main, weights });
});

it('refuses files that hold no network, or two', () => {
  expect(() => networkParts(['a.bin', 'w.safetensors'])).toThrow(/only weights; accepted/);
  expect(() => networkParts(['a.onnx', 'b.onnx'])).toThrow('a.onnx, b.onnx: 2 networks at once');
});
