/** Lets the page draw and answer between two pieces of work. */
export const nextTask = (): Promise<void> => new Promise((resume) => setTimeout(resume));
