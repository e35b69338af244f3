/** How a panel draws its map; the rows with their words. */
export const VIEW_KINDS = {
  shells: { label: 'Shells', hint: 'Nested surfaces of the levels in the density' },
} as const satisfies Readonly<Record<string, { label: string; hint: string }>>;

export type ViewKind = keyof typeof VIEW_KINDS;
