import * as z from 'zod';

/** The largest page of a list, and the usual one. */
export const pageMax = 500;
export const pageUsual = 50;

/** Query fields of every list. A cursor is opaque and comes from `next` of the page before. */
export const ListQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(pageMax).default(pageUsual),
  cursor: z.string().max(200).optional(),
});
export type ListQuery = z.infer<typeof ListQuery>;

/** A page of `items`; `next` is absent on the last one. */
export const pageOf = <Item extends z.ZodType>(item: Item, id: string) =>
  z.strictObject({ items: z.array(item), next: z.string().optional() }).meta({ id });
