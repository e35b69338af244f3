import { expect, test } from 'vitest';
import { filesNamed } from './files.ts';

const NAMES = ['Extract/job1/TS_1/1.mrcs', 'Extract/job1/TS_2/1.mrcs', 'Extract/job1/TS_2/2.mrcs'];

test.each([
  ['a project', NAMES.map((name) => `project/${name}`), [0, 1, 2]],
  ['a folder of it', ['job1/TS_2/1.mrcs', 'job1/TS_1/1.mrcs', 'job1/TS_2/2.mrcs'], [1, 0, 2]],
  ['a renamed folder', ['copy/TS_1/1.mrcs', 'copy/TS_2/1.mrcs'], [0, 1, -1]],
  // The same name twice without its folder might be either.
  ['files by themselves', ['1.mrcs', '2.mrcs'], [-1, -1, 1]],
  ['one of two folders', ['TS_1/1.mrcs'], [0, -1, -1]],
  ['twice the same', ['a/TS_2/2.mrcs', 'b/TS_2/2.mrcs'], [-1, -1, -1]],
  ['another separator', ['C:\\x\\Extract\\job1\\TS_2\\2.mrcs'], [-1, -1, 0]],
])('%s is matched from the ends of paths', (_, paths, found) => {
  expect(Array.from(filesNamed(NAMES, paths))).toEqual(found);
});
