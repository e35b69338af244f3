import { expect, it } from 'vitest';
import {
  acceptedNetworks,
  assertOpens,
  NETWORK_FORMATS,
  networkEndings,
  networkFormatOf,
} from './network-formats.ts';

it('knows networks by the names of their files, and volumes as none', () => {
  const names = ['model.json', 'W.BIN', 'group1-shard1of2', 'a.keras', 'a.h5', 'b.onnx', 'c.pth'];
  const ids = ['tfjs', 'tfjs', 'tfjs', 'keras', 'hdf5', 'onnx', 'pytorch'];
  expect(names.map((name) => networkFormatOf(name)?.id)).toEqual(ids);
  for (const name of ['a.mrc', 'b.npy', 'c.mrc.gz', 'keras'])
    expect(networkFormatOf(name)).toBeNull();
});

it('names what a file is and what is accepted where it cannot be opened', () => {
  for (const { endings, opens, label } of NETWORK_FORMATS) {
    const open = () => assertOpens(`net${endings[0]}`);
    if (opens) expect(open).not.toThrow();
    else expect(open).toThrow(`net${endings[0]}: ${label} cannot be opened yet; accepted: `);
  }
  expect(acceptedNetworks()).toContain('model.json with its .bin weights');
  expect(networkEndings()).toContain('.json');
});
