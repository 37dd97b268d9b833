import { createLab } from './create-lab.ts';
import { type Lab } from './lab.ts';
import { type HostPlan } from './lab-plan.ts';

/** The addresses of the reference deployment (INFINITT PACS), and two of ours: the client and the node. */
export const pacsNetwork = {
  client: '192.168.85.10',
  node: '192.168.85.20',
  vip: '192.168.85.150',
  pacs1: '192.168.85.200',
  pacs2: '192.168.85.201',
  pacs3: '192.168.85.202',
} as const;

export type PacsLabOptions = {
  /** The node may bind addresses that it does not hold (`net.ipv4.ip_nonlocal_bind`), as a standby node must. */
  readonly canBindForeignAddresses?: boolean;
};

/**
 * Hosts `client`, `node`, `pacs1`, `pacs2` and `pacs3` on one switch, `lan`. The node forwards IPv4.
 * Nobody holds the VIP yet: `lab.host('node').addAddress(pacsNetwork.vip)`.
 */
export const pacsLab = ({ canBindForeignAddresses = false }: PacsLabOptions = {}): Promise<Lab> =>
  createLab({
    hosts: [
      host('client'),
      {
        ...host('node'),
        sysctls: { 'net.ipv4.ip_forward': '1', 'net.ipv4.ip_nonlocal_bind': canBindForeignAddresses ? '1' : '0' },
      },
      host('pacs1'),
      host('pacs2'),
      host('pacs3'),
    ],
  });

const host = (name: Exclude<keyof typeof pacsNetwork, 'vip'>): HostPlan => ({
  name,
  links: [{ switch: 'lan', address: `${pacsNetwork[name]}/24` }],
});
