/** eslint-placeholder */
export const FAULTY: Record<string, (rule: never, real: never) => unknown> = {};
