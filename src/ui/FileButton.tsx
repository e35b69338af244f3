import { type ReactNode, useRef } from 'react';
import { Button } from './Button.tsx';

interface FileButtonProps {
  readonly accept: string;
  readonly tone?: 'plain' | 'primary' | 'quiet';
  readonly children: ReactNode;
  onFiles(files: File[]): void;
}

/** A button that opens the system's file dialog. */
export function FileButton({ accept, tone, children, onFiles }: FileButtonProps) {
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
        onChange={(event) => {
          onFiles(Array.from(event.target.files ?? []));
          // The same file can be chosen again.
          event.target.value = '';
        }}
      />
    </>
  );
}
