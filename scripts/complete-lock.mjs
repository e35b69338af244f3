/**
 * Adds the platform packages of esbuild, Rollup, Biome and the like that a partial registry left out of
 * package-lock.json, so that `npm ci` finds the lock complete on every platform. They carry no integrity,
 * which npm then takes from the registry. Also drops addresses of registries. Run after changing dependencies.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

const OS = [
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
  'aix',
];
const CPU = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];

const file = join(root, 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
for (const entry of Object.values(lock.packages)) delete entry.resolved;
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const places = [`${path}/node_modules/${name}`, `node_modules/${name}`];
    if (path === '' || places.some((place) => place in lock.packages)) continue;
    const words = name.split('/').pop().split(/[-_]/);
    const os = OS.find((word) => words.includes(word));
    const cpu = CPU.find((word) =>
      words.some(
        (part) => part === word || (word === 'arm' && part.startsWith('arm') && part !== 'arm64'),
      ),
    );
    if (!os || !cpu) throw new Error(`${name}: not the name of a platform package`);
    // Beside its parent where the parent is nested, so that two versions do not meet.
    const place = path.includes('/node_modules/', 1) ? places[0] : places[1];
    lock.packages[place] = {
      version,
      cpu: [cpu],
      ...(entry.dev ? { dev: true } : {}),
      ...(name.includes('musl')
        ? { libc: ['musl'] }
        : name.endsWith('-gnu') && os === 'linux'
          ? { libc: ['glibc'] }
          : {}),
      optional: true,
      os: [os],
    };
  }
}
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)),
);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
