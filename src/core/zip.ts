import { strToU8, type Zippable, zipSync } from 'fflate';

/** Already packed, so that packing them again is in vain. */
const PACKED =
  /\.(gz|bz2|xz|zst|zip|npz|onnx|keras|h5|pth?|ckpt|png|jpe?g|safetensors|respond-cam)$/i;

/** A ZIP file of files by their paths in it. */
export function zipFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
): Uint8Array<ArrayBuffer> {
  const entries: Zippable = {};
  for (const [path, content] of Object.entries(files)) {
    const bytes = typeof content === 'string' ? strToU8(content) : content;
    entries[path] = [bytes, { level: PACKED.test(path) ? 0 : 6 }];
  }
  return zipSync(entries) as Uint8Array<ArrayBuffer>;
}
