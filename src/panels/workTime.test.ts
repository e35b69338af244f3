import { expect, it } from 'vitest';
import { timeText } from './workTime.ts';

it('says how long an explanation takes: as measured, else about, else that it is short', () => {
  expect(timeText(2.3e6, 'wasm', null)).toBe(
    'less than 0.1 s on WebAssembly; 2.3 million multiplications forward',
  );
  expect(timeText(12e9, 'wasm', null)).toBe(
    'about 2.4 s on WebAssembly; 12 billion multiplications forward',
  );
  expect(timeText(12e9, 'wasm', 180_000)).toBe(
    '3 min for the explanation shown; 12 billion multiplications forward',
  );
  expect(timeText(12e9, null, null)).toBe('12 billion multiplications forward');
});
