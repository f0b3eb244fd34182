/**
 * Imported first by every entry that makes schemas, as it is told before the first schema is made: zod compiles no code for its schemas.
 * The page's policy allows no `eval`, and zod would try at each start whether it may, which a browser writes down as an
 * error; in the other processes compiling takes longer than reading all that they are ever given.
 */
import * as z from 'zod';

z.config({ jitless: true });
