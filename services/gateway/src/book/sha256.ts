import { createHash } from 'node:crypto';
import type { Hash } from '@evenkeel/contracts';

/** SHA-256 of a text in UTF-8. */
export const sha256 = (text: string): Hash => createHash('sha256').update(text).digest('hex') as Hash;
