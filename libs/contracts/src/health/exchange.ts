import * as z from 'zod';

/** Of each message so much is shown, and so many messages. */
export const exchangeLimits = { hexBytes: 256, lines: 40, lineLength: 512, steps: 32 } as const;

/**
 * One thing that was said, in a form that is safe to show: the words of the protocol, and no content. A body is a length, and so
 * is an answer of which we do not know what it holds.
 */
export const ExchangeStep = z
  .strictObject({
    afterMs: z.number().min(0),
    by: z.enum(['checker', 'server']),
    what: z.string().max(200),
    bytes: z.int().min(0).optional().describe('How long the message was'),
    lines: z.array(z.string().max(exchangeLimits.lineLength)).max(exchangeLimits.lines).optional(),
    hex: z
      .string()
      .max(exchangeLimits.hexBytes * 2)
      .optional()
      .describe('Its beginning'),
  })
  .meta({ id: 'ExchangeStep' });
export type ExchangeStep = z.infer<typeof ExchangeStep>;

/** What a check and a server said to each other. */
export const Exchange = z
  .strictObject({ steps: z.array(ExchangeStep).max(exchangeLimits.steps), leftOut: z.int().min(0) })
  .meta({ id: 'Exchange' });
export type Exchange = z.infer<typeof Exchange>;
