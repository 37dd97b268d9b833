import type { NextFunction, Request, Response } from 'express';
import { problem } from './problem-exception.ts';

/** Bodies are JSON. A browser's form can send other types across sites, which is one more reason to refuse them. */
export const jsonOnly = (request: Request, _: Response, next: NextFunction): void => {
  // `is` answers null without a body, and false for another type.
  const isOther = request.is('application/json') === false;
  next(isOther ? problem(415, 'wrong-content-type', 'Send the body as application/json.') : undefined);
};
