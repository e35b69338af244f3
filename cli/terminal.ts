/**
 * What a terminal obeys instead of showing: control characters but tab and line end, and the marks that
 * reorder text. Names in files and networks may hold them.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const COMMANDS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const hex = (character: string) => character.charCodeAt(0).toString(16);

/** Text whose commands to a terminal are spelled out, as `\x1b`. */
export function harmless(text: string): string {
  return text.replace(COMMANDS, (c) =>
    c < '\u0100' ? `\\x${hex(c).padStart(2, '0')}` : `\\u${hex(c)}`,
  );
}

/** The same JSON document, its strings spelled so that a terminal shows them. */
export function harmlessJson(json: string): string {
  return json.replace(COMMANDS, (c) => `\\u${hex(c).padStart(4, '0')}`);
}
