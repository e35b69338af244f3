import { existsSync, readdirSync } from 'node:fs';
import { constants, homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const LOADER = 'libvulkan.so.1';
const SOFTWARE_DRIVER = 'vk_swiftshader_icd.json';

/** `RTLD_NODELETE` of Linux's dlfcn.h, which Node does not name: the library stays loaded. */
const KEEP_LOADED = 0x1000;

/**
 * Gives Node a `navigator.gpu` through the optional `webgpu` package (Dawn). On Linux it needs a Vulkan
 * loader and a driver: the system's, else those that a Chromium or Chrome on this machine brings along,
 * whose driver (SwiftShader) computes on the processor. `VK_ICD_FILENAMES` and `VK_DRIVER_FILES` win.
 *
 * Drivers may write warnings to stderr, so this is only called when WebGPU is asked for by name.
 *
 * @returns why there is none, in words; undefined when `navigator.gpu` is there, though it may have no adapter
 */
export async function startNodeGpu(): Promise<string | undefined> {
  if (globalThis.navigator?.gpu) return undefined;
  if (process.platform === 'linux') {
    const missing = prepareVulkan();
    if (missing) return missing;
  }
  const dawn = await import('webgpu').catch(() => undefined);
  if (!dawn) return 'the optional package webgpu is not installed';
  Object.assign(globalThis, dawn.globals);
  if (!globalThis.navigator) Object.defineProperty(globalThis, 'navigator', { value: {} });
  Object.defineProperty(globalThis.navigator, 'gpu', { value: dawn.create([]) });
  return undefined;
}

export interface NodeGpu {
  /** In words; undefined where there is none. */
  readonly adapter?: string;
  /** Why there is none. */
  readonly why: string;
}

/** Starts Node's WebGPU and says what it computes on. */
export async function installNodeGpu(): Promise<NodeGpu> {
  const missing = await startNodeGpu();
  if (missing) return { why: missing };
  const adapter = await globalThis.navigator.gpu.requestAdapter({
    powerPreference: 'high-performance',
  });
  if (!adapter) return { why: 'no driver offers an adapter' };
  const { vendor, architecture, description } = adapter.info;
  return { adapter: description || `${vendor} ${architecture}`, why: 'found' };
}

/** Loads a Vulkan loader and names a driver where the system has none; returns what is missing. */
function prepareVulkan(): string | undefined {
  const { env } = process;
  env.XDG_RUNTIME_DIR ??= tmpdir(); // or drivers complain on stderr
  const software = browserFile(SOFTWARE_DRIVER);
  if (!env.VK_ICD_FILENAMES && !env.VK_DRIVER_FILES) {
    const hardware = existsSync('/dev/dri') || existsSync('/dev/nvidia0');
    if (!hardware && !software) return 'no graphics hardware and no Chromium with SwiftShader';
    if (software) env[hardware ? 'VK_ADD_DRIVER_FILES' : 'VK_ICD_FILENAMES'] = software;
  }
  const loader = [LOADER, browserFile(LOADER)].find((path) => path && canLoad(path));
  return loader ? undefined : `the Vulkan loader ${LOADER} is missing`;
}

/**
 * Loads a shared library for good: what asks for it by its short name later gets this one. Node refuses it
 * as a module of its own after it was loaded.
 */
function canLoad(library: string): boolean {
  try {
    process.dlopen({ exports: {} }, library, constants.dlopen.RTLD_NOW | KEEP_LOADED);
  } catch (error) {
    return error instanceof Error && error.message.includes('did not self-register');
  }
  return true;
}

/** A file that a Chromium or Chrome brings along. */
function browserFile(name: string): string | undefined {
  const folders = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];
  if (process.env.CHROME_PATH) folders.unshift(dirname(process.env.CHROME_PATH));
  const playwright =
    process.env.PLAYWRIGHT_BROWSERS_PATH ?? join(homedir(), '.cache/ms-playwright');
  if (existsSync(playwright)) {
    for (const browser of readdirSync(playwright)) {
      for (const build of ['chrome-linux', 'chrome-linux64', 'chrome-headless-shell-linux64'])
        folders.push(join(playwright, browser, build));
    }
  }
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}
