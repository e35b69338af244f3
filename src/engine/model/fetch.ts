import { aborted } from '../../core/errors.ts';
import type { ReadUrl } from './source.ts';

/** Fetches a URL with progress; null when the server has no such file. Who asks names the file. */
export const fetchUrl: ReadUrl = async (url, { signal, onBytes, fresh, limit = Infinity }) => {
  try {
    const response = await fetch(url, { signal, cache: fresh ? 'reload' : 'default' });
    // A server of a single-page app answers with its page instead of "not found".
    const isPage = response.headers.get('content-type')?.startsWith('text/html') ?? false;
    if (response.status === 404 || isPage) return null;
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    if (!response.body) return new Uint8Array(await response.arrayBuffer());

    const chunks: Uint8Array[] = [];
    let received = 0;
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      chunks.push(part.value);
      received += part.value.byteLength;
      onBytes?.(received);
      if (received > limit) {
        await reader.cancel();
        break;
      }
    }
    const bytes = new Uint8Array(received);
    let offset = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, offset);
      offset += chunk.byteLength;
    }
    return bytes;
  } catch (error) {
    if (signal?.aborted) throw aborted();
    // Browsers word a missing connection each in their own way, as a TypeError.
    throw error instanceof TypeError
      ? new Error('there is no connection to the server; networks used before open without one')
      : error;
  }
};
