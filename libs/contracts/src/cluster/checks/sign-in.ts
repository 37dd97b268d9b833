import * as z from 'zod';
import { Label } from '../../values.ts';

/** By name only: the value is sealed beside the book. */
export const SecretReference = z.strictObject({ secret: Label.describe('The name of a secret') });
