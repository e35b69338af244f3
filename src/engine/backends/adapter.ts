/** Names under which drivers that compute on the processor present themselves. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|\bwarp\b|\bcpu\b/i;

export function isSoftwareAdapter(info: Partial<GPUAdapterInfo>): boolean {
  const words = [info.vendor, info.architecture, info.device, info.description].join(' ');
  return info.isFallbackAdapter === true || SOFTWARE.test(words);
}

export function adapterName(info: Partial<GPUAdapterInfo>): string {
  const name =
    info.description || [info.vendor, info.architecture || info.device].filter(Boolean).join(' ');
  return name || 'unnamed graphics adapter';
}
