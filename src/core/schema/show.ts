const LONGEST = 60;

/** A value of a JSON document for a message: short, on one line, and safe on a terminal. */
export function quoted(value: unknown): string {
  if (Array.isArray(value))
    return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return value === Infinity ? 'beyond all numbers' : String(value);
  const short = value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value;
  return JSON.stringify(short).replace(
    /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
