import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { ensureBuilt } from '../scripts/app-build.mjs';
import { cacheFolder } from '../scripts/cache.mjs';
import { securityHeaders } from '../scripts/headers.mjs';
import { badInput } from '../src/core/errors.ts';
import { defineCommand } from './command.ts';
import { localFiles } from './local-files.ts';
import { serveSite } from './static.ts';

/** Tried first when no port is asked for. */
const DEFAULT_PORT = 8618;

export const command = defineCommand({
  usage: '[INPUT] [--model MODEL] [--port N]',
  positionals: [0, 1],
  about:
    'Starts the app on this machine (127.0.0.1 only) and opens a file in it. Nothing is sent anywhere; with --allow-remote\n' +
    'files of those hosts are fetched when they are opened.\n' +
    'INPUT and MODEL: as `explain` takes them. The address of a local file holds a secret, so that nobody else\n' +
    'on this machine can read it.',
  options: {
    model: { type: 'string', value: 'MODEL', help: 'network to open the file with' },
    port: {
      type: 'string',
      value: 'N',
      help: `port to listen on; otherwise ${DEFAULT_PORT}, or any free one`,
    },
    embed: {
      type: 'string',
      value: 'ORIGINS',
      help: 'pages that may embed the app, comma-separated, e.g. http://localhost:8888',
    },
    'allow-remote': {
      type: 'string',
      value: 'HOSTS',
      help: 'hosts that the page may open tomograms from, comma-separated, e.g. data.example.org; this server fetches them',
    },
    'no-open': { type: 'boolean', help: 'do not open a browser' },
  },
  async run([input], values, io) {
    const asked = values.port === undefined ? undefined : portOf(values.port);
    const embedders = originsOf(values.embed);
    const remote = hostsOf(values['allow-remote']);
    const { files, query } = await localFiles(input, values.model);
    const headers = securityHeaders({ embedders });
    const site = { root: ensureBuilt(), local: files, remote, headers };
    const server = createServer(serveSite(site));
    const port = await listen(server, asked);
    const search = query.size > 0 ? `?${query}` : '';
    const url = `http://127.0.0.1:${port}/${search}`;
    io.print(`Respond-CAM is at ${url}`);
    io.note('Ctrl-C ends it.');
    if (!values['no-open'] && !process.env.CI) {
      const page = files.size > 0 ? leadingPage(url) : undefined;
      openBrowser(page ?? url);
      if (page) io.signal.addEventListener('abort', () => rmSync(page, { force: true }));
    }
    await stopped(server, io.signal);
  },
});

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) {
    throw badInput(`serve: --port is '${text}'; accepted: 0 to 65535 (0 takes any free port)`);
  }
  return port;
}

function originsOf(text = ''): string[] {
  return text.split(',').flatMap((part) => {
    const given = part.trim();
    if (given === '') return [];
    const origin = URL.canParse(given) ? new URL(given).origin : 'null';
    if (origin !== 'null' && /^https?:/.test(origin) && given.replace(/\/$/, '') === origin)
      return [origin];
    throw badInput(
      `serve: --embed has '${given}'; accepted: origins such as http://localhost:8888, without a path`,
    );
  });
}

function hostsOf(text = ''): ReadonlySet<string> {
  const hosts = text.split(',').flatMap((part) => part.trim() || []);
  for (const host of hosts) {
    // As a browser writes it in an address.
    if (URL.canParse(`http://${host}/`) && new URL(`http://${host}/`).host === host) continue;
    throw badInput(
      `serve: --allow-remote has '${host}'; accepted: names of hosts such as data.example.org, with a port where it has one`,
    );
  }
  return new Set(hosts);
}

/** Listens on the loopback interface; returns the port. */
async function listen(server: Server, asked: number | undefined): Promise<number> {
  try {
    return await bind(server, asked ?? DEFAULT_PORT);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (asked === undefined && code === 'EADDRINUSE') return bind(server, 0);
    if (code === 'EADDRINUSE' || code === 'EACCES') {
      const problem = code === 'EACCES' ? 'may not be used' : 'is in use';
      throw badInput(`serve: port ${asked} ${problem}; accepted: a free port, 0 takes any`);
    }
    throw error;
  }
}

function bind(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/** Until Ctrl-C. */
function stopped(server: Server, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      server.close(() => resolve());
      server.closeAllConnections();
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/**
 * A page that leads to an address, readable by this user alone: every user of the machine sees the arguments
 * of a browser, and the address of a local file is its key.
 */
function leadingPage(url: string): string {
  const page = join(cacheFolder(), `open-${process.pid}.html`);
  rmSync(page, { force: true });
  const content = url.replaceAll('&', '&amp;');
  const text = `<!doctype html><meta http-equiv="refresh" content="0;url=${content}">`;
  writeFileSync(page, text, { mode: 0o600, flag: 'wx' });
  return page;
}

/** Best effort: a machine without a browser just shows the address. */
function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '""', url.replaceAll('&', '^&')]
        : ['xdg-open', url];
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
