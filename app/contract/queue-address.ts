/** What a queue and the files behind it are named by: the same for who puts files in and for the workers. */
import * as z from 'zod';

export const queueAddress = z.string().regex(/^rediss?:\/\/[^\s/]+/);
export const sharedFolder = z.string().min(1);
