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

/** One kind of file that something can be saved as. */
export interface FileExport<Source> {
  /** On its button, e.g. `CSV`. */
  readonly label: string;
  /** What is special about it. */
  readonly hint: string;
  /** Of the file's name, with its dot. */
  readonly ending: string;
  /** MIME type. */
  readonly type: string;
  write(source: Source): BlobPart | Promise<BlobPart>;
}

/** @param stem the file's name without its ending */
export async function saveAs<Source>(
  row: FileExport<Source>,
  source: Source,
  stem: string,
): Promise<void> {
  download(`${stem}${row.ending}`, new Blob([await row.write(source)], { type: row.type }));
}
