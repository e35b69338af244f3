import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const ICD = 'vk_swiftshader_icd.json';

/** Vulkan driver manifest of the SwiftShader that a Chromium on this machine brings along. */
function swiftShader(): string | undefined {
  const folders = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];
  const playwright =
    process.env.PLAYWRIGHT_BROWSERS_PATH ?? join(homedir(), '.cache/ms-playwright');
  if (existsSync(playwright)) {
    for (const browser of readdirSync(playwright)) {
      for (const build of ['chrome-linux', 'chrome-linux64', 'chrome-headless-shell-linux64'])
        folders.push(join(playwright, browser, build));
    }
  }
  return folders.map((folder) => join(folder, ICD)).find((path) => existsSync(path));
}

/**
 * Gives Node a `navigator.gpu`: the machine's graphics hardware where Vulkan finds any or
 * `VK_ICD_FILENAMES` names a driver, else Chromium's software driver. Returns the adapter in words, or
 * why there is none.
 */
export async function installNodeGpu(): Promise<{ adapter?: string; why: string }> {
  const hardware = existsSync('/dev/dri') || existsSync('/dev/nvidia0');
  if (process.platform === 'linux' && !process.env.VK_ICD_FILENAMES && !hardware) {
    const icd = swiftShader();
    if (!icd) return { why: 'neither graphics hardware nor a Chromium with SwiftShader found' };
    process.env.VK_ICD_FILENAMES = icd;
  }
  process.env.XDG_RUNTIME_DIR ??= '/tmp'; // or the Vulkan loader complains on stderr
  const dawn = await import('webgpu').catch(() => undefined);
  if (!dawn) return { why: 'the optional package webgpu is not installed' };
  Object.assign(globalThis, dawn.globals);
  if (!globalThis.navigator) Object.defineProperty(globalThis, 'navigator', { value: {} });
  Object.defineProperty(globalThis.navigator, 'gpu', { value: dawn.create([]) });
  const adapter = await globalThis.navigator.gpu.requestAdapter();
  if (!adapter) return { why: 'no adapter' };
  const { vendor, architecture, description } = adapter.info;
  return { adapter: description || `${vendor} ${architecture}`, why: 'found' };
}
