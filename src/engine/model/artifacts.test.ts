import { describe, expect, it } from 'vitest';
import { readArtifacts } from './artifacts.ts';
import { openSource, type ReadUrl } from './source.ts';

const shape = (count: number) => ({ shape: [count], dtype: 'float32' as const });
const MODEL = JSON.stringify({
  modelTopology: { class_name: 'Sequential' },
  weightsManifest: [
    { paths: ['a.bin', 'b.bin'], weights: [{ name: 'w', ...shape(4) }] },
    { paths: ['c.bin'], weights: [{ name: 'v', ...shape(2) }] },
  ],
});
const BYTES: Record<string, number> = { 'a.bin': 10, 'b.bin': 6, 'c.bin': 8 };

/** A server whose cache holds only the first bytes of some files. */
function server(cached: Record<string, number>, log: string[] = []): ReadUrl {
  return async (url, { fresh }) => {
    const name = url.slice(url.lastIndexOf('/') + 1);
    if (name === 'model.json') return new TextEncoder().encode(MODEL);
    if (!(name in BYTES)) return null;
    log.push(fresh ? `${name} afresh` : name);
    const length = fresh ? BYTES[name] : (cached[name] ?? BYTES[name]);
    return Uint8Array.from({ length }, (_, i) => i + name.charCodeAt(0));
  };
}

const load = (readUrl: ReadUrl) =>
  readArtifacts(
    openSource(
      { kind: 'url', url: 'https://x.org/net/model.json', id: 'n', label: 'net' },
      readUrl,
    ),
    {},
  );

describe('reading weights', () => {
  it('fetches a group afresh when a cached file of it is too short or too long', async () => {
    const whole = await load(server({}));
    for (const [name, length] of [
      ['b.bin', 3],
      ['a.bin', 40],
    ] as const) {
      const log: string[] = [];
      const repaired = await load(server({ [name]: length }, log));
      expect(new Uint8Array(repaired.weightData)).toEqual(new Uint8Array(whole.weightData));
      expect(log.slice(-3)).toEqual(['a.bin afresh', 'b.bin afresh', 'c.bin']);
    }
  });

  it('asks for all files of a group before the first has come', async () => {
    let arrived = (): void => {};
    const both = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const asked: string[] = [];
    const slow: ReadUrl = async (url, options) => {
      const name = url.slice(url.lastIndexOf('/') + 1);
      if (name === 'a.bin' || name === 'b.bin') {
        asked.push(name);
        if (asked.length === 2) arrived();
        await both;
      }
      return server({})(url, options);
    };
    const read = await load(slow);
    expect(asked).toEqual(['a.bin', 'b.bin']);
    expect(new Uint8Array(read.weightData)).toEqual(
      new Uint8Array((await load(server({}))).weightData),
    );
  });

  it('refuses files that do not fit even then, by the name given', async () => {
    const short: ReadUrl = async (url, options) =>
      url.endsWith('c.bin') ? new Uint8Array(7) : server({})(url, options);
    await expect(load(short)).rejects.toThrow(
      /^net: its weight files c\.bin do not hold the 8 bytes/,
    );
    const missing: ReadUrl = async (url, options) =>
      url.endsWith('model.json') ? null : server({})(url, options);
    await expect(load(missing)).rejects.toThrow(/^net: not found/);
  });
});
