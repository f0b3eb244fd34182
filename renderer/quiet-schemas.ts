/**
 * Told before the first schema is made: the page's policy allows no `eval`, and zod would try at each start whether
 * it may, which a browser writes down as an error. Imported first by main.ts.
 */
import * as z from 'zod';

z.config({ jitless: true });
