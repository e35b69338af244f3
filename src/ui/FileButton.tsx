import { type ReactNode, useRef } from 'react';
import { Button } from './Button.tsx';

interface FileButtonProps {
  readonly accept?: string;
  /** Opens a folder with all that is in it instead of files. */
  readonly folder?: boolean;
  readonly tone?: 'plain' | 'primary' | 'quiet';
  readonly children: ReactNode;
  onFiles(files: File[]): void;
}

/** A button that opens the system's dialog for files or for a folder. */
export function FileButton({ accept, folder, tone, children, onFiles }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button tone={tone} onClick={() => input.current?.click()}>
        {children}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept={accept}
        {...(folder && { webkitdirectory: '' })}
        onChange={(event) => {
          onFiles(Array.from(event.target.files ?? []));
          // The same file can be chosen again.
          event.target.value = '';
        }}
      />
    </>
  );
}
