import { pictureFormatIn } from '../src/core/picture/index.ts';
import { particleFormatOf } from '../src/core/particles/index.ts';
import type { ByteSource, PrepareOptions } from '../src/core/volume/index.ts';
import { openChannels } from './channels.ts';
import { withFile } from './files.ts';
import { openPicture } from './input-picture.ts';
import { openVolume } from './input-volume.ts';
import type { Expectation, InputFile, InputOptions, NetworkInput } from './network-input.ts';
import { isOptimisationSet } from './optimisation-set.ts';
import { copickRunIn } from './copick-run.ts';
import { withParticles } from './particle-input.ts';

/**
 * Opens a volume file, an array with a channel axis (.npy) or a picture, recognised by
 * content, for a network whose input is `[z, y, x, c]` or `[y, x, c]`. Only the header of a large file
 * is read. Throws `bad-file`, and `bad-input` when the network takes nothing of this kind.
 */
export async function withInput<T>(
  path: string,
  inputShape: readonly number[],
  options: InputOptions,
  use: (file: InputFile) => Promise<T>,
): Promise<T> {
  const { particles } = options;
  if (particles) {
    const run = await copickRunIn(path, particles);
    const { tomogram, boxes } = particles;
    const meant = run !== null || tomogram !== undefined || boxes !== undefined;
    if (meant || (await isParticleList(path)))
      return withParticles(path, inputShape, { ...options, particles }, use, run);
  }
  return withFile(path, async (source) => use(await openInput(source, inputShape, options)));
}

/** Whether a file is a list of particles; tables without a mark and EM files of 20 columns go by the option alone. */
async function isParticleList(path: string): Promise<boolean> {
  if (!/\.(star|tbl|mod|json|csv|coords)$/i.test(path)) return false;
  return withFile(path, async (source) => {
    const bytes = await source.read(0, 1 << 16);
    return (
      isOptimisationSet(new TextDecoder().decode(bytes)) ||
      particleFormatOf({ name: path, bytes }) !== null
    );
  });
}

/** The one input that `options.volume` (from 0) names, by default the first, of a file. */
export function readInput(
  path: string,
  inputShape: readonly number[],
  expectation: Expectation = {},
  options: PrepareOptions & InputOptions = {},
): Promise<NetworkInput> {
  return withInput(path, inputShape, options, (file) =>
    file.read(options.volume ?? 0, expectation, options),
  );
}

async function openInput(
  source: ByteSource,
  inputShape: readonly number[],
  options: InputOptions,
): Promise<InputFile> {
  const head = await source.read(0, 1 << 17);
  const format = await pictureFormatIn(source);
  if (format) return openPicture(source, format, inputShape, options.scaling);
  const planes = await openChannels(source, head, inputShape, options);
  return planes ?? openVolume(source, head, inputShape, options);
}
