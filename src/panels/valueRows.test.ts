import { expect, it } from 'vitest';
import { timeText } from './workTime.ts';
import { parametersOf, STEP_ROWS } from './valueRows.ts';

it('every step with a row has parameters, and takes no impossible ones', () => {
  for (const { initial } of Object.values(STEP_ROWS)) {
    const parameters = parametersOf(initial);
    expect(parameters.length).toBeGreaterThan(0);
    for (const { values, change } of parameters) expect(change([...values])).toEqual(initial);
  }
  const [low] = parametersOf(STEP_ROWS.scale_range.initial);
  expect(low.change([5])).toMatchObject({ low: 5, high: 99.8 });
  expect(low.change([100])).toBeNull();
  const [, deviation] = parametersOf(STEP_ROWS.fixed_zero_mean_unit_variance.initial);
  expect(deviation.change([0])).toBeNull();
});

it('time is as measured, or expected of the backend', () => {
  expect(timeText(3.15e9, 'wasm', null)).toBe(
    'about 0.63 s on WebAssembly; 3.1 billion multiplications forward',
  );
  expect(timeText(3.15e9, 'wasm', 240)).toMatch(/^0.24 s for the explanation shown/);
  expect(timeText(1000, null, null)).toBe('under a million multiplications forward');
  expect(timeText(1e13, 'cpu', null)).toMatch(/^about \d+ min on the CPU/);
});
