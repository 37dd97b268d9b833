import { noRevision } from '@evenkeel/contracts';
import { diffLayer4 } from './diff.ts';
import { type Layer4Desired } from './desired.ts';
import { commandsIn, type NftCommand } from './nft-command.ts';
import { renderShared } from './render.ts';
import { renderService } from './render-service.ts';
import { type Family, together } from './ruleset.ts';

const member = {
  ...{ label: 'trial', port: 137, weight: 1, keepsClients: true, keepsConnections: true },
  clientsSince: noRevision,
} as const;

/** Every kind of rule that layer 4 can render, on addresses kept for documentation (RFC 5737, RFC 3849). */
const trialService = (family: Family, network: string): Layer4Desired => ({
  family,
  number: 1,
  label: 'trial',
  endpoints: [
    { address: `${network}1`, from: 137, to: 137, transport: 'udp' },
    { address: `${network}1`, from: 8_000, to: 8_010, transport: 'tcp' },
  ],
  balance: 'random',
  memory: { timeoutSeconds: 300, size: 65_535 },
  members: [
    { ...member, number: 2, address: `${network}2`, maxConnections: 10, minConnections: 5 },
    { ...member, number: 3, address: `${network}3`, maxConnections: 10, minConnections: 0 },
  ],
});

const services = { ip: trialService('ip', '192.0.2.'), ip6: trialService('ip6', '2001:db8::') } as const;

/**
 * For `nft -c` only: whether this kernel, this nft and this user can do all that layer 4 needs. It begins by removing our
 * table, in the check, so that what runs does not matter.
 */
export const trialTransaction = (family: Family): readonly NftCommand[] => {
  const service = services[family];
  const { addTable, deleteTable } = commandsIn(family);
  const ruleset = { family, ...together([renderShared(family, [service]), renderService(service)]) };
  return [addTable, deleteTable, ...diffLayer4(ruleset, undefined).transaction];
};
