import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { beforePaint, cancelPaint, paintNow } from './paintQueue.ts';

describe('painting', () => {
  let frames: (() => void)[] = [];
  const nextFrame = () => {
    const due = frames;
    frames = [];
    for (const run of due) run();
  };

  beforeEach(() => {
    frames = [];
    vi.stubGlobal('requestAnimationFrame', (run: () => void) => frames.push(run));
  });
  afterEach(() => vi.unstubAllGlobals());

  it('runs only the latest work of each key, in one frame', () => {
    const done: string[] = [];
    const [a, b] = [{}, {}];
    beforePaint(a, () => done.push('a1'));
    beforePaint(b, () => done.push('b'));
    beforePaint(a, () => done.push('a2'));
    expect(frames).toHaveLength(1);
    nextFrame();
    expect(done).toEqual(['b', 'a2']);
    expect(frames).toHaveLength(0);
  });

  it('leaves what does not fit into a frame to the next', () => {
    const done: number[] = [];
    const slow = (i: number) => () => {
      const end = performance.now() + 10;
      while (performance.now() < end);
      done.push(i);
    };
    for (let i = 0; i < 4; i++) beforePaint([i], slow(i));
    nextFrame();
    expect(done.length).toBeGreaterThan(0);
    expect(done.length).toBeLessThan(4);
    nextFrame();
    nextFrame();
    nextFrame();
    expect(done).toEqual([0, 1, 2, 3]);
  });

  it('runs nothing that was cancelled, and asks again for work that continues', () => {
    const key = {};
    const done: string[] = [];
    beforePaint(key, () => done.push('never'));
    cancelPaint(key);
    nextFrame();
    beforePaint(key, () => {
      done.push('first');
      beforePaint(key, () => done.push('second'));
    });
    nextFrame();
    expect(done).toEqual(['first']);
    nextFrame();
    expect(done).toEqual(['first', 'second']);
  });

  it('paints at once what shows nothing yet, until the frame is full', () => {
    const done: number[] = [];
    const slow = (i: number) => () => {
      const end = performance.now() + 10;
      while (performance.now() < end);
      done.push(i);
    };
    for (let i = 0; i < 8; i++) paintNow([i], slow(i));
    const atOnce = [...done];
    expect(atOnce.length).toBeGreaterThan(0);
    expect(atOnce.length).toBeLessThan(8);
    for (let frame = 0; frame < 8; frame++) nextFrame();
    expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});
