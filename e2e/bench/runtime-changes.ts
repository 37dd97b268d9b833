import type { RealServerResource, WriteAnswer } from '@evenkeel/contracts';
import type { Box } from './box.ts';

export type RuntimeChanges = Readonly<Record<'weight' | 'intent', (turn: number) => Promise<void>>>;

/** Changes of one real server that need no reload; each resolves when all nodes have seen it running. */
export const runtimeChanges = ({ api }: Box, server: RealServerResource): RuntimeChanges => {
  const path = `/virtual-services/${server.virtualServiceId}/real-servers/${server.id}`;
  let version = server.revision;
  const seen = '?wait=converged&timeout=10s';
  const write = async (method: string, to: string, body: object, headers = {}): Promise<void> => {
    const answer = await api.call<WriteAnswer>(method, `${to}${seen}`, body, headers);
    const { state, nodes } = answer.convergence;
    if (state !== 'converged') throw new Error(`${to} did not converge: ${JSON.stringify(nodes).slice(0, 2_000)}`);
    version = answer.revision;
  };
  return {
    weight: (turn) => write('PATCH', path, { weight: 50 + (turn % 100) }, { 'If-Match': `"${version}"` }),
    intent: (turn) => write('POST', `${path}/${turn % 2 === 0 ? 'drain' : 'online'}`, { reason: 'bench' }),
  };
};
