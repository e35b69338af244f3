/** What kind of failure an {@link AppError} is; decides the exit code of the command line. */
export type ErrorCode =
  | 'bad-file' // a file that cannot be read: exit 2
  | 'bad-input' // readable, but not usable as asked (shape, unknown class, option): exit 2
  | 'unsupported' // this machine or build lacks something: exit 2
  | 'output' // the answer cannot be put out: exit 1
  | 'aborted' // the user cancelled
  | 'stopped' // a thread of the app died or was ended; the next request starts another one
  | 'internal'; // a fault of ours: exit 1

/**
 * The one error class of the project. The message is a full sentence that names the file or value,
 * what is wrong with it and what is accepted; the app and the command line print it as it is.
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** A file that cannot be read as what it claims to be. */
export function badFile(file: string, problem: string, accepted: string): AppError {
  return new AppError('bad-file', `${file}: ${problem}; accepted: ${accepted}`);
}

/** A value that cannot be used as asked. */
export function badInput(message: string): AppError {
  return new AppError('bad-input', message);
}

export function aborted(): AppError {
  return new AppError('aborted', 'Cancelled.');
}

export function isAborted(error: unknown): boolean {
  return error instanceof AppError && error.code === 'aborted';
}

/** The sentence to show for any thrown value. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
