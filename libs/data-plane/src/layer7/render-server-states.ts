import { adminBits } from './admin-state.ts';
import { type DesiredServer, type DesiredService } from './desired.ts';

/**
 * Everything that is set while HAProxy runs is lost at a reload, and a server that was down by verdict would come back
 * up: so the new worker reads this file first. It restores intent, verdict and weight.
 * Source: management guide 2.6, `show servers state`; what HAProxy takes from it was tried on 2.6.12.
 */
export const renderServerStates = (services: readonly string[]): string => [header, ...services].join('');

const columns = [
  ...['be_id', 'be_name', 'srv_id', 'srv_name', 'srv_addr', 'srv_op_state', 'srv_admin_state'],
  ...['srv_uweight', 'srv_iweight', 'srv_time_since_last_change', 'srv_check_status', 'srv_check_result'],
  ...['srv_check_health', 'srv_check_state', 'srv_agent_state', 'bk_f_forced_id', 'srv_f_forced_id', 'srv_fqdn'],
  ...['srv_port', 'srvrecord', 'srv_use_ssl', 'srv_check_port', 'srv_check_addr', 'srv_agent_addr', 'srv_agent_port'],
];

/** Version 1 of the format, and what its columns are. */
const header = `1\n# ${columns.join(' ')}\n`;

/** The lines of one service. */
export const renderServiceStates = (service: DesiredService): string =>
  service.servers.map((server) => stateLine(service, server)).join('');

const stateLine = ({ name: backend, number: backendId }: DesiredService, server: DesiredServer): string => {
  const { name, number, address, port, weight, weightNow, adminState, isDown, isEncrypted } = server;
  const runs = !isDown && adminState !== 'maint';
  // The one that counts now, and the configured one: HAProxy takes the first only if the second is what haproxy.cfg says.
  const standing = [runs ? running : stopped, adminBits(adminState), weightNow, weight];
  const check = [0, unchecked, 0, runs ? healthy : 0, 0, 0];
  // `srv_use_ssl` is an order: a 0 would take the TLS off that the file has put on.
  const where = ['-', port === 'inherit' ? 0 : port, '-', isEncrypted ? 1 : 0, 0, '-', '-', 0];
  return `${[backendId, backend, number, name, address, ...standing, ...check, 1, 1, ...where].join(' ')}\n`;
};

/** `srv_op_state`. */
const [stopped, running] = [0, 2];
/** `srv_check_status` and `srv_check_health` of a server without a check of its own. */
const [unchecked, healthy] = [1, 2];
