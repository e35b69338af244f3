import { useCallback, useRef, useState } from 'react';
import type { SliceContent } from './painter.ts';
import { useCanvasSize } from './useCanvasSize.ts';
import { useMosaicPaint } from './useMosaicPaint.ts';
import { type Paint, usePaint } from './usePaint.ts';
import styles from './MosaicPicture.module.css';

/** Many small copies into a small picture: done in memory rather than on the graphics device. */
const SETTINGS: CanvasRenderingContext2DSettings = { willReadFrequently: true };

interface MosaicPictureProps {
  /** What is shown, for assistive technology. */
  readonly label: string;
  readonly content: SliceContent;
}

/** All z-slices as a picture, without a crosshair. */
export function MosaicPicture({ label, content }: MosaicPictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { paint } = useMosaicPaint(content);
  const [busy, setBusy] = useState(true);
  const paintAll: Paint = useCallback(
    (...view) => {
      const complete = paint(...view);
      setBusy(!complete);
      return complete;
    },
    [paint],
  );
  usePaint(canvas, useCanvasSize(canvas), paintAll, SETTINGS);
  return (
    <canvas
      ref={canvas}
      className={styles.picture}
      role="img"
      aria-label={label}
      aria-busy={busy}
    />
  );
}
