import * as z from 'zod';

/** Token characters that every program takes in the name of a header. */
export const HeaderName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'letters, digits, "_" or "-", 64 at most')
  .meta({ id: 'HeaderName' });

/** Who writes these decides where a message ends, or what becomes of the connection: that is HAProxy. */
const framing = new Set([
  ...['connection', 'content-length', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding'],
  'upgrade',
]);
const changeableName = HeaderName.refine(
  (name) => !framing.has(name.toLowerCase()),
  'not a header that frames the message or steers the connection: HAProxy itself writes those',
);

/** Taken as it stands: nothing in it is a variable, and nothing ends the header. */
const headerText = (shortest: number) =>
  z
    .string()
    .regex(/^([\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?)?$/, 'visible ASCII and spaces, none at either end')
    .min(shortest)
    .max(1_024);

const on = z.enum(['request', 'response']).describe('`response`: every answer, those of Evenkeel itself included');
const withValue = { on, name: changeableName, value: headerText(1) };

export const HeaderRule = z
  .discriminatedUnion('action', [
    z.strictObject({ action: z.literal('add'), ...withValue }),
    z.strictObject({ action: z.literal('set'), ...withValue }),
    z.strictObject({ action: z.literal('delete'), on, name: changeableName }),
    z.strictObject({
      action: z.literal('replace'),
      on,
      name: changeableName,
      find: headerText(1).describe('Where it occurs several times, the last one is replaced'),
      value: headerText(0),
    }),
  ])
  .meta({ id: 'HeaderRule' });
export type HeaderRule = z.infer<typeof HeaderRule>;

export const headerRules = z
  .array(HeaderRule)
  .max(64)
  .optional()
  .describe('Changes of headers, in this order; after the content rules, which see what the client sent');
