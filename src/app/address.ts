/**
 * An address relative to the page as an absolute URL; null when there is none or when it is not of the
 * page's own origin, as nothing is read from elsewhere.
 */
export function ownAddress(address: string | null, page: string): string | null {
  if (!address || !URL.canParse(address, page)) return null;
  const url = new URL(address, page);
  return url.origin === new URL(page).origin ? url.href : null;
}
