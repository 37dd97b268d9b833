import type { Revision } from '@evenkeel/contracts';

/**
 * How far a reader has come in the facts: in the book, and in the journal, which is another one when its stream was deleted
 * and made again. The same on every gateway.
 */
export type Place = { readonly revision: Revision; readonly sequence: number; readonly incarnation: string };

/** As the id of a server-sent event. */
export const idOf = ({ revision, sequence, incarnation }: Place): string => `${revision}-${sequence}-${incarnation}`;

/** Undefined for what was not made by `idOf`. */
export const placeIn = (id: string): Place | undefined => {
  const [, revision, sequence, incarnation] = /^(\d{1,15})-(\d{1,15})-(\d{1,15})$/.exec(id) ?? [];
  if (revision === undefined || sequence === undefined || incarnation === undefined) return undefined;
  return { revision: Number(revision) as Revision, sequence: Number(sequence), incarnation };
};
