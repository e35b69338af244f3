export interface FileDialog {
  readonly accept?: string;
  /** Opens a folder with all that is in it instead of files. */
  readonly folder?: boolean;
}

/** Opens the system's dialog; call it from a user's gesture. Empty when it was cancelled. */
export function pickFiles({ accept = '', folder = false }: FileDialog): Promise<File[]> {
  const input = document.createElement('input');
  Object.assign(input, { type: 'file', multiple: true, accept, webkitdirectory: folder });
  return new Promise((resolve) => {
    input.addEventListener('change', () => resolve(Array.from(input.files ?? [])));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}
