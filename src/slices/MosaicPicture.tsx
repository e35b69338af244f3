import { useRef } from 'react';
import type { SliceContent } from './painter.ts';
import { useCanvasSize } from './useCanvasSize.ts';
import { useMosaicPaint } from './useMosaicPaint.ts';
import { usePaint } from './usePaint.ts';
import './slices.css';

interface MosaicPictureProps {
  /** What is shown, for assistive technology. */
  readonly label: string;
  readonly content: SliceContent;
}

/** All z-slices as a picture, without a crosshair. */
export function MosaicPicture({ label, content }: MosaicPictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { paint } = useMosaicPaint(content);
  usePaint(canvas, useCanvasSize(canvas), paint);
  return <canvas ref={canvas} className="slice-picture" role="img" aria-label={label} />;
}
