import type { Verdict } from '@evenkeel/contracts';

/** Which state there is, since when, and when it last came back from `down`. */
type Standing = Pick<Verdict, 'state' | 'since' | 'backSince'>;
type Return = Pick<Verdict, 'backSince'>;

/**
 * When a target came back, as it is after `before`. What answers a check and refuses it serves as well, so that is a return
 * too, and passing later is none.
 */
export const returnAfter = (before: Standing, now: Pick<Standing, 'state' | 'since'>): Return => {
  if (now.state === 'down') return {};
  return cameBack(before.state === 'down' ? now.since : before.backSince);
};

/** As a field that is absent when nobody knows. */
export const cameBack = (backSince: string | undefined): Return => (backSince === undefined ? {} : { backSince });

export const withoutReturn = <Said extends Return>(said: Said): Omit<Said, 'backSince'> => {
  const rest = { ...said };
  delete rest.backSince;
  return rest;
};
