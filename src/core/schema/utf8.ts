// Every platform has it; `core` is compiled without the library that declares it.
declare const TextDecoder: new (
  label: string,
  options: { readonly fatal: boolean },
) => { decode(bytes: Uint8Array): string };

/** Text of UTF-8 bytes, without a byte order mark; throws `TypeError` where they are something else. */
export function decodeUtf8(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}
