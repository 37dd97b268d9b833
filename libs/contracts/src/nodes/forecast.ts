import * as z from 'zod';
import { NodeName } from '../ids.ts';
import { Trials } from './trial.ts';

/**
 * A unified diff. `isCut`: the rest of it was too long to send; when nearly all differs there is no text, and every line
 * counts as replaced.
 */
export const TextDiff = z
  .strictObject({ text: z.string(), addedLines: z.int().min(0), removedLines: z.int().min(0), isCut: z.boolean() })
  .meta({ id: 'TextDiff' });
export type TextDiff = z.infer<typeof TextDiff>;

/** What stays on the old HAProxy process after a reload. */
export const LeftBehind = z
  .strictObject({
    /** Open ones by the node's last sample; absent while it has sent none. */
    connections: z.int().min(0).optional(),
    /** A connection ends when it says so itself, or after so long without traffic. */
    idleMost: z.string(),
    /** What is left then is cut; absent when nobody cuts it. */
    cutAfter: z.string().optional(),
  })
  .meta({ id: 'LeftBehind' });
export type LeftBehind = z.infer<typeof LeftBehind>;

export const Layer7Forecast = z
  .strictObject({
    /** As the node will report it. */
    method: z.enum(['none', 'runtime', 'reload']),
    /** With a reload: those that follow it. */
    runtimeCommands: z.int().min(0),
    reloads: z.int().min(0),
    reloadReasons: z.array(z.string()),
    /** Of haproxy.cfg. */
    configuration: TextDiff,
  })
  .meta({ id: 'Layer7Forecast' });
export type Layer7Forecast = z.infer<typeof Layer7Forecast>;

export const Layer4Forecast = z
  .strictObject({
    method: z.enum(['none', 'runtime']),
    transactions: z.int().min(0),
    /** The objects of the table that the transaction changes, in words; the first fifty. */
    differences: z.array(z.string()),
    /** Of the table. */
    configuration: TextDiff,
  })
  .meta({ id: 'Layer4Forecast' });
export type Layer4Forecast = z.infer<typeof Layer4Forecast>;

/** What one live node would do. */
export const NodeForecast = z
  .strictObject({
    node: NodeName,
    /** For a person: `1 reload because …; 41 connections stay …; 1 nftables transaction`. */
    words: z.string(),
    haproxy: Layer7Forecast,
    /** Only with a reload, and where layer 7 serves. */
    leftBehind: LeftBehind.optional(),
    nftables: Layer4Forecast,
    trial: Trials,
  })
  .meta({ id: 'NodeForecast' });
export type NodeForecast = z.infer<typeof NodeForecast>;
