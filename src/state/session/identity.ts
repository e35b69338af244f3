/** No more is read to distinguish networks. */
const MOST_BYTES = 2 ** 30;

const known = new WeakMap<Blob, Promise<string | null>>();

/**
 * SHA-256 in hex of what files hold, whatever their names and order; null where they are too many bytes, or
 * where the page is not served securely, as browsers hash nothing there.
 */
export async function hashOf(files: readonly Blob[]): Promise<string | null> {
  if (files.reduce((sum, { size }) => sum + size, 0) > MOST_BYTES) return null;
  const hashes = await Promise.all(files.map(hashOfOne));
  if (hashes.some((hash) => hash === null)) return null;
  if (hashes.length === 1) return hashes[0];
  return sha256(new TextEncoder().encode(hashes.sort().join(' ')));
}

function hashOfOne(file: Blob): Promise<string | null> {
  const hash = known.get(file) ?? file.arrayBuffer().then(sha256, () => null);
  known.set(file, hash);
  return hash;
}

async function sha256(bytes: BufferSource): Promise<string | null> {
  if (!globalThis.crypto?.subtle) return null;
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
