import * as z from 'zod';
import { Label } from '../values.ts';

export const ConfigurationQuery = z.strictObject({ scope: Label });
export type ConfigurationQuery = z.infer<typeof ConfigurationQuery>;
