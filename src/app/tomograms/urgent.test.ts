import { expect, test } from 'vitest';
import { Urgent } from './urgent.ts';

test('other work rests until the last urgent one is over, also where that fails', async () => {
  const urgent = new Urgent();
  await urgent.over();
  const ends: ((error?: Error) => void)[] = [];
  const start = () =>
    urgent
      .run(
        () =>
          new Promise<void>((resolve, reject) =>
            ends.push((error) => (error ? reject(error) : resolve())),
          ),
      )
      .catch(() => undefined);
  const both = [start(), start()];
  let rested = false;
  const rest = urgent.over().then(() => {
    rested = true;
  });
  ends[0]();
  await both[0];
  expect(rested).toBe(false);
  ends[1](new Error('no'));
  await rest;
  await urgent.over();
});
