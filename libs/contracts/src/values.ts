import { durationMs, durationPattern, writeDuration } from '@evenkeel/kernel';
import * as z from 'zod';
import { canonicalAddress, whyNoAddress } from './address.ts';

/** What an operator calls a thing. Safe inside HAProxy names, file names and log lines. */
export const Label = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'a letter or digit, then letters, digits, "_", "." or "-"; 64 at most')
  .meta({ id: 'Label' });

/** IPv4 in its one usual form, or IPv6, which is stored in its one: see `address.ts`. */
export const Address = z
  .string()
  .superRefine((text, context) => {
    const message = whyNoAddress(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .overwrite(canonicalAddress)
  .meta({
    id: 'Address',
    anyOf: [{ format: 'ipv4' }, { format: 'ipv6' }],
    description:
      'IPv6 is answered as RFC 5952 writes it, however it was sent; not IPv4-mapped, link-local or multicast',
  });
export type Address = z.infer<typeof Address>;

/**
 * A written duration between two others. It is stored in its shortest exact form, so that `60s` and `1m` are the same
 * value in the book and no difference in a review.
 */
export const durationBetween = (shortest: string, longest: string) => {
  const [min, max] = [durationMs(shortest) ?? 0, durationMs(longest) ?? 0];
  return z
    .string()
    .regex(durationPattern, 'a whole number and one of ms, s, m, h, d: 500ms, 5s, 30m, 12h')
    .refine((written) => {
      const ms = durationMs(written);
      return ms !== undefined && ms >= min && ms <= max;
    }, `between ${shortest} and ${longest}`)
    .overwrite((written) => writeDuration(durationMs(written) ?? 0));
};

/** Text that a person reads: one line, no control characters, so that it cannot forge a second log line. */
export const sentence = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'no control characters');

/** Why somebody did something. Patient names do not belong here. */
export const Reason = sentence(500).meta({ id: 'Reason', description: 'Why. Patient names do not belong here.' });
export const Ticket = sentence(100).meta({ id: 'Ticket' });

export const Timestamp = z.iso.datetime({ precision: 3 }).meta({ id: 'Timestamp', description: 'UTC, ISO 8601' });
