import * as z from 'zod';
import { Port } from '../ports.ts';
import { Address, Label } from '../values.ts';

/** What one real server should be, without the operator's intent. */
export const RealServerSpec = z
  .strictObject({
    label: Label,
    address: Address,
    /** `inherit`: whatever port the client came to. */
    port: z.union([z.literal('inherit'), Port]).default('inherit'),
    /** Share of new clients; 0 = no new clients. */
    weight: z.int().min(0).max(256).default(100),
    /** 0 = no limit. */
    maxConnections: z.int().min(0).max(1_000_000).default(0),
    /** Layer 4 only: the level at which a full server takes new connections again. */
    minConnections: z.int().min(0).max(1_000_000).default(0),
    tls: z
      .enum(['inherit', 'on', 'off'])
      .default('inherit')
      .describe('Mode http only: as the service says; `on` in a service that says off is encrypted and not verified'),
  })
  .meta({ id: 'RealServerSpec' });
export type RealServerSpec = z.infer<typeof RealServerSpec>;
export type RealServerInput = z.input<typeof RealServerSpec>;

/** What the operator wants of a real server. Not configuration: its own events, its own permission. */
export const Intent = z.enum(['online', 'drain', 'halt']).meta({ id: 'Intent' });
export type Intent = z.infer<typeof Intent>;

/** Drain: persistent clients stay (`keep`) or are sent elsewhere too (`forget`). */
export const DrainClients = z.enum(['keep', 'forget']);
export type DrainClients = z.infer<typeof DrainClients>;

/** Halt: open connections are shut (`close`) or may end by themselves (`finish`). */
export const HaltConnections = z.enum(['close', 'finish']);
export type HaltConnections = z.infer<typeof HaltConnections>;
