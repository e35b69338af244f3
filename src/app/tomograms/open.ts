import { badFile } from '../../core/errors.ts';
import {
  below,
  openZarr,
  rangeOf,
  rangeText,
  type ZarrFiles,
  zarrRoot,
  zippedZarr,
} from '../../core/ome-zarr/index.ts';
import { Tomogram } from '../../core/tomogram/index.ts';
import { VOLUME_LABELS_TEXT, openSource, type VolumeAccess } from '../../core/volume/index.ts';
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
    return [await openSource(bytes, options)];
  }
  const paths = from.map(({ path }) => path);
  const root = zarrRoot(paths);
  if (root !== null) return openZarr(below(root, folderFiles(name, from)), options);
  const [{ file }] = from;
  if (from.length > 1) throw badFile(name, 'this folder holds no Zarr', ACCEPTED);
  const source = blobSource(name, file, silent);
  const zarr = await zippedZarr(source);
  return zarr ? openZarr(zarr, options) : [await openSource(source, options)];
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

function servedFiles(name: string, url: string): ZarrFiles {
  const base = url.endsWith('/') ? url : `${url}/`;
  return {
    name,
    async read(path, range) {
      const headers = range && { Range: `bytes=${rangeText(range)}` };
      const response = await fetch(new URL(path, base), { headers }).catch((cause: unknown) => {
        throw badFile(name, `it cannot be fetched (${String(cause)})`, ACCEPTED_ADDRESS);
      });
      const page = response.headers.get('content-type')?.startsWith('text/html') ?? false;
      // A server of single-page apps answers with the page for what is not there, stores without the right to list with 403.
      if (response.status === 404 || response.status === 403 || page) return undefined;
      if (!response.ok) throw badFile(name, `the server answered ${response.status}`, ACCEPTED);
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (!range || response.status === 206) return bytes;
      return bytes.subarray(...rangeOf(range, bytes.length));
    },
  };
}
