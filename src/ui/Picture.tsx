import { useLayoutEffect, useRef } from 'react';
import { classes } from './classes.ts';
import styles from './Picture.module.css';

export interface PictureData {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and opacity, the top row first. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

interface PictureProps {
  /** Compared by identity. */
  readonly picture: PictureData;
  /** Pixels stay square blocks when enlarged. */
  readonly blocks?: boolean;
  readonly className?: string;
}

/** A small picture as wide as its place; what it shows is said by what is around it. */
export function Picture({ picture, blocks = false, className }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height, rgba } = picture;
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    context?.putImageData(new ImageData(rgba, width, height), 0, 0);
  }, [rgba, width, height]);
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      className={classes(styles.picture, blocks && styles.blocks, className)}
    />
  );
}
