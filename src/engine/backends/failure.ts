import { AppError, sentence } from '../../core/errors.ts';
import type { Complaint, StartedBackend } from './types.ts';

/**
 * What went wrong with a graphics device: it is gone, out of memory, asked for more than its limits allow,
 * refused a command, or gave numbers that are none.
 */
export type FailureKind = 'lost' | 'memory' | 'limit' | 'fault' | 'numbers';

/** A failure of the device that a task ran on; the same task may well succeed on another backend. */
export class DeviceFailure extends AppError {
  constructor(
    readonly kind: FailureKind,
    message: string,
    options?: { cause?: unknown },
  ) {
    super('unsupported', message, options);
  }
}

/** How long a task that hangs on a lost device is given to end. */
const GRACE_MS = 2000;
/** A task can fail this much before the loss behind it is announced. */
const ANNOUNCE_MS = 200;

/**
 * Runs a task on a started backend. Where its device complains or is lost meanwhile, whatever the task
 * gave (zeros, usually) is dropped and this rejects with a {@link DeviceFailure}.
 */
export async function attempt<T>(started: StartedBackend, task: () => Promise<T>): Promise<T> {
  const { lost, listen } = started;
  let loss: string | undefined;
  const gone = lost?.then((why) => {
    loss = why;
    throw new DeviceFailure('lost', `The graphics device was lost (${why}).`);
  });
  gone?.catch(() => undefined);
  const stop = listen?.();
  const run = task();
  let result: T | undefined;
  let error: unknown;
  try {
    result = await (gone ? Promise.race([run, gone]) : run);
  } catch (thrown) {
    error = thrown;
  }
  const complaint = await (gone ? Promise.race([stop?.(), gone.catch(() => undefined)]) : stop?.());
  if (error !== undefined && gone && loss === undefined)
    await Promise.race([gone.catch(() => undefined), wait(ANNOUNCE_MS)]);
  if (loss !== undefined) {
    await Promise.race([run.catch(() => undefined), wait(GRACE_MS)]);
    throw new DeviceFailure('lost', `The graphics device was lost (${loss}).`);
  }
  if (error instanceof AppError && error.code !== 'unsupported') throw error;
  if (error instanceof DeviceFailure) throw error;
  if (complaint) throw failureOf(complaint, error);
  if (error === undefined) return result as T;
  if (isAllocation(error)) throw failureOf({ kind: 'memory', message: sentence(error) }, error);
  throw error;
}

/** Words of implementations for more than a limit; what they call a validation error otherwise. */
const LIMIT = /(exceeds|larger than|greater than)\b.*\b(max|limit)/is;

function failureOf({ kind, message }: Complaint, cause: unknown): DeviceFailure {
  const [what] = message.split('\n');
  if (kind === 'memory') {
    return new DeviceFailure(
      'memory',
      `The graphics device ran out of memory (${what}); close other programs that use it or take a smaller volume, then choose it again.`,
      { cause },
    );
  }
  if (LIMIT.test(message)) {
    return new DeviceFailure(
      'limit',
      `The computation needs more than the graphics device allows (${what}); a smaller volume would fit.`,
      { cause },
    );
  }
  return new DeviceFailure('fault', `The graphics device refused a computation (${what}).`, {
    cause,
  });
}

/** Mapped buffers are allocated at once: there, browsers throw instead of complaining. */
function isAllocation(error: unknown): boolean {
  const cause = error instanceof AppError ? error.cause : error;
  return cause instanceof RangeError && /buffer|alloc|memory/i.test(cause.message);
}

const wait = (ms: number) => new Promise<undefined>((resolve) => setTimeout(resolve, ms));
