import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

interface Layer {
  /** Folders whose modules it imports. */
  readonly modules: readonly string[];
  /** Folders of which it imports types alone. */
  readonly types?: readonly string[];
  readonly packages?: readonly string[];
}

/** What each folder may import besides its own modules; what is not listed is not allowed. Tests are free. */
const LAYERS: Readonly<Record<string, Layer>> = {
  'src/core': {
    modules: [],
    packages: ['@msgpack/msgpack', 'fflate', 'fzstd', 'jpeg-js', 'zarrita', '@zarrita/storage'],
  },
  'src/worker': { modules: ['src/core'] },
  'src/engine': {
    modules: ['src/core', 'src/worker'],
    packages: [
      ...['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu'],
      ...['@tensorflow/tfjs-backend-wasm', '@tensorflow/tfjs-backend-webgpu', 'webgpu'],
      ...['@bufbuild/protobuf', 'onnx-buf', 'jsfive', 'pickleparser', 'fflate', 'yaml'],
    ],
  },
  'src/state': { modules: ['src/core'], types: ['src/engine'], packages: ['zustand'] },
  'src/ui': { modules: ['src/core'], packages: ['react', 'radix-ui'] },
  'src/scene': {
    modules: ['src/core', 'src/worker', 'src/state', 'src/ui'],
    packages: ['react', 'three', '@react-three/fiber'],
  },
  'src/slices': { modules: ['src/core', 'src/ui'], types: ['src/state'], packages: ['react'] },
  'src/panels': { modules: ['src/core', 'src/state', 'src/ui'], packages: ['react', 'zustand'] },
  'src/app': {
    modules: [
      ...['src/core', 'src/worker', 'src/engine', 'src/state', 'src/ui'],
      ...['src/scene', 'src/slices', 'src/panels'],
    ],
    packages: ['react', 'react-dom', 'zustand', 'idb', 'virtual:standalone-viewer'],
  },
  'src/lib': { modules: ['src/core', 'src/engine'], packages: ['react'] },
  cli: { modules: ['src/core', 'src/engine', 'scripts'], packages: ['send'] },
  scripts: {
    modules: ['src/core', 'src/engine', 'cli'],
    packages: [
      ...['vite', 'esbuild', 'assemblyscript', '@playwright/test', 'pngjs'],
      ...['@msgpack/msgpack', 'fflate', 'jpeg-js'],
    ],
  },
};

const isTest = (path: string) => /\.test\.|(^|[/-])testing[/.]|(^|\/)test-/.test(path);

/** Statements that import or export from elsewhere, and imports at run time. */
const IMPORTS =
  /^(?:import|export)\s+(type\s)?(?:[^;'"]*?\sfrom\s+)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;

function folderOf(path: string): string {
  return Object.keys(LAYERS).find((folder) => path.startsWith(`${folder}/`)) ?? path;
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

describe.each(Object.entries(LAYERS))('%s', (folder, { modules, types = [], packages = [] }) => {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((path) => /\.(tsx?|mjs)$/.test(path) && !path.endsWith('.d.ts') && !isTest(path));

  it('imports what it may', () => {
    expect(files.length).toBeGreaterThan(2);
    const wrong = files.flatMap((path) => {
      const text = readFileSync(join(ROOT, path), 'utf8');
      return Array.from(text.matchAll(IMPORTS)).flatMap(([, type, named, later]) => {
        const specifier = named ?? later;
        if (specifier.startsWith('node:')) return [];
        if (!specifier.startsWith('.'))
          return packages.includes(packageOf(specifier)) ? [] : [`${path}: ${specifier}`];
        const to = folderOf(
          relative(ROOT, join(ROOT, dirname(path), specifier)).replaceAll('\\', '/'),
        );
        const allowed = type ? [folder, ...modules, ...types] : [folder, ...modules];
        return allowed.includes(to) || to === 'package.json' ? [] : [`${path}: ${specifier}`];
      });
    });
    expect(wrong).toEqual([]);
  });
});

it('every folder of src has its layer', () => {
  const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'testing')
    .map(({ name }) => `src/${name}`);
  expect(folders.filter((folder) => !(folder in LAYERS))).toEqual([]);
});
