import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runCommandLine } from './commands.ts';
import { recordingIo } from './test-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'respond-cam-shard-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

/** Runs a command line; the JSON that it printed. */
async function run(line: string): Promise<string> {
  const { io, out } = recordingIo();
  await runCommandLine(line.trim().split(' '), io);
  return out.join('\n');
}

/** Every file of a folder with the hash of its content. */
const contentOf = (path: string) =>
  readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(path, name)).isFile())
    .sort()
    .map((name) => [
      name,
      createHash('sha1')
        .update(readFileSync(join(path, name)))
        .digest('hex'),
    ]);

it('simulates a set in shards, one of them twice, into the bytes of one run', async () => {
  const flags = '--class 1MNF --n 3 --snr 0.1 --seed 7 --workers 1 --json';
  await run(`simulate ${flags} --out ${at('one')}`);
  const shard = (i: number) => run(`simulate ${flags} --shard ${i}/2 --out ${at('many')}`);
  await Promise.all([shard(1), shard(2)]);
  // A machine that died left half of a volume.
  writeFileSync(at('many/1MNF/000001.mrc.1234abcd.part'), 'half');
  expect(JSON.parse(await shard(1)).n).toBe(2);
  expect(JSON.parse(readFileSync(at('many/index.json'), 'utf8')).items).toEqual([]);
  await run(`simulate ${flags} --out ${at('many')}`);
  expect(contentOf(at('many'))).toEqual(contentOf(at('one')));
  const other = run(`simulate ${flags} --shard 1/3 --seed 8 --out ${at('many')}`);
  await expect(other).rejects.toThrow(/holds another dataset/);
}, 120_000);

it('explains a set in shards into the files of one run, and joins the documents', async () => {
  const set = ['--class', '1AON', '--n', '3', '--seed', '2', '--workers', '1', '--json'];
  await run(`simulate ${set.join(' ')} --out ${at('volumes')}`);
  const stack = at('stack.npy');
  const cube = 40 ** 3 * 4;
  const head = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 40, 40, 40), }".padEnd(117);
  const magic = Buffer.concat([
    Buffer.from([0x93]),
    Buffer.from('NUMPY\x01\x00v\x00'),
    Buffer.from(`${head}\n`),
  ]);
  const volumes = [0, 1, 2].map((i) =>
    readFileSync(at(`volumes/1AON/00000${i}.mrc`)).subarray(-cube),
  );
  writeFileSync(stack, Buffer.concat([magic, ...volumes]));

  const flags = `${stack} --model cnn-2-inf --backend wasm --class top --volume all --json`;
  const explain = async (name: string, more: string) => {
    writeFileSync(
      at(`${name}.json`),
      await run(`explain ${flags} --out ${at(name.slice(0, 4))} ${more}`),
    );
    return at(`${name}.json`);
  };
  const one = await explain('ones', '');
  const parts = [await explain('part-2', '--shard 2/2'), await explain('part-1', '--shard 1/2')];
  expect(contentOf(at('part'))).toEqual(contentOf(at('ones')));
  const whole = await run(`explain --merge ${one}`);
  const merged = await run(`explain --merge ${parts.join(' ')}`);
  expect(merged).toBe(whole.replaceAll(at('ones'), at('part')));
  expect(JSON.parse(merged).volumes).toHaveLength(3);

  await expect(run(`explain --merge ${parts[0]}`)).rejects.toThrow(
    /misses 2 of 3 volumes, the first is volume 1/,
  );
  await expect(run(`explain --merge ${one} ${parts[0]}`)).rejects.toThrow(/volume 2 is also in/);
  await expect(run(`explain --merge ${one} --out x`)).rejects.toThrow(/--out does not go with/);
  await expect(run(`explain ${stack} --model cnn-2-inf --shard 1/2`)).rejects.toThrow(
    /--volume all/,
  );
  expect(existsSync('x')).toBe(false);
}, 120_000);
