import { noRevision } from '@evenkeel/contracts';
import { diffLayer4 } from './diff.ts';
import { type Layer4Desired } from './desired.ts';
import { addTable, deleteTable, type NftCommand } from './nft-command.ts';
import { renderShared } from './render.ts';
import { renderService } from './render-service.ts';
import { together } from './ruleset.ts';

const member = {
  ...{ label: 'trial', port: 137, weight: 1, keepsClients: true, keepsConnections: true },
  clientsSince: noRevision,
} as const;

/** Every kind of rule that layer 4 can render, on an address kept for documentation (RFC 5737). */
const trialService: Layer4Desired = {
  number: 1,
  label: 'trial',
  endpoints: [
    { address: '192.0.2.1', from: 137, to: 137, transport: 'udp' },
    { address: '192.0.2.1', from: 8_000, to: 8_010, transport: 'tcp' },
  ],
  balance: 'random',
  memory: { timeoutSeconds: 300, size: 65_535 },
  members: [
    { ...member, number: 2, address: '192.0.2.2', maxConnections: 10, minConnections: 5 },
    { ...member, number: 3, address: '192.0.2.3', maxConnections: 10, minConnections: 0 },
  ],
};

/**
 * For `nft -c` only: whether this kernel, this nft and this user can do all that layer 4 needs. It begins by removing our
 * table, in the check, so that what runs does not matter.
 */
export const trialTransaction: readonly NftCommand[] = [
  addTable,
  deleteTable,
  ...diffLayer4(together([renderShared([trialService]), renderService(trialService)]), undefined).transaction,
];
