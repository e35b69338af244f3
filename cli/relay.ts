import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Before the address: `/remote/https/host/path`, so that addresses relative to it stay below it. */
const REMOTE = /^\/remote\/(https?)\/([^/?#]+)(\/[^#]*)$/;
const REDIRECTS = 5;
/** What a page reads a file by; all others, cookies among them, stay behind. */
const ASKED = ['range', 'if-range'] as const;
const ANSWERED = ['content-length', 'content-range', 'accept-ranges', 'etag', 'last-modified'];

/**
 * Hands on a file of another host, where the user named that host on the command line: what the browser may not fetch from
 * there itself. Nothing but the address and a range goes out, and what comes back can be no page of this origin.
 *
 * @returns the status of a refusal, or null when it was answered
 */
export async function relay(
  hosts: ReadonlySet<string>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<number | null> {
  const parts = REMOTE.exec(request.url ?? '');
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return 403;
  if (!parts || !hosts.has(parts[2])) return 404;
  // The page asks whether it may.
  if (request.method === 'OPTIONS') {
    response.writeHead(204, { Allow: 'GET, HEAD' }).end();
    return null;
  }
  const abort = new AbortController();
  response.on('close', () => abort.abort());
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  for (const name of ASKED) {
    const value = request.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  let url = new URL(`${parts[1]}://${parts[2]}${parts[3]}`);
  for (let turn = 0; turn <= REDIRECTS; turn++) {
    const answer = await fetch(url, {
      ...{ headers, method: request.method, redirect: 'manual', signal: abort.signal },
    }).catch(() => null);
    if (!answer) return 502;
    const onward = answer.status >= 300 && answer.status < 400 && answer.headers.get('location');
    if (onward) {
      await answer.body?.cancel();
      url = new URL(onward, url);
      if (!/^https?:$/.test(url.protocol) || !hosts.has(url.host)) return 502;
      continue;
    }
    response.statusCode = answer.status;
    response.setHeader('Content-Type', 'application/octet-stream');
    response.setHeader('Cache-Control', 'no-store');
    for (const name of ANSWERED) {
      const value = answer.headers.get(name);
      if (value !== null) response.setHeader(name, value);
    }
    const body = answer.body && Readable.fromWeb(answer.body as never);
    if (body) await pipeline(body, response).catch(() => response.destroy());
    else response.end();
    return null;
  }
  return 502;
}
