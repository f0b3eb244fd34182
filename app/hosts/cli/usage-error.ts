/** Wrong usage: a sentence for stderr. */
export class UsageError extends Error {}
