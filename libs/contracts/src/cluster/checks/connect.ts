import * as z from 'zod';
import { pace } from './pace.ts';
import { target, targetOnOwnPort } from './target.ts';

const connect = { kind: z.literal('connect'), ...pace('2s', '2s') };

export const ConnectCheck = z.strictObject({ ...connect, ...target });
export const ConnectOnPort = z.strictObject({ ...connect, ...targetOnOwnPort });
