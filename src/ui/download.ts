/** Saves a blob under a name through the browser's own download. */
export function download(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the blob over once the click was handled; a minute is ample.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
