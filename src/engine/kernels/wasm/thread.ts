/** Positions in the control array that the caller and its threads share. */
export const GENERATION = 0;
export const NEXT_TASK = 1;
export const TASKS = 2;
/** Helper threads that are inside an operation. */
export const ACTIVE = 3;
export const OPERATION = 4;
export const PARAMETERS = 5;
export const SCRATCH = 6;
export const SCRATCH_BYTES = 7;
/** 1 while helper threads may take tasks. */
export const OPEN = 8;
/** 1 once a kernel has failed in a helper thread. */
export const FAILED = 9;
/** How many arguments each task has in the table behind the control words; 0: they are called with parameters. */
export const ARGUMENTS = 10;
/** A multiple of two: numbers of the table begin behind them. */
export const CONTROL_WORDS = 16;

/** Called with the parameters of the operation, the number of the task and scratch of the thread. */
const BY_PARAMETERS = [
  'adam',
  'conv',
  'filterGrad',
  'gemm',
  'packFilter',
  'packVoxels',
  'patchConv',
  'patchFilterGrad',
  'winograd',
  'winogradFilter',
  'winogradGradTiles',
  'winogradGradProduct',
] as const;
/** Called with arguments that each task has of its own. */
const BY_ARGUMENTS = [
  'add',
  'avgPool',
  'avgPoolGrad',
  'channelDots',
  'copyRows',
  'depthwise',
  'fill',
  'maxPool',
  'maxPoolGrad',
  'mixChannels',
  'mixRows',
  'normalizeChannels',
  'partialSums',
  'rectifiedDots',
  'rectifiedMix',
  'rectify',
  'reluGrad',
  'rowsTimes',
  'rowsTimesTransposed',
  'scatterGrad',
  'sumRows',
] as const;
export const OPERATIONS = [...BY_PARAMETERS, ...BY_ARGUMENTS] as const;
export type Operation = (typeof BY_PARAMETERS)[number];
export type Kernel = (typeof BY_ARGUMENTS)[number];

/**
 * Source of a helper thread: waits for the next generation, enters the operation if it is still open, takes tasks
 * from the shared counter until none is left. A thread that wakes late (or never) is not waited for: it has not
 * entered. Plain JavaScript text, so that it runs from a blob in browsers and from a string in Node without a
 * file of its own.
 */
export const THREAD_SOURCE = `
const start = ({ module, memory, control, thread, reply }) => {
  const kernels = new WebAssembly.Instance(module, { env: { memory, abort() {} } }).exports;
  const run = [${OPERATIONS.map((name) => `kernels.${name}`).join(', ')}];
  const table = new Float64Array(control.buffer, ${CONTROL_WORDS * 4});
  let generation = 0;
  reply('ready');
  for (;;) {
    while (Atomics.load(control, ${GENERATION}) === generation) Atomics.wait(control, ${GENERATION}, generation);
    generation = Atomics.load(control, ${GENERATION});
    Atomics.add(control, ${ACTIVE}, 1);
    if (Atomics.load(control, ${OPEN}) === 1) {
      const operation = control[${OPERATION}];
      if (operation < 0) return;
      const kernel = run[operation];
      const tasks = control[${TASKS}];
      const width = control[${ARGUMENTS}];
      const parameters = control[${PARAMETERS}];
      const scratch = control[${SCRATCH}] + thread * control[${SCRATCH_BYTES}];
      try {
        for (let task; (task = Atomics.add(control, ${NEXT_TASK}, 1)) < tasks; ) {
          if (width > 0) kernel(...table.subarray(task * width, (task + 1) * width));
          else kernel(parameters, task, scratch);
        }
      } catch {
        Atomics.store(control, ${FAILED}, 1);
      }
    }
    if (Atomics.sub(control, ${ACTIVE}, 1) === 1) Atomics.notify(control, ${ACTIVE});
  }
};
if (typeof self === 'undefined') {
  const { parentPort } = require('node:worker_threads');
  parentPort.once('message', (data) => start({ ...data, reply: (m) => parentPort.postMessage(m) }));
} else {
  self.onmessage = ({ data }) => start({ ...data, reply: (m) => self.postMessage(m) });
}
`;
