import { badFile } from '../../core/errors.ts';
import {
  below,
  openZarr,
  rangeOf,
  servedZarr,
  type ZarrFiles,
  zarrRoot,
  zippedZarr,
} from '../../core/ome-zarr/index.ts';
import { mustBeTomogram, Tomogram } from '../../core/tomogram/index.ts';
import {
  type ByteSource,
  openSource,
  VOLUME_LABELS_TEXT,
  type VolumeAccess,
} from '../../core/volume/index.ts';
import type { PlacedFile, TomogramSource } from '../../state/tomograms.ts';
import { blobSource, bytesOf } from '../files/sources.ts';

const ACCEPTED = `volumes (${VOLUME_LABELS_TEXT}), or an OME-Zarr as a folder or zip archive`;

const ACCEPTED_ADDRESS = 'an address that the server of this page hands on';

const silent = { signal: new AbortController().signal, onFraction: () => undefined };

/** Opens a tomogram: no more than its header is read. @throws AppError 'bad-file' */
export async function openTomogram({ name, from, voxelSize }: TomogramSource): Promise<Tomogram> {
  return new Tomogram(await levelsOf(name, from, { voxelSize }));
}

async function levelsOf(
  name: string,
  from: TomogramSource['from'],
  options: { readonly voxelSize?: number },
): Promise<readonly VolumeAccess[]> {
  if (typeof from === 'string') {
    if (isHierarchy(from)) return openZarr(servedFiles(name, from), options);
    const { bytes } = await bytesOf(name, from, silent, { ranged: true });
    return levelsIn(bytes, options);
  }
  const paths = from.map(({ path }) => path);
  const root = zarrRoot(paths);
  if (root !== null) return openZarr(below(root, folderFiles(name, from)), options);
  const [{ file }] = from;
  if (from.length > 1) throw badFile(name, 'this folder holds no Zarr', ACCEPTED);
  return levelsIn(blobSource(name, file, silent), options);
}

async function levelsIn(
  source: ByteSource,
  options: { readonly voxelSize?: number },
): Promise<readonly VolumeAccess[]> {
  const zarr = await zippedZarr(source);
  if (zarr) return openZarr(zarr, options);
  const access = await openSource(source, options);
  mustBeTomogram(source.name, access.header);
  return [access];
}

/** Whether an address is that of a folder of files rather than of one file. */
const isHierarchy = (url: string) => /\.(ome\.)?zarr\/?$/i.test(new URL(url).pathname);

function folderFiles(name: string, from: readonly PlacedFile[]): ZarrFiles {
  const files = new Map(from.map(({ path, file }) => [path, file]));
  return {
    name,
    async read(path, range) {
      const file = files.get(path);
      if (!file) return undefined;
      const [start, end] = rangeOf(range, file.size);
      return blobSource(`${name}/${path}`, file, silent).read(start, end);
    },
  };
}

const servedFiles = (name: string, url: string): ZarrFiles =>
  servedZarr(name, url, async (address, headers) => {
    const answer = await fetch(address, { headers }).catch((cause: unknown) => {
      throw badFile(name, `it cannot be fetched (${String(cause)})`, ACCEPTED_ADDRESS);
    });
    // A server of single-page apps answers with its page for what is not there.
    return answer.headers.get('content-type')?.startsWith('text/html') ? null : answer;
  });
