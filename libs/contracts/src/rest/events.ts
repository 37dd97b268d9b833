import * as z from 'zod';

/** `commit` and `journal` are facts: none is lost in a reconnection. The others are states: whoever comes gets them whole. */
export const EventKind = z.enum(['commit', 'journal', 'report', 'verdict', 'sample']);
export type EventKind = z.infer<typeof EventKind>;

const listed = new RegExp(`^(${EventKind.options.join('|')})(,(${EventKind.options.join('|')}))*$`);

export const EventsQuery = z.strictObject({
  kinds: z
    .string()
    .max(100)
    .regex(listed, `some of ${EventKind.options.join(', ')}, with commas between`)
    .default(EventKind.options.join(',')),
});
export type EventsQuery = z.infer<typeof EventsQuery>;
