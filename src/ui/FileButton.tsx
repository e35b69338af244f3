import type { ReactNode } from 'react';
import { Button } from './Button.tsx';
import { type FileDialog, pickFiles } from './pickFiles.ts';

interface FileButtonProps extends FileDialog {
  readonly tone?: 'plain' | 'primary' | 'quiet';
  readonly children: ReactNode;
  onFiles(files: File[]): void;
}

/** A button that opens the system's dialog for files or for a folder. */
export function FileButton({ tone, children, onFiles, ...dialog }: FileButtonProps) {
  const open = async () => {
    const files = await pickFiles(dialog);
    if (files.length > 0) onFiles(files);
  };
  return (
    <Button tone={tone} onClick={() => void open()}>
      {children}
    </Button>
  );
}
