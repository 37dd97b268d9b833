import type { ClusterRefusal, RealServerId, RealServerSpec, VirtualServiceSpec } from '@evenkeel/contracts';
import { effectivePorts } from './effective-ports.ts';

/** A real server of a service; one that is only wished for has no id. `at`: where it is in the caller's document. */
export type Member = { readonly id?: RealServerId; readonly spec: RealServerSpec; readonly at?: string };

/**
 * In one service each label is there once, and so is each address with each effective port. Of two that clash the later
 * one in `members` is refused, and the earlier one is its holder.
 */
export const clashAmong = (service: VirtualServiceSpec, members: readonly Member[]): ClusterRefusal | undefined => {
  const labels = new Set<string>();
  const sockets = new Map<string, Member>();
  for (const member of members) {
    const { label, address, port } = member.spec;
    const place = member.at === undefined ? {} : { at: member.at };
    if (labels.has(label)) return { kind: 'label-in-use', label, within: `virtual service ${service.label}`, ...place };
    labels.add(label);
    // One port of its own stands beside one port of the service only (see `misfitsOf`), so lists are equal or have nothing
    // in common.
    const socket = `${address} ${effectivePorts(service, member.spec).join()}`;
    const holder = sockets.get(socket);
    if (holder !== undefined) return { kind: 'duplicate-real-server', address, port, holder: named(holder), ...place };
    sockets.set(socket, member);
  }
  return undefined;
};

const named = ({ id, spec }: Member) =>
  id === undefined ? { label: spec.label } : { realServerId: id, label: spec.label };
