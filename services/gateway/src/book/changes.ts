import * as z from 'zod';

/** The fields of a merge patch, once what is ours in the body was taken out. Made once: z.json() is costly to make. */
export const Changes = z.record(z.string(), z.json());
