import { createStore } from 'zustand/vanilla';

export type DialogId = 'help' | 'commands' | 'network' | 'layers' | 'picture' | 'walk';

/** The dialog over the app. */
export const dialogStore = createStore<{ readonly open: DialogId | null }>(() => ({ open: null }));

export const openDialog = (open: DialogId | null) => dialogStore.setState({ open });
