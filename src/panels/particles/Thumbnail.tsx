import { useEffect, useRef } from 'react';
import { fillGrey } from '../../core/color/index.ts';
import styles from './Thumbnail.module.css';

interface ThumbnailProps {
  /** `side` times `side` values, row 0 at the bottom; null until they are there. */
  readonly data: Float32Array | null;
  readonly side: number;
  /** Values that are black and white. */
  readonly grey: readonly [number, number];
  /** In place of the usual size. */
  readonly className?: string;
}

/** The middle of a particle's box. */
export function Thumbnail({ data, side, grey: [low, high], className }: ThumbnailProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const ctx = canvas.current!.getContext('2d')!;
    // Not a number: there is no box.
    if (!data || Number.isNaN(data[0])) {
      ctx.clearRect(0, 0, side, side);
      return;
    }
    const image = new ImageData(side, side);
    const upright = new Float32Array(data.length);
    for (let row = 0; row < side; row++)
      upright.set(data.subarray(row * side, (row + 1) * side), (side - 1 - row) * side);
    fillGrey(image.data, upright, low, high);
    ctx.putImageData(image, 0, 0);
  }, [data, side, low, high]);
  return (
    <canvas
      ref={canvas}
      width={side}
      height={side}
      className={className ?? styles.thumbnail}
      aria-hidden
    />
  );
}
