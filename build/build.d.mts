/** Types of `build.mjs`, for the tests that need the built program. */
export const root: string;
export function buildApp(): Promise<void>;
export function buildRenderer(): Promise<void>;
export function buildAppIfStale(): Promise<void>;
export function buildIfStale(): Promise<void>;
export function isStale(half: 'app' | 'renderer'): boolean;
