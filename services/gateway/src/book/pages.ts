import type { ListQuery } from '@evenkeel/contracts';
import { problem } from '../problems/problem-exception.ts';

/** One page of a list. */
export type Page<Item> = { readonly items: readonly Item[]; readonly next: { readonly next?: string } };

/**
 * The page of `all`, which is in the order of `positionOf`. A cursor names the last position of the page before, and
 * positions are never reused, so a page does not shift while somebody writes.
 */
export const pageFrom = <Item>(
  all: readonly Item[],
  { limit, cursor }: ListQuery,
  positionOf: (item: Item) => number,
): Page<Item> => {
  const after = cursor === undefined ? -1 : positionIn(cursor);
  const rest = all.filter((item) => positionOf(item) > after);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  const hasMore = last !== undefined && rest.length > items.length;
  return { items, next: hasMore ? { next: cursorAt(positionOf(last)) } : {} };
};

export const cursorAt = (position: number): string => Buffer.from(`after:${position}`).toString('base64url');

/** Throws the problem `bad-cursor`. */
export const positionIn = (cursor: string): number => {
  const position = /^after:(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  if (position === undefined) {
    const detail = 'This cursor was not made here.';
    throw problem(400, 'bad-cursor', detail, [
      { pointer: 'cursor', code: 'bad-cursor', detail, expected: '"next" of the page before' },
    ]);
  }
  return Number(position);
};
